"""What may be gone: sealed entries that retention took out, on record and signed.

A purge always reaches from the first seal to one seal, so the newest note tells of all that came
before it. Without the key nobody can make one, and entries that are gone without one are missing.
"""

import hmac
from dataclasses import asdict, dataclass

from django.db.models import QuerySet

from sessions_ui.audit.entries.rows import detail_of
from sessions_ui.audit.log.canonical import canonical_bytes
from sessions_ui.models import AuditCheckpoint, AuditEntry, Kind

from .checkpoints import key_id
from .sealing import seal_of

PURGED = "audit.purged"


@dataclass(frozen=True)
class Purge:
    """One purge: the seals and entries that it took out, the hash of the last of those seals, and
    the SHA-256 of the file that holds them since."""

    from_n: int
    to_n: int
    from_id: int
    to_id: int
    entries: int
    seal_hash: str
    sha256: str

    def signature_by(self, key: str) -> str:
        """HMAC-SHA256 of the facts, in hex."""
        facts = canonical_bytes(("purge 1", *asdict(self).values(), key_id(key)))
        return hmac.new(key.encode(), facts, "sha256").hexdigest()

    def detail(self, key: str) -> dict[str, object]:
        """The facts and their signature, as the note holds them."""
        return {**asdict(self), "key_id": key_id(key), "signature": self.signature_by(key)}


def purged_to(key: str) -> int:
    """The number of the last seal whose entries may be gone; 0 for none. A note that this key did
    not sign, or that names another seal than the one there is, lets nothing go."""
    return max((_reach(note, key) for note in purge_notes()), default=0)


def purge_notes() -> QuerySet[AuditEntry]:
    """The notes that tell of purges, honest or not, newest first."""
    notes = AuditEntry.objects.filter(kind=Kind.NOTE, op__isnull=True, action=PURGED)
    return notes.order_by("-id")


def _reach(note: AuditEntry, key: str) -> int:
    try:
        detail = detail_of(note)
        purge = Purge(**{name: detail[name] for name in Purge.__dataclass_fields__})
        signed = hmac.compare_digest(purge.signature_by(key), str(detail["signature"]))
    except (KeyError, TypeError, ValueError):
        return 0
    last = AuditCheckpoint.objects.filter(n=purge.to_n).first() if signed else None
    return purge.to_n if last and seal_of(last).hash.hex() == purge.seal_hash else 0
