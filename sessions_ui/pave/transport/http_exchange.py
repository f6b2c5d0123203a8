"""Send one HTTP request on a connection of its own, and read the response within a deadline."""

import logging
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPException, IncompleteRead
from time import monotonic
from typing import Any

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    InvalidHeader,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)

from sessions_ui.pave.config import PaveConfig
from sessions_ui.pave.transport.connection import DeadlineHTTPConnection, DeadlineHTTPSConnection
from sessions_ui.pave.transport.deadline import Deadline
from sessions_ui.pave.transport.framing import FramingError, check_framing
from sessions_ui.pave.transport.threads import NoThreadError

# At DEBUG and WARNING urllib3 logs whole paths, and the session key in a path opens the customer's
# capture page.
for _name in ("urllib3.connection", "urllib3.connectionpool"):
    logging.getLogger(_name).setLevel(logging.ERROR)

READ_SIZE = 16_384  # bytes


class _SingleUseAdapter(HTTPAdapter):
    """An adapter for a single request: it pools nothing and retries nothing.

    Used without a ``requests.Session``: a Session reads proxies and ``.netrc``, keeps cookies, and
    on a 3xx reads the body and prepares the next request even when told not to follow redirects.
    """

    def __init__(self, deadline: Deadline, context: ssl.SSLContext | None) -> None:
        self._deadline = deadline
        self._context = context
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options, ssl_context=self._context)

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Do nothing: the TLS context verifies, with certificates loaded once for all calls."""

    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **options)
        https = pool.scheme == "https"
        kind = DeadlineHTTPSConnection if https else DeadlineHTTPConnection
        pool.ConnectionCls = partial(kind, deadline=self._deadline)
        return pool


@dataclass
class ExchangeResult:
    """The response to one request, as far as one came.

    ``status`` is None without a status line. ``cause`` is a code of ``errors.py`` for what went
    wrong on the way, "" if nothing did. The body of a 3xx or 5xx is not read. ``write_started``
    says whether a byte of the request may have reached PAVE.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=CaseInsensitiveDict, repr=False)
    body: bytes = field(default=b"", repr=False)
    cause: str = ""
    write_started: bool = False
    duration_ms: int = 0


# The first row whose type occurs anywhere in the chain of errors decides the cause.
ERROR_CAUSES: tuple[tuple[type[BaseException], str], ...] = (
    (NoThreadError, "thread"),
    (NameResolutionError, "dns"),
    (NewConnectionError, "connect"),
    (ConnectTimeoutError, "connect_timeout"),
    (SSLError, "tls"),
    (ssl.SSLError, "tls"),
    (ReadTimeoutError, "timeout"),
    (TimeoutError, "timeout"),
    (FramingError, "framing"),
    (InvalidHeader, "framing"),
    (IncompleteRead, "truncated"),
    (ConnectionError, "reset"),
    (HTTPException, "protocol"),
    (HTTPError, "protocol"),
)


def exchange(
    request: PreparedRequest, config: PaveConfig, context: ssl.SSLContext | None, seconds: float
) -> ExchangeResult:
    """Send the request once and read its response within ``seconds``.

    Failures of the network and of the other side are reported in the result, never raised.
    """
    started = monotonic()
    result, deadline = ExchangeResult(), Deadline(seconds)
    try:
        with deadline, closing(_SingleUseAdapter(deadline, context)) as adapter:
            _send_and_read(adapter, request, config, result)
    except (OSError, HTTPError, HTTPException) as error:
        result.cause = error_cause(error)
    if deadline.expired:
        result.cause = "deadline"
    result.write_started = deadline.write_started
    result.duration_ms = round((monotonic() - started) * 1000)
    return result


def error_cause(error: BaseException) -> str:
    """Return the cause code of an error that ended an exchange."""
    chain = list(_error_chain(error))
    for kind, cause in ERROR_CAUSES:
        if any(isinstance(link, kind) for link in chain):
            return cause
    return "reset"


def _send_and_read(
    adapter: HTTPAdapter, request: PreparedRequest, config: PaveConfig, result: ExchangeResult
) -> None:
    timeouts = (config.connect_timeout, config.read_timeout)
    with adapter.send(request, stream=True, timeout=timeouts) as response:
        result.status, result.headers = response.status_code, response.headers
        if response.status_code // 100 in (2, 4):
            result.cause = check_framing(response.headers, config.max_bytes)
        if response.status_code // 100 in (2, 4) and not result.cause:
            _read_body(response.raw, config.max_bytes, result)


def _read_body(raw: Any, max_bytes: int, result: ExchangeResult) -> None:
    parts: list[bytes] = []
    remaining = max_bytes
    while part := raw.read(READ_SIZE, decode_content=False):
        parts.append(part)
        remaining -= len(part)
        if remaining < 0:
            result.cause = "size"
            return
    result.body = b"".join(parts)


def _error_chain(error: object) -> Iterator[BaseException]:
    """Yield an error and all errors inside it, down to the socket's own.

    requests keeps urllib3's error in ``args``, and urllib3 keeps the socket's in ``reason``.
    """
    if isinstance(error, BaseException):
        yield error
        for inner in (getattr(error, "reason", None), *error.args, error.__cause__):
            yield from _error_chain(inner)
