"""The arithmetic of a seal: leaves, root, ranges, signature. No database here.

A leaf joins an entry's id with its hash, so that two entries that change places are found. The
root proves that nothing was touched; ranges and marks, which the signature covers too, say what.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sessions_ui.audit.log.canonical import canonical_bytes

MARK = 4
"""Bytes of each leaf that a checkpoint keeps, to name an entry whose hash was made anew."""
NO_HASH = bytes(32)
_LEAF, _NODE = b"\x00", b"\x01"


def leaf_of(entry_id: int, row_hash: bytes) -> bytes:
    """sha256(0x00 || id || hash)."""
    return leaves_of([entry_id], [row_hash])[0]


def leaves_of(ids: Iterable[int], hashes: Iterable[bytes]) -> list[bytes]:
    """The leaves of many entries, in the order in which they come."""
    sha256 = hashlib.sha256
    return [
        sha256(_LEAF + id_.to_bytes(8, "big") + row_hash).digest()
        for id_, row_hash in zip(ids, hashes, strict=True)
    ]


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The root over the leaves in order; of none, the hash of nothing. A leaf without a
    neighbour rises as it is."""
    level, sha256 = list(leaves), hashlib.sha256
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [sha256(_NODE + left + right).digest() for left, right in pairs]
        level = above + level[len(level) - len(level) % 2 :]
    return level[0] if level else sha256(b"").digest()


def ranges_text(ids: Iterable[int]) -> str:
    """Ascending ids as ``1-50,52,54-90``."""
    found: list[list[int]] = []
    for id_ in ids:
        if found and id_ == found[-1][1] + 1:
            found[-1][1] = id_
        else:
            found.append([id_, id_])
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in found)


def ranges_ids(text: str) -> Iterator[int]:
    """The ids in a text of ranges. Raises ValueError for a text that is none."""
    for part in filter(None, text.split(",")):
        low, _, high = part.partition("-")
        yield from range(int(low), int(high or low) + 1)


def key_id(key: str) -> str:
    """A name for a key that gives nothing away."""
    return hmac.new(key.encode(), b"key id", hashlib.sha256).hexdigest()[:16]


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint's facts, in the order in which they are spelled and signed."""

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

    @property
    def signed_bytes(self) -> bytes:
        """What the signature covers: everything but itself."""
        return canonical_bytes(
            (
                "checkpoint 1", self.n, self.first_id, self.last_id, self.count, self.ranges,
                self.marks, self.merkle_root, self.prev_hash, self.sealed_at, self.key_id,
            )
        )  # fmt: skip

    def signature_by(self, key: str) -> bytes:
        """HMAC-SHA256 of the facts."""
        return hmac.new(key.encode(), self.signed_bytes, hashlib.sha256).digest()

    @property
    def hash(self) -> bytes:
        """What the next checkpoint holds of this one: its facts and its signature."""
        return hashlib.sha256(self.signed_bytes + self.signature).digest()

    def as_json(self) -> dict[str, object]:
        """The seal as one JSON object, for the copy elsewhere."""
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
