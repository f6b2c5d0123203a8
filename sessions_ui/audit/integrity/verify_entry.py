"""How one entry stands against its seal, as far as the web process can tell: without the key it
cannot check a signature, which `audit_verify` does."""

from dataclasses import dataclass

from sessions_ui.audit.log.canonical import COLUMNS, row_hash
from sessions_ui.models import AuditCheckpoint, AuditEntry

from .checkpoints import MARK, leaf_of, ranges_ids


@dataclass(frozen=True)
class Standing:
    """``agrees``: the row has the hash that it was given, and the seal (None: not sealed yet)
    names that hash."""

    checkpoint: AuditCheckpoint | None
    agrees: bool
    hash_hex: str
    root_hex: str


def standing_of(entry: AuditEntry) -> Standing:
    """Hold one entry against its own hash and its seal, as they are stored at this moment."""
    stored = bytes(entry.hash)
    names = COLUMNS.get(entry.hv, ())
    agrees = row_hash(getattr(entry, name) for name in names) == stored
    sealed = AuditCheckpoint.objects.filter(last_id__gte=entry.id).order_by("last_id").first()
    if sealed is not None:
        agrees = agrees and _mark_in(sealed, entry.id) == leaf_of(entry.id, stored)[:MARK]
    root = bytes(sealed.merkle_root).hex() if sealed else ""
    return Standing(sealed, agrees, stored.hex(), root)


def _mark_in(sealed: AuditCheckpoint, entry_id: int) -> bytes:
    marks = bytes(sealed.marks)
    for place, id_ in enumerate(ranges_ids(sealed.ranges)):
        if id_ == entry_id:
            return marks[place * MARK : (place + 1) * MARK]
    return b""
