"""Describe how to reach PAVE: its address, our credentials, time limits and load limits."""

import ipaddress
import math
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sessions_ui.pave.signing import Secret

PAGE_BUDGET = 25.0
"""Seconds in which a page must be done with PAVE: gunicorn ends a request after 30."""
_HEADER_WORD = re.compile(r"[!-~]+")
_POSITIVE = (
    "connect_timeout",
    "read_timeout",
    "get_deadline",
    "put_deadline",
    "max_bytes",
    "get_attempts",
)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")


@dataclass(frozen=True)
class PaveConfig:
    """Settings of the client. Times are in seconds.

    ``base_url`` is scheme and host (``https://openapi.paveapi.com``; the client adds ``/v1/…``);
    plain http is allowed for loopback only. ``username`` is the name of the primary account (PAVE's
    page *Authentication*). ``verify`` is True, or the path of a CA bundle to trust instead of the
    public authorities; verification cannot be switched off.

    A deadline spans a whole call, a timeout one connect or one read from the socket. ``max_bytes``
    limits the body of one response. A read is attempted at most ``get_attempts`` times; the first
    pause is up to ``retry_base`` long, and each following limit is twice the one before. ``rate``
    is in calls per second, 0 for no limit. ``circuit`` switches the circuit breaker on.

    Raises ValueError, which names the field and never shows its value.
    """

    base_url: str
    username: str
    api_key: str = field(repr=False)  # v2 calls take it as their only credential
    api_secret: Secret
    connect_timeout: float = 3.0
    read_timeout: float = 5.0
    get_deadline: float = 8.0
    put_deadline: float = 15.0
    max_bytes: int = 262_144
    verify: bool | str = True
    get_attempts: int = 3
    retry_base: float = 0.25
    rate: float = 5.0
    circuit: bool = True

    def __post_init__(self) -> None:
        if not is_base_url(self.base_url):
            raise ValueError("base_url must be https://host, or http:// to loopback, and no more")
        if not _HEADER_WORD.fullmatch(self.api_key):
            raise ValueError("api_key must be one word of plain letters, digits and signs")
        if not isinstance(self.api_secret, Secret):
            raise ValueError("api_secret must be a Secret")  # noqa: TRY004 - one type for every field
        if not self.username or not self.api_secret:
            raise ValueError("username and api_secret must not be empty")
        if self.verify is not True and not (isinstance(self.verify, str) and self.verify):
            raise ValueError("verify must be True or the path of a file of certificates")
        for name in _POSITIVE:
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"{name} must be more than 0, and not endless")
        for name in ("retry_base", "rate"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name} must be 0 or more, and not endless")

    @property
    def is_https(self) -> bool:
        """Whether calls are encrypted; plain http is allowed to loopback only."""
        return self.base_url.startswith("https://")


def is_base_url(url: str) -> bool:
    """Return whether the URL is ``https://host[:port]``, or http to loopback, and nothing more."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    host_part = f"[{host}]" if ":" in host else host
    netloc = host_part if port is None else f"{host_part}:{port}"
    # Rebuild the URL and compare: credentials, a path or a stray sign make a difference.
    nothing_more = url == f"{parts.scheme}://{parts.netloc}" and parts.netloc.lower() == netloc
    return (
        nothing_more
        and port != 0
        and _is_host(host)
        and (parts.scheme == "https" or parts.scheme == "http" and _is_loopback(host))
    )


def _is_host(host: str) -> bool:
    """Accept an ASCII host name or an IP address; requests fails on anything else."""
    return _HOST.fullmatch(host) is not None or _ip_address(host) is not None


def _is_loopback(host: str) -> bool:
    address = _ip_address(host)
    return host == "localhost" or address is not None and address.is_loopback


def _ip_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return None if "%" in host else ipaddress.ip_address(host)
    except ValueError:
        return None
