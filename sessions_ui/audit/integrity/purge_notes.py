"""Read and sign the notes that let sealed entries be missing because retention purged them.

A purge always reaches from the first checkpoint to a later one, so the newest note covers every
earlier purge. Nobody can sign a note without the key, and entries that are missing without a note
fail the verification.
"""

import hmac
from dataclasses import asdict, dataclass

from django.db.models import QuerySet

from sessions_ui.audit.entries.rows import parse_detail
from sessions_ui.audit.log.canonical import canonical_bytes
from sessions_ui.models import AuditCheckpoint, AuditEntry, Kind

from .checkpoints import Checkpoint, key_id

PURGED = "audit.purged"


@dataclass(frozen=True)
class Purge:
    """One purge: the checkpoints and entries that it removed, the hash of the last of those
    checkpoints, and the SHA-256 of the archive that holds the entries now."""

    from_n: int
    to_n: int
    from_id: int
    to_id: int
    entries: int
    seal_hash: str
    sha256: str

    def sign(self, key: str) -> str:
        """HMAC-SHA256 of the fields, in hex."""
        signed = canonical_bytes(("purge 1", *asdict(self).values(), key_id(key)))
        return hmac.new(key.encode(), signed, "sha256").hexdigest()

    def note_detail(self, key: str) -> dict[str, object]:
        """The fields and their signature, as the note stores them."""
        return {**asdict(self), "key_id": key_id(key), "signature": self.sign(key)}


def last_purged_checkpoint(key: str) -> int:
    """The number of the last checkpoint whose entries may be missing; 0 for none.

    A note counts only if this key signed it and it names the checkpoint that is stored.
    """
    return max((_purged_to(note, key) for note in purge_notes()), default=0)


def purge_notes() -> QuerySet[AuditEntry]:
    """The notes about purges, whether their signature is valid or not, newest first."""
    notes = AuditEntry.objects.filter(kind=Kind.NOTE, op__isnull=True, action=PURGED)
    return notes.order_by("-id")


def _purged_to(note: AuditEntry, key: str) -> int:
    try:
        detail = parse_detail(note)
        purge = Purge(**{name: detail[name] for name in Purge.__dataclass_fields__})
        signed = hmac.compare_digest(purge.sign(key), str(detail["signature"]))
    except (KeyError, TypeError, ValueError):
        return 0
    row = AuditCheckpoint.objects.filter(n=purge.to_n).first() if signed else None
    return purge.to_n if row and Checkpoint.from_row(row).hash.hex() == purge.seal_hash else 0
