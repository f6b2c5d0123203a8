"""Encode an entry as bytes, the same on every database, and hash them.

Each column has a length prefix, so that no two entries have the same bytes. The row names its
`HASH_VERSION`: a column that is added later joins a new list, and older rows keep theirs.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sessions_ui.domain.values.text import storable

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

_NULL, _PRESENT = b"\x00", b"\x01"
_EMPTY_TEXT = _PRESENT + bytes(4)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_to_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical_json(document: object) -> str:
    """JSON with sorted keys and no spaces, as text that both databases can store."""
    return storable(_to_json(document))


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970 UTC; exact, unlike a float timestamp."""
    return (moment - _EPOCH) // _MICROSECOND


def encode_value(value: object) -> bytes:
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


def encode_column(value: object) -> bytes:
    """Encode NULL as one byte; a value as another, its length in four bytes, and the value."""
    if value is None:
        return _NULL
    if value == "":  # most columns are empty: a shortcut for the proof of a whole record
        return _EMPTY_TEXT
    encoded = encode_value(value)
    return _PRESENT + len(encoded).to_bytes(4, "big") + encoded


def canonical_bytes(values: Iterable[object]) -> bytes:
    """The encoded columns, one after the other."""
    return b"".join(map(encode_column, values))


def row_hash(values: Iterable[object]) -> bytes:
    """SHA-256 of an entry's values, in the order of its version's COLUMNS."""
    return hashlib.sha256(canonical_bytes(values)).digest()


def commitment(salt: bytes, value: str) -> str:
    """Return what an entry holds in place of a personal value: sha256(salt || value), in hex."""
    return hashlib.sha256(salt + value.encode()).hexdigest()
