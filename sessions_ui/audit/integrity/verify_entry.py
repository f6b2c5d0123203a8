"""Compare one entry with its own hash and its checkpoint, for its page.

The web process has no key, so signatures are not checked here; `audit_verify` does that.
"""

from dataclasses import dataclass

from sessions_ui.audit.log.canonical import COLUMNS, row_hash
from sessions_ui.models import AuditCheckpoint, AuditEntry

from .checkpoints import MARK_BYTES, join_marks, leaf_hash, parse_ranges


@dataclass(frozen=True)
class EntryVerification:
    """The result for one entry. ``agrees``: the row matches its hash, and its checkpoint (None:
    not sealed yet) has the mark of that hash."""

    checkpoint: AuditCheckpoint | None
    agrees: bool
    hash_hex: str
    root_hex: str


def verify_entry(entry: AuditEntry) -> EntryVerification:
    """Compare an entry with its own hash and its checkpoint, as they are stored now."""
    stored = bytes(entry.hash)
    names = COLUMNS.get(entry.hv, ())
    agrees = row_hash(getattr(entry, name) for name in names) == stored
    checkpoint = AuditCheckpoint.objects.filter(last_id__gte=entry.id).order_by("last_id").first()
    if checkpoint is not None:
        agrees = agrees and _find_mark(checkpoint, entry.id) == join_marks(
            [leaf_hash(entry.id, stored)]
        )
    root = bytes(checkpoint.merkle_root).hex() if checkpoint else ""
    return EntryVerification(checkpoint, agrees, stored.hex(), root)


def _find_mark(checkpoint: AuditCheckpoint, entry_id: int) -> bytes:
    marks = bytes(checkpoint.marks)
    for place, id_ in enumerate(parse_ranges(checkpoint.ranges)):
        if id_ == entry_id:
            return marks[place * MARK_BYTES : (place + 1) * MARK_BYTES]
    return b""
