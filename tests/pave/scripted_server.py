"""Run a server on loopback that sends exactly the bytes that a test scripts, well-formed or not."""

import json
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

DRIP_INTERVAL = 0.02  # seconds
MAX_DURATION = 10  # seconds after which a script ends that the client did not cut off
JSON = "Content-Type: application/json"


@dataclass(frozen=True)
class Request:
    """One request as it arrived; the names of its headers are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class ScriptedServer:
    """Run ``script(sock, request, server)`` for each request, and keep them all in ``requests``.

    ``connection_count`` includes connections without a request. With ``eager`` the script runs as
    soon as there is a connection, its request is None, and nothing is read before it.
    """

    def __init__(self, script, *, tls=None, eager=False, host="127.0.0.1"):
        self._script, self._tls, self._eager = script, tls, eager
        self._listener = socket.create_server(
            (host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
        self.port = self._listener.getsockname()[1]
        self.requests, self.connection_count = [], 0
        self.closing = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def url(self, host="127.0.0.1"):
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}"

    def close(self):
        self.closing.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self):
        while not self.closing.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connection_count += 1
            thread = threading.Thread(target=self._run_script, args=(sock,))
            self._threads.append(thread)
            thread.start()

    def _run_script(self, sock):
        sock.settimeout(5)
        with suppress(OSError), sock:  # the client may close the connection at any point
            if self._tls:
                sock = self._tls.wrap_socket(sock, server_side=True)
            with sock:
                self._script(sock, None if self._eager else self._read(sock), self)

    def _read(self, sock):
        received = b""
        while b"\r\n\r\n" not in received:
            part = sock.recv(4096)
            if not part:
                raise ConnectionError("no request")
            received += part
        head, _, body = received.partition(b"\r\n\r\n")
        request_line, *rows = head.decode("latin-1").split("\r\n")
        method, path, _ = request_line.split(" ")
        headers = {name.lower(): value for name, _, value in (row.partition(": ") for row in rows)}
        while len(body) < int(headers.get("content-length", 0)):
            body += sock.recv(4096)
        request = Request(method, path, headers, body)
        self.requests.append(request)
        return request


def http_response(
    body: bytes | str | object, *headers: str, status: str = "200 OK", kind: str = JSON
) -> bytes:
    """Return the bytes of a whole response. A body that is neither text nor bytes becomes JSON."""
    if not isinstance(body, (bytes, str)):
        body = json.dumps(body)
    body = body.encode() if isinstance(body, str) else body
    rows = [f"HTTP/1.1 {status}", *([kind] if kind else []), f"Content-Length: {len(body)}"]
    return "\r\n".join([*rows, *headers, "", ""]).encode() + body


def sends(*parts: bytes) -> Callable:
    """Script: send these bytes and close the connection."""

    def script(sock, request, server):
        for part in parts:
            sock.sendall(part)

    return script


def responds(body: object, *headers: str, **options: str) -> Callable:
    """Script: send a whole response."""
    return sends(http_response(body, *headers, **options))


def drips(start: bytes, drop: bytes = b"x") -> Callable:
    """Script: send ``start``, then ``drop`` again and again.

    Each single read succeeds, but the response never ends.
    """

    def script(sock, request, server):
        sock.sendall(start)
        for _ in range(int(MAX_DURATION / DRIP_INTERVAL)):
            if server.closing.wait(DRIP_INTERVAL):
                return
            sock.sendall(drop)

    return script


def stays_silent(sock, request, server):
    """Script: send nothing for as long as the client waits."""
    server.closing.wait(MAX_DURATION)


def resets(sock, request, server):
    """Script: abort the connection with a TCP reset."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hangs_up(sock, request, server):
    """Script: close the connection without sending anything."""


def echoes_session(sock, request, server):
    """Script: respond with the session whose key was asked for, as PAVE does."""
    sock.sendall(http_response({"session_key": request.path.split("/")[3], "status": "IDLE"}))
