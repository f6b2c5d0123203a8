"""A server on loopback that does exactly what a test scripts, well or badly, byte by byte."""

import json
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

KEY = "XXX-ABCDE12345"
PAUSE = 0.02  # seconds between the bytes of a drip
LONGEST = 10  # seconds that a drip goes on when nobody cuts it
JSON = "Content-Type: application/json"


@dataclass(frozen=True)
class Asked:
    """One request as it came in; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class Scripted:
    """Runs ``script(line, asked, server)`` for each request; ``asked`` lists them all.

    ``opened`` counts connections, requests or not. With ``eager`` the script runs as soon as a
    connection is there, and nothing is read.
    """

    def __init__(self, script, *, tls=None, eager=False, host="127.0.0.1"):
        self._script, self._tls, self._eager = script, tls, eager
        self._listener = socket.create_server(
            (host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
        self.port = self._listener.getsockname()[1]
        self.asked, self.opened = [], 0
        self.over = threading.Event()
        self._threads = [threading.Thread(target=self._serve)]
        self._threads[0].start()

    def url(self, host="127.0.0.1"):
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}"

    def close(self):
        self.over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _serve(self):
        while not self.over.is_set():
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self.opened += 1
            thread = threading.Thread(target=self._speak, args=(line,))
            self._threads.append(thread)
            thread.start()

    def _speak(self, line):
        line.settimeout(5)
        with suppress(OSError), line:  # the client may cut the line at any point
            if self._tls:
                line = self._tls.wrap_socket(line, server_side=True)
            with line:
                self._script(line, None if self._eager else self._read(line), self)

    def _read(self, line):
        text = b""
        while b"\r\n\r\n" not in text:
            piece = line.recv(4096)
            if not piece:
                raise ConnectionError("no request")
            text += piece
        head, _, body = text.partition(b"\r\n\r\n")
        first, *rows = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ")
        headers = {name.lower(): value for name, _, value in (row.partition(": ") for row in rows)}
        while len(body) < int(headers.get("content-length", 0)):
            body += line.recv(4096)
        asked = Asked(method, path, headers, body)
        self.asked.append(asked)
        return asked


def told(
    body: bytes | str | object, *headers: str, status: str = "200 OK", kind: str = JSON
) -> bytes:
    """Give the bytes of a whole answer; what is neither text nor bytes goes as JSON."""
    if not isinstance(body, (bytes, str)):
        body = json.dumps(body)
    body = body.encode() if isinstance(body, str) else body
    rows = [f"HTTP/1.1 {status}", *([kind] if kind else []), f"Content-Length: {len(body)}"]
    return "\r\n".join([*rows, *headers, "", ""]).encode() + body


def says(*pieces: bytes) -> Callable:
    """Script: send these bytes and hang up."""

    def script(line, asked, server):
        for piece in pieces:
            line.sendall(piece)

    return script


def answers(body: object, *headers: str, **answer: str) -> Callable:
    """Script: a whole answer."""
    return says(told(body, *headers, **answer))


def drips(start: bytes, drop: bytes = b"x") -> Callable:
    """Script: send ``start``, then ``drop`` again and again: each read succeeds, the call never."""

    def script(line, asked, server):
        line.sendall(start)
        for _ in range(int(LONGEST / PAUSE)):
            if server.over.wait(PAUSE):
                return
            line.sendall(drop)

    return script


def is_silent(line, asked, server):
    """Script: say nothing for as long as the client waits."""
    server.over.wait(LONGEST)


def resets(line, asked, server):
    """Script: hang up hard, with a TCP reset."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hangs_up(line, asked, server):
    """Script: hang up without a word."""


def echoes_session(line, asked, server):
    """Script: answer with the session whose key was asked for, as PAVE does."""
    line.sendall(told({"session_key": asked.path.split("/")[3], "status": "IDLE"}))
