"""Serve HTTP/1.1 on a socket, one thread per connection, broken responses included."""

import socket
import struct
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, cast

from .http_messages import Request, Response, message_response

MAX_BODY: Final = 1_048_576
IDLE_SECONDS: Final = 300
LINGER_ZERO: Final = struct.pack("ii", 1, 0)  # close() sends RST instead of FIN
DRIP_BYTES: Final = 8
PHRASES: Final = {status.value: status.phrase for status in HTTPStatus}

Respond = Callable[[Request], Response]


class Connection(BaseHTTPRequestHandler):
    """One client's connection, with any number of exchanges."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS
    server: "SandboxServer"

    def exchange(self) -> None:
        """Read one request and send its response."""
        request = self._read_request()
        if isinstance(request, Response):
            self.close_connection = True  # the body was not read, so the stream is out of step
            self._send(request)
        else:
            self._send(self.server.respond(request))

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = exchange

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: the journal has more, and a log must not hold personal values."""

    def _read_request(self) -> Request | Response:
        if "Transfer-Encoding" in self.headers:
            return message_response(411, "Send a Content-Length.")
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal():
            return message_response(400, "The Content-Length is not a number.")
        if int(length) > MAX_BODY:
            return message_response(413, "The request body is too large.")
        body = self.rfile.read(int(length))
        return Request(self.command, self.path, cast(Any, self.headers), body)

    def _send(self, response: Response) -> None:
        if response.send_mode == "reset":
            self._reset()
            return
        head = self._head(response)
        body = b"" if self.command == "HEAD" else response.body
        if response.send_mode == "slow_headers":
            self._drip(head, response.interval)
            self.wfile.write(body)
        elif response.send_mode == "slow_body":
            self.wfile.write(head)
            self._drip(body, response.interval)
        elif response.send_mode == "cut":
            self.wfile.write(head + body[: len(body) // 2])
            self.close_connection = True
        else:
            self.wfile.write(head + body)

    def _head(self, response: Response) -> bytes:
        phrase = PHRASES.get(response.status, "Unknown")
        headers = {
            "Date": formatdate(usegmt=True),
            "Server": "pave-sandbox",
            "Content-Length": str(len(response.body)),
            "Connection": "close" if self.close_connection else "keep-alive",
            **response.headers,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"HTTP/1.1 {response.status} {phrase}\r\n{lines}\r\n".encode("latin-1", "replace")

    def _drip(self, content: bytes, interval: float) -> None:
        """Send a few bytes every `interval` seconds; reset when the sandbox closes meanwhile."""
        for start in range(0, len(content), DRIP_BYTES):
            self.wfile.write(content[start : start + DRIP_BYTES])
            if self.server.closing.wait(interval):
                self._reset()
                return

    def _reset(self) -> None:
        self.close_connection = True
        self.server.resets.add(self.connection)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)


class SandboxServer(ThreadingHTTPServer):
    """A listening socket that keeps track of its connections, so that it can end all of them.

    `respond` turns a request into a response; `closing` interrupts slow responses.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, address: tuple[str, int], respond: Respond, closing: threading.Event
    ) -> None:
        self.respond = respond
        self.closing = closing
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
        """Close a connection in order, except one that is to be reset."""
        if request in self.resets:
            self.resets.discard(request)
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that disconnect; report everything else, because it is a bug here."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def end(self) -> None:
        """Stop listening, interrupt the open connections and wait for their threads."""
        self.shutdown()
        self.server_close()
        for thread, request in list(self._open.items()):
            with suppress(OSError):  # the connection may have closed by itself
                request.shutdown(socket.SHUT_RDWR)
            thread.join(5)
