"""The sandbox on a socket: HTTP/1.1, one thread a connection, answers without delay."""

import socket
import struct
import sys
import threading
from contextlib import suppress
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, cast

from sessions_ui.pave.sandbox.site import control
from sessions_ui.pave.sandbox.state.sandbox_state import SandboxState

from . import api
from .messages import Reply, Request, message

MAX_BODY: Final = 1_048_576
IDLE_SECONDS: Final = 300
LINGER_ZERO: Final = struct.pack("ii", 1, 0)  # close with a reset instead of a goodbye
DRIP_BYTES: Final = 8
PHRASES: Final = {status.value: status.phrase for status in HTTPStatus}


class Connection(BaseHTTPRequestHandler):
    """One client's connection, with as many exchanges as it likes."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS
    server: "SandboxServer"

    def exchange(self) -> None:
        """Read one request, have it answered, send the answer."""
        request = self._request()
        if isinstance(request, Reply):
            self.close_connection = True
            self._send(request)
            return
        state = self.server.state
        is_pave = request.path.startswith(("/v1/", "/v2/")) or request.path in ("/v1", "/v2")
        self._send(api.answer(state, request) if is_pave else control.answer(state, request))

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = exchange

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet: the journal says more, and a log must hold no personal values."""

    def _request(self) -> Request | Reply:
        if "Transfer-Encoding" in self.headers:
            return message(411, "Send a Content-Length.")
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal():
            return message(400, "The Content-Length is not a number.")
        if int(length) > MAX_BODY:
            return message(413, "The request body is too large.")
        body = self.rfile.read(int(length))
        return Request(self.command, self.path, cast(Any, self.headers), body)

    def _send(self, reply: Reply) -> None:
        if reply.manner == "reset":
            self._reset()
            return
        head, body = self._head(reply), b"" if self.command == "HEAD" else reply.body
        if reply.manner == "slow_headers":
            self._drip(head, reply.interval)
            self.wfile.write(body)
        elif reply.manner == "slow_body":
            self.wfile.write(head)
            self._drip(body, reply.interval)
        elif reply.manner == "cut":
            self.wfile.write(head + body[: len(body) // 2])
            self.close_connection = True
        else:
            self.wfile.write(head + body)

    def _head(self, reply: Reply) -> bytes:
        phrase = PHRASES.get(reply.status, "Unknown")
        headers = {
            "Date": formatdate(usegmt=True),
            "Server": "pave-sandbox",
            "Content-Length": str(len(reply.body)),
            "Connection": "close" if self.close_connection else "keep-alive",
            **reply.headers,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"HTTP/1.1 {reply.status} {phrase}\r\n{lines}\r\n".encode("latin-1", "replace")

    def _drip(self, out: bytes, interval: float) -> None:
        """Send a few bytes at a time; the end of the sandbox ends it."""
        for at in range(0, len(out), DRIP_BYTES):
            self.wfile.write(out[at : at + DRIP_BYTES])
            if self.server.state.closing.wait(interval):
                self._reset()
                return

    def _reset(self) -> None:
        self.close_connection = True
        self.server.resets.add(self.connection)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)


class SandboxServer(ThreadingHTTPServer):
    """The listening socket, with a list of its open connections, so that it can end them all."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], state: SandboxState) -> None:
        self.state = state
        self.resets: set[Any] = set()
        self._open: dict[threading.Thread, Any] = {}
        super().__init__(address, Connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve one connection in a thread that `end` can find."""
        thread = threading.Thread(
            target=self._serve, args=(request, client_address), name="sandbox", daemon=True
        )
        self._open[thread] = request
        thread.start()

    def _serve(self, request: Any, client_address: Any) -> None:
        try:
            self.process_request_thread(request, client_address)
        finally:
            self._open.pop(threading.current_thread(), None)

    def shutdown_request(self, request: Any) -> None:
        """Close politely, but for a connection that is to be reset."""
        if request in self.resets:
            self.resets.discard(request)
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has gone is no news; anything else is a bug of ours and is told."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def end(self) -> None:
        """Stop listening, interrupt what is under way, and wait for it."""
        self.shutdown()
        self.server_close()
        for thread, request in list(self._open.items()):
            with suppress(OSError):  # it may have closed by itself
                request.shutdown(socket.SHUT_RDWR)
            thread.join(5)


class Sandbox:
    """A running sandbox: `base_url`, `state`, `close()`; usable with `with`."""

    def __init__(self, state: SandboxState, host: str, port: int) -> None:
        """Bind and serve in a thread of this process. Raises OSError for a busy port."""
        self.state = state
        self._server = SandboxServer((host, port), state)
        bound_port = self._server.server_address[1]
        self.base_url = f"http://{host}:{bound_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="sandbox-accept", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """End every connection and wait, and keep the state. A second call does nothing."""
        if self.state.closing.is_set():
            return
        self.state.closing.set()
        self._server.end()
        self._thread.join()
        self.state.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def start_sandbox(
    port: int = 0,
    state_path: Path | str | None = None,
    seed: bool = True,
    *,
    host: str = "127.0.0.1",
    mode: str | None = None,
) -> Sandbox:
    """Start a sandbox in this process; port 0 takes a free one.

    With `state_path` the state outlives the process. `mode` (strict or ignore) overrides the
    kept switch. Raises OSError for a busy port and statefile.StateFileError for a bad file.
    """
    state = SandboxState(path=Path(state_path) if state_path else None, seed=seed, mode=mode)
    try:
        return Sandbox(state, host, port)
    except OSError:
        state.close()
        raise
