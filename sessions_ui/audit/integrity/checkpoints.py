"""Compute a checkpoint's leaves, Merkle root, ranges and signature.

A leaf joins an entry's id with its hash, so two entries that exchange places are detected. The
root shows that something changed; the ranges and marks, which are signed too, show which entry.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from sessions_ui.audit.log.canonical import canonical_bytes
from sessions_ui.models import AuditCheckpoint

MARK_BYTES = 4
"""Leading bytes of each leaf that a checkpoint keeps, to name an entry that was rehashed."""
NO_HASH = bytes(32)
_LEAF, _NODE = b"\x00", b"\x01"


def leaf_hash(entry_id: int, row_hash: bytes) -> bytes:
    """sha256(0x00 || id || hash)."""
    return leaf_hashes([entry_id], [row_hash])[0]


def leaf_hashes(ids: Iterable[int], hashes: Iterable[bytes]) -> list[bytes]:
    """The leaves of many entries, in the given order."""
    sha256 = hashlib.sha256
    return [
        sha256(_LEAF + id_.to_bytes(8, "big") + row_hash).digest()
        for id_, row_hash in zip(ids, hashes, strict=True)
    ]


def join_marks(leaves: Iterable[bytes]) -> bytes:
    """The marks of the leaves, one after the other."""
    return b"".join(leaf[:MARK_BYTES] for leaf in leaves)


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The root over the leaves in order; without leaves, the hash of nothing.

    An odd node at the end of a level moves up unchanged.
    """
    level, sha256 = list(leaves), hashlib.sha256
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        parents = [sha256(_NODE + left + right).digest() for left, right in pairs]
        level = parents + level[len(level) - len(level) % 2 :]
    return level[0] if level else sha256(b"").digest()


def format_ranges(ids: Iterable[int]) -> str:
    """Ascending ids as ``1-50,52,54-90``."""
    ranges: list[list[int]] = []
    for id_ in ids:
        if ranges and id_ == ranges[-1][1] + 1:
            ranges[-1][1] = id_
        else:
            ranges.append([id_, id_])
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in ranges)


def parse_ranges(text: str) -> Iterator[int]:
    """The ids of a text from `format_ranges`. Raises ValueError for any other text."""
    for part in filter(None, text.split(",")):
        low, _, high = part.partition("-")
        yield from range(int(low), int(high or low) + 1)


def key_id(key: str) -> str:
    """A name for a key that reveals nothing about it."""
    return hmac.new(key.encode(), b"key id", hashlib.sha256).hexdigest()[:16]


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint's fields, in the order in which they are encoded and signed."""

    n: int
    first_id: int
    last_id: int
    count: int
    ranges: str
    marks: bytes
    merkle_root: bytes
    prev_hash: bytes
    sealed_at: datetime
    key_id: str
    signature: bytes = field(default=b"")

    @classmethod
    def from_row(cls, row: AuditCheckpoint) -> Self:
        """The checkpoint of a stored row."""
        return cls(
            n=row.n,
            first_id=row.first_id,
            last_id=row.last_id,
            count=row.count,
            ranges=row.ranges,
            marks=bytes(row.marks),
            merkle_root=bytes(row.merkle_root),
            prev_hash=bytes(row.prev_hash),
            sealed_at=row.sealed_at.astimezone(UTC),
            key_id=row.key_id,
            signature=bytes(row.signature),
        )

    @property
    def signed_bytes(self) -> bytes:
        """The bytes that the signature covers: every field but the signature."""
        return canonical_bytes(
            (
                "checkpoint 1", self.n, self.first_id, self.last_id, self.count, self.ranges,
                self.marks, self.merkle_root, self.prev_hash, self.sealed_at, self.key_id,
            )
        )  # fmt: skip

    def sign(self, key: str) -> bytes:
        """The signature under a key: HMAC-SHA256 of `signed_bytes`."""
        return hmac.new(key.encode(), self.signed_bytes, hashlib.sha256).digest()

    @property
    def hash(self) -> bytes:
        """The ``prev_hash`` of the next checkpoint; covers the fields and the signature."""
        return hashlib.sha256(self.signed_bytes + self.signature).digest()

    def as_json(self) -> dict[str, object]:
        """The checkpoint as one JSON object, as the copy and an archive hold it."""
        return {
            "n": self.n,
            "first_id": self.first_id,
            "last_id": self.last_id,
            "count": self.count,
            "ranges": self.ranges,
            "marks": self.marks.hex(),
            "merkle_root": self.merkle_root.hex(),
            "prev_hash": self.prev_hash.hex(),
            "sealed_at": self.sealed_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "key_id": self.key_id,
            "signature": self.signature.hex(),
        }
