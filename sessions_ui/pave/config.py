"""Where PAVE is, who we are there, and how long we wait."""

import ipaddress
import math
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sessions_ui.pave.signing import Secret

_HEADER_WORD = re.compile(r"[!-~]+")
_MORE_THAN_0 = ("connect_timeout", "read_timeout", "get_deadline", "put_deadline", "max_bytes") + (
    "get_attempts",
)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")


@dataclass(frozen=True)
class PaveConfig:
    """What the client has to know. Times are in seconds, ``max_bytes`` bounds one answer.

    ``base_url`` is scheme and host (``https://openapi.paveapi.com``; the client adds ``/v1/…``);
    plain http is for loopback alone. ``username`` is the primary account's name (PAVE's page
    *Authentication*). ``verify`` is True or the path of a file of certificates to trust instead;
    it cannot be switched off. A deadline spans the whole call, the timeouts one connect and one
    read. A read is tried ``get_attempts`` times, the first pause being up to ``retry_base`` long,
    the next up to twice as long. ``rate`` is in calls a second, 0 for no limit; ``circuit`` lets
    calls rest while PAVE fails again and again. Raises ValueError, naming the part and not its
    value.
    """

    base_url: str
    username: str
    api_key: str = field(repr=False)  # the v2 calls know no other credential
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
            raise ValueError("api_secret must be a Secret")  # noqa: TRY004 - one kind for all parts
        if not self.username or not self.api_secret:
            raise ValueError("username and api_secret must not be empty")
        if self.verify is not True and not (isinstance(self.verify, str) and self.verify):
            raise ValueError("verify must be True or the path of a file of certificates")
        for name in _MORE_THAN_0:
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"{name} must be more than 0, and not endless")
        for name in ("retry_base", "rate"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name} must be 0 or more, and not endless")

    @property
    def is_https(self) -> bool:
        """Whether the calls are encrypted; only those to loopback may be not."""
        return self.base_url.startswith("https://")


def is_base_url(url: str) -> bool:
    """Whether this is ``https://host[:port]``, or http to loopback, and no more."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    named = f"[{host}]" if ":" in host else host
    place = named if port is None else f"{named}:{port}"
    bare = url == f"{parts.scheme}://{parts.netloc}" and parts.netloc.lower() == place
    return (
        bare
        and port != 0
        and _is_host(host)
        and (parts.scheme == "https" or parts.scheme == "http" and _is_loopback(host))
    )


def _is_host(host: str) -> bool:
    """A name of the old plain letters, or an address; requests stumbles over anything else."""
    return _HOST.fullmatch(host) is not None or _address(host) is not None


def _is_loopback(host: str) -> bool:
    address = _address(host)
    return host == "localhost" or address is not None and address.is_loopback


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return None if "%" in host else ipaddress.ip_address(host)
    except ValueError:
        return None
