"""One HTTP exchange that really ends at its deadline, and that knows whether it wrote anything.

`requests` times each read, not the call, so a drip of bytes is never cut off. A watchdog shuts the
connection's socket at the deadline. After such a cut `requests` may hand out a 200 with an empty
body: the watchdog's flag decides, not the response. Every call has a connection of its own: a
stale pooled one gives resets that look like "maybe applied".
"""

import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NameResolutionError

CHUNK = 16_384


class WireError(Exception):
    """The exchange gave no whole response. ``cause`` is a short code; ``written`` says whether a
    byte of the request may have left."""

    def __init__(self, cause: str, *, written: bool) -> None:
        super().__init__(cause)
        self.cause, self.written = cause, written


@dataclass(frozen=True, slots=True)
class Raw:
    """A whole response: status, headers (names without case), body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Watchdog:
    """Shuts the exchange's socket at the deadline, and remembers what happened before."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._bite)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._held: list[socket.socket] = []
        self.bitten = False
        self.written = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            for held in self._held:
                held.close()
            self._held.clear()

    def hold(self, sock: socket.socket) -> None:
        """Take a second handle on the connection: it stays valid when TLS wraps the first."""
        with self._lock:
            self._held.append(sock.dup())
            if self.bitten:
                self._shut()

    def _bite(self) -> None:
        with self._lock:
            self.bitten = True
            self._shut()

    def _shut(self) -> None:
        for held in self._held:
            try:
                held.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # already closed by the other side


class _Watched(HTTPConnection):
    """A connection that hands its socket to the watchdog and says when it starts to write."""

    watchdog: Watchdog

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        self.watchdog.hold(sock)
        return sock

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        self.watchdog.written = True
        super().send(data)


class _WatchedTLS(_Watched, HTTPSConnection):
    """The same over TLS."""


class _Adapter(HTTPAdapter):
    """Connections under one watchdog; nothing is ever repeated."""

    def __init__(self, watchdog: Watchdog) -> None:
        self._watchdog = watchdog
        super().__init__(max_retries=0)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool = super().get_connection_with_tls_context(*args, **kwargs)
        base = _WatchedTLS if pool.scheme == "https" else _Watched
        pool.ConnectionCls = type(base.__name__, (base,), {"watchdog": self._watchdog})
        return pool


def exchange(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None,
    timeouts: tuple[float, float],
    deadline: float,
    max_bytes: int,
    verify: bool | str,
) -> Raw:
    """Send one request on a fresh connection and read the whole response.

    ``timeouts``: connect and per read, ``deadline``: the whole call, all in seconds. No redirects,
    no proxies, no netrc. Raises WireError.
    """
    connect, read = timeouts
    with Watchdog(deadline) as watchdog, requests.Session() as http:
        http.trust_env = False
        http.headers.clear()
        for scheme in ("http://", "https://"):
            http.mount(scheme, _Adapter(watchdog))
        try:
            response = http.request(
                method,
                url,
                headers=dict(headers),
                data=body,
                timeout=(min(connect, deadline), read),
                allow_redirects=False,
                stream=True,
                verify=verify,
            )
            raw = Raw(response.status_code, response.headers, _read(response, max_bytes))
        except (requests.RequestException, HTTPError, OSError) as fault:
            cause = "deadline" if watchdog.bitten else _cause_of(fault, watchdog.written)
            raise WireError(cause, written=watchdog.written) from None
        if watchdog.bitten:
            raise WireError("deadline", written=watchdog.written)
        return raw


def _read(response: requests.Response, max_bytes: int) -> bytes:
    pieces, size = [], 0
    for piece in response.raw.stream(CHUNK, decode_content=False):
        size += len(piece)
        if size > max_bytes:
            raise WireError("size", written=True)
        pieces.append(piece)
    return b"".join(pieces)


def _cause_of(fault: BaseException, written: bool) -> str:
    """A short code for what `requests` mixes into one class of error."""
    if isinstance(fault, requests.exceptions.SSLError):
        return "tls"
    if isinstance(fault, requests.exceptions.ConnectTimeout):
        return "connect_timeout"
    if isinstance(fault, requests.exceptions.Timeout):
        return "timeout"
    if not written:
        return "dns" if _chain_has(fault, NameResolutionError) else "connect"
    return "reset"


def _chain_has(fault: BaseException | None, kind: type[BaseException]) -> bool:
    reason = getattr(fault.args[0], "reason", None) if fault and fault.args else None
    return isinstance(reason, kind)
