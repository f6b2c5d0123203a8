"""One attempt at one HTTP exchange, on a connection of its own, cut off at its deadline."""

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
from requests.adapters import DEFAULT_CA_BUNDLE_PATH, HTTPAdapter
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
from sessions_ui.pave.transport.deadline import Watch, Watched, WatchedTLS
from sessions_ui.pave.transport.framing import FramingError, framing_fault
from sessions_ui.pave.transport.resolve import NoThread

# At DEBUG and at WARNING urllib3 writes whole paths, and a session key in a path opens the session.
for _name in ("urllib3.connection", "urllib3.connectionpool"):
    logging.getLogger(_name).setLevel(logging.ERROR)

PIECE = 16_384


class _OneConnection(HTTPAdapter):
    """An adapter for a single request: nothing pooled, nothing retried.

    Used without a ``requests.Session``: a Session reads proxies and ``.netrc``, keeps cookies, and
    on a 3xx reads the body through and prepares the next request, even when told not to follow.
    """

    def __init__(self, watch: Watch, trust: ssl.SSLContext | None) -> None:
        self._watch = watch
        self._trust = trust
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options, ssl_context=self._trust)

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Leave trust to the context, which has its certificates loaded once for all calls."""

    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **options)
        kind = WatchedTLS if pool.scheme == "https" else Watched
        pool.ConnectionCls = partial(kind, watch=self._watch)
        return pool


@dataclass
class Reply:
    """What came back. ``status`` is None where no status line did; ``cause`` says what went wrong
    on the way, empty when nothing; the body of a 3xx or 5xx is not read.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=CaseInsensitiveDict, repr=False)
    body: bytes = field(default=b"", repr=False)
    cause: str = ""
    written: bool = False
    duration_ms: int = 0


# The first row that fits anything in the chain of errors names the cause.
CAUSES: tuple[tuple[type[BaseException], str], ...] = (
    (NoThread, "thread"),
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


def trust(config: PaveConfig) -> ssl.SSLContext | None:
    """Load the certificates to trust: once for all calls. None for plain http to loopback."""
    if not config.is_https:
        return None
    bundle = config.verify if isinstance(config.verify, str) else DEFAULT_CA_BUNDLE_PATH
    context = ssl.create_default_context(cafile=bundle)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def exchange(
    request: PreparedRequest, config: PaveConfig, trusted: ssl.SSLContext | None, seconds: float
) -> Reply:
    """Send one request once and read its answer within ``seconds``. Never raises for the remote."""
    started = monotonic()
    reply, watch = Reply(), Watch(seconds)
    try:
        with watch, closing(_OneConnection(watch, trusted)) as adapter:
            _speak(adapter, request, config, reply)
    except (OSError, HTTPError, HTTPException) as error:
        reply.cause = _cause(error)
    if watch.cut:
        reply.cause = "deadline"
    reply.written = watch.written
    reply.duration_ms = round((monotonic() - started) * 1000)
    return reply


def _speak(
    adapter: HTTPAdapter, request: PreparedRequest, config: PaveConfig, reply: Reply
) -> None:
    timeouts = (config.connect_timeout, config.read_timeout)
    with adapter.send(request, stream=True, timeout=timeouts) as response:
        reply.status, reply.headers = response.status_code, response.headers
        if response.status_code // 100 in (2, 4):
            reply.cause = framing_fault(response.headers, config.max_bytes)
        if response.status_code // 100 in (2, 4) and not reply.cause:
            _read(response.raw, config.max_bytes, reply)


def _read(raw: Any, most: int, reply: Reply) -> None:
    pieces: list[bytes] = []
    while piece := raw.read(PIECE, decode_content=False):
        pieces.append(piece)
        most -= len(piece)
        if most < 0:
            reply.cause = "size"
            return
    reply.body = b"".join(pieces)


def _cause(error: BaseException) -> str:
    chain = list(_chain(error))
    for kind, cause in CAUSES:
        if any(isinstance(link, kind) for link in chain):
            return cause
    return "reset"


def _chain(error: object) -> Iterator[BaseException]:
    """Walk down to what really happened: requests wraps urllib3, which wraps the socket's error."""
    if isinstance(error, BaseException):
        yield error
        for inner in (getattr(error, "reason", None), *error.args, error.__cause__):
            yield from _chain(inner)
