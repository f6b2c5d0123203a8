"""One spelling of an entry, the same on every database, and the hash over it.

Each column is length-prefixed, so that no two entries share a spelling. `HASH_VERSION` stands in
the row: a column that is added later joins a new list, and older rows keep theirs.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

HASH_VERSION = 1
COLUMNS: Mapping[int, tuple[str, ...]] = {
    1: (
        "hv", "ts", "kind", "op", "op_key", "actor_id", "actor_label", "actor_role",
        "remote_addr", "user_agent_hash", "login_hash", "request_id", "session_key",
        "session_label", "action", "reason_code", "reason_note", "ticket", "status",
        "base_version", "new_version", "body", "detail", "outcome", "http_status", "error_code",
        "duration_ms",
    )
}  # fmt: skip

MOST_PIECES = 5000
LONG = 80
"""A piece of so many bytes is hardly met again."""
_EMPTY = b"\x01\x00\x00\x00\x00"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_spell = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
# PostgreSQL keeps neither NUL nor half a surrogate pair; both can stand in a remote's JSON.
_UNKEPT = re.compile("[\x00\ud800-\udfff]")


def clean(text: str) -> str:
    """The text as both databases can keep it: U+FFFD for NUL and for half a surrogate pair."""
    if text.isprintable():  # neither of them is: five times as quick as looking for them
        return text
    return _UNKEPT.sub("\N{REPLACEMENT CHARACTER}", text)


def canonical_json(document: object) -> str:
    """JSON in one spelling: sorted keys, no spaces, text as it is."""
    return clean(_spell(document))


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970 UTC; exact, unlike a float timestamp."""
    return (moment - _EPOCH) // _MICROSECOND


def spelled(value: object) -> bytes:
    """The bytes of one value. Raises TypeError for a type that no audit column has."""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, int):
        return b"%d" % value
    if isinstance(value, datetime):
        return b"%d" % microseconds(value)
    if isinstance(value, UUID):
        return value.hex.encode()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    raise TypeError(f"no canonical form for {type(value).__name__}")


def piece(value: object) -> bytes:
    """One value behind a mark (0 nothing, 1 something) and its length in four bytes."""
    if value is None:
        return b"\x00"
    if value == "":
        return _EMPTY
    body = spelled(value)
    return b"\x01" + len(body).to_bytes(4, "big") + body


_HEADS = tuple(b"\x01" + length.to_bytes(4, "big") for length in range(1000))


class Pieces(dict[object, bytes]):
    """Pieces by value: most of what entries hold comes again and again and is spelled once.
    Asked like a dictionary; raises TypeError as `spelled` does."""

    def __missing__(self, value: object) -> bytes:
        # `piece`, without asking what it is: nine of ten are short text or a number.
        if type(value) is str:
            body = value.encode()
        elif type(value) is int:
            body = b"%d" % value
        else:
            body = None
        if body is not None and len(body) < len(_HEADS):
            found = _HEADS[len(body)] + body
        else:
            found = piece(value)
        if len(found) < LONG:
            if len(self) >= MOST_PIECES:
                self.clear()
            self[value] = found
        return found


def canonical_bytes(values: Iterable[object]) -> bytes:
    """The pieces of all values, one behind the other."""
    return b"".join(map(piece, values))


def row_hash(values: Iterable[object]) -> bytes:
    """SHA-256 of an entry's values, in the order of its version's COLUMNS."""
    return hashlib.sha256(canonical_bytes(values)).digest()


def commitment(salt: bytes, value: str) -> str:
    """What an entry holds in place of a personal value: sha256(salt || value), in hex."""
    return hashlib.sha256(salt + value.encode()).hexdigest()
