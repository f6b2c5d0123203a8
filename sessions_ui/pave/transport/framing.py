"""Where an answer ends: said once and plainly, or we do not read it.

http.client is kind: it takes ``-1`` and ``1_0`` for the size of a chunk (-1 reads all there is),
and reads on to the end of the line where a length makes no sense. Whoever sends such an answer is
not PAVE, or something between us has mixed two answers up.
"""

import re
from collections.abc import Mapping
from http.client import HTTPException, HTTPResponse

LONGEST_LINE = 4096
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[\t -~\x80-\xff]*)?\r?\n")
_LENGTH = re.compile(r"[0-9]{1,12}")


class FramingError(HTTPException):
    """The size of a chunk is no plain number."""


class StrictReply(HTTPResponse):
    """An answer whose chunks must have sizes. Raises FramingError before it reads such a chunk."""

    def _read_next_chunk_size(self) -> int:
        line = self.fp.readline(LONGEST_LINE)
        found = _SIZE.fullmatch(line)
        if found:
            return int(found[1], 16)
        if line.endswith(b"\n") or len(line) == LONGEST_LINE:
            raise FramingError
        raise ValueError("the line ends within the size")  # http.client says IncompleteRead


def framing_fault(headers: Mapping[str, str], most: int) -> str:
    """Give the cause why a body with these headers is not read, "" if there is none.

    ``framing`` is for a coding that is neither chunked nor identity, for chunks with a length, and
    for a length that is no plain number; ``size`` for one of more than ``most`` bytes.
    """
    coding = headers.get("Transfer-Encoding", "identity").lower()
    length = headers.get("Content-Length", "0").strip()
    chunked = coding == "chunked"
    if not chunked and coding != "identity" or chunked and "Content-Length" in headers:
        return "framing"
    if not _LENGTH.fullmatch(length):
        return "framing"
    return "size" if int(length) > most else ""
