"""Reject responses whose end is not marked in exactly one clear way.

http.client is lenient: it accepts ``-1`` and ``1_0`` as the size of a chunk (-1 makes it read all
there is), and where a length is nonsense it reads until the connection closes. A server that sends
such a response is not PAVE, or something in between has mixed up two responses.
"""

import re
from collections.abc import Mapping
from http.client import HTTPException, HTTPResponse

MAX_SIZE_LINE = 4096
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[\t -~\x80-\xff]*)?\r?\n")
_LENGTH = re.compile(r"[0-9]{1,12}")


class FramingError(HTTPException):
    """The size of a chunk is not a plain hexadecimal number."""


class StrictHTTPResponse(HTTPResponse):
    """A response that raises FramingError before it reads a chunk without a plain size."""

    def _read_next_chunk_size(self) -> int:
        line = self.fp.readline(MAX_SIZE_LINE)
        match = _CHUNK_SIZE.fullmatch(line)
        if match:
            return int(match[1], 16)
        if line.endswith(b"\n") or len(line) == MAX_SIZE_LINE:
            raise FramingError
        raise ValueError("the line ends within the size")  # http.client makes it IncompleteRead


def check_framing(headers: Mapping[str, str], max_bytes: int) -> str:
    """Return the cause why a body with these headers is not read, "" if it is.

    ``framing`` means a transfer coding other than chunked and identity, chunks together with a
    length, or a length that is not a plain number; ``size`` means more than ``max_bytes`` bytes.
    """
    coding = headers.get("Transfer-Encoding", "identity").lower()
    length = headers.get("Content-Length", "0").strip()
    chunked = coding == "chunked"
    if not chunked and coding != "identity" or chunked and "Content-Length" in headers:
        return "framing"
    if not _LENGTH.fullmatch(length):
        return "framing"
    return "size" if int(length) > max_bytes else ""
