"""Sealing and proving the audit, and how its evidence stands: what a manager is shown of both.

The key is used by `audit_seal`, `audit_verify` and `record_prove` alone, which only commands call.
"""

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from sessions_ui.audit.entries.rows import detail_of
from sessions_ui.audit.integrity.checkpoints import Checkpoint
from sessions_ui.audit.integrity.errors import IntegrityFailure
from sessions_ui.audit.integrity.purge_notes import purge_notes
from sessions_ui.audit.integrity.sealing import Progress, copied_to, copy_append, seals_make
from sessions_ui.audit.integrity.verify import Report, audit_prove
from sessions_ui.models import AuditCheckpoint, AuditEntry, Proof

LOG = logging.getLogger(__name__)
SEAL_AT = 1_000
"""So many entries do not wait for the minute to end."""
PROVE_EVERY = timedelta(hours=1)
LATE = timedelta(minutes=5)
"""Seals come each minute; after this something is amiss."""
MANY = 500_000
"""From so many entries on several processes are worth their start, a second or two."""
MOST_PROCESSES = 4
COUNTED_TO = 10_000
SHOWN = 48
PURGES_SHOWN = 3
COMMAND, LOOP = "audit_verify", "the reconcile loop"


def audit_seal(*, progress: Progress = lambda _: None) -> tuple[list[Checkpoint], int | None]:
    """Seal what is new. Gives the seals, and how many went to the copy (None: no copy is kept).

    Raises SealError, and OSError or ValueError when the seals stand but the copy could not be
    written.
    """
    made = seals_make(key=settings.AUDIT_SEAL_KEY, progress=progress)
    copied = copy_append(Path(settings.AUDIT_SEAL_COPY)) if settings.AUDIT_SEAL_COPY else None
    return made, copied


def audit_verify(
    *,
    since: datetime | None = None,
    copy: Path | None = None,
    processes: int = 1,
    progress: Progress = lambda _: None,
) -> Report:
    """Prove the record, and note what came of it for the page of evidence. Raises Doubt at the
    first thing that is not as it was written.

    ``copy``: a file of seals; without one, that of AUDIT_SEAL_COPY, where set.
    """
    return _prove(COMMAND, since=since, copy=copy, processes=processes, progress=progress)


def record_prove() -> Report | None:
    """Prove what was sealed since the last proof, once an hour; None when it is not yet time. The
    first time that is the whole record. Raises Doubt."""
    last = Proof.objects.order_by("-checked_at", "-id").first()
    if last and timezone.now() < last.checked_at + PROVE_EVERY:
        return None
    sound = Proof.objects.filter(doubt="").order_by("-checked_at", "-id").first()
    return _prove(LOOP, past=sound.checkpoints if sound else 0)


def _prove(
    by: str,
    *,
    since: datetime | None = None,
    past: int = 0,
    copy: Path | None = None,
    processes: int = 1,
    progress: Progress = lambda _: None,
) -> Report:
    key = settings.AUDIT_SEAL_KEY
    proof = Proof(by=by, whole=not (since or past), began=past, checked_at=timezone.now())
    proof.entries = proof.checkpoints = 0
    copy = copy or _copy()
    try:
        report = audit_prove(
            key=key, since=since, past=past, copy=copy, workers=processes, progress=progress
        )
    except IntegrityFailure as doubt:
        proof.copied = copy is not None
        proof.doubt, proof.doubt_id = str(doubt), doubt.entry_id
        if key:  # without one nothing was looked at
            _note(proof)
        raise
    proof.entries, proof.unsealed, proof.purged = report.sealed, report.unsealed, report.purged
    proof.checkpoints, proof.copied, proof.began = report.checkpoints, report.copied, report.began
    _note(proof)
    return report


def _note(proof: Proof) -> None:
    """A database that takes no writes must not hide what was found."""
    try:
        with transaction.atomic():
            proof.save()
    except DatabaseError:
        LOG.warning("proof_not_noted")


def _copy() -> Path | None:
    if not settings.AUDIT_SEAL_COPY:
        return None
    kept = Path(settings.AUDIT_SEAL_COPY)
    # Before the first seal there is neither; where one is left, the other must be too.
    return kept if kept.exists() or AuditCheckpoint.objects.exists() else None


def processes_for(entries: int) -> int:
    """How many processes prove so many entries soonest, on this machine."""
    return min(MOST_PROCESSES, len(os.sched_getaffinity(0))) if entries >= MANY else 1


def waiting_for_seal() -> int:
    """How many entries no seal covers yet, counted up to 10,001."""
    newest = AuditCheckpoint.objects.order_by("-n").first()
    young = AuditEntry.objects.filter(id__gt=newest.last_id if newest else 0)
    return young.order_by()[: COUNTED_TO + 1].count()


def doubt_standing() -> Proof | None:
    """The last proof that ended in a doubt, while no sound proof of the whole record came after
    it."""
    bad = Proof.objects.exclude(doubt="").order_by("-checked_at", "-id").first()
    if bad is None:
        return None
    cleared = Proof.objects.filter(doubt="", whole=True, checked_at__gt=bad.checked_at).exists()
    return None if cleared else bad


@dataclass(frozen=True)
class CopyState:
    """Of the copy of the seals: whether one is kept, up to which checkpoint (None: this process
    cannot read it), and how many it lacks."""

    kept: bool
    to: int | None = None
    lacking: int = 0


@dataclass(frozen=True)
class Evidence:
    """How the record's evidence stands."""

    newest: AuditCheckpoint | None
    late: bool
    waiting: int
    last: Proof | None
    last_whole: Proof | None
    doubt: Proof | None
    copy: CopyState
    recent: Sequence[AuditCheckpoint]
    purges: Sequence[tuple[AuditEntry, Mapping[str, Any]]]

    @property
    def waiting_label(self) -> str:
        """The number of entries that wait, ``10,000+`` where nobody counted further."""
        return f"{COUNTED_TO:,}+" if self.waiting > COUNTED_TO else f"{self.waiting:,}"


def evidence_now() -> Evidence:
    """What the page of evidence tells, without the key: nothing here is proved anew."""
    recent = list(AuditCheckpoint.objects.defer("ranges", "marks").order_by("-n")[:SHOWN])
    newest = recent[0] if recent else None
    proofs = Proof.objects.order_by("-checked_at", "-id")
    return Evidence(
        newest=newest,
        late=newest is not None and timezone.now() > newest.sealed_at + LATE,
        waiting=waiting_for_seal(),
        last=proofs.first(),
        last_whole=proofs.filter(whole=True).first(),
        doubt=doubt_standing(),
        copy=_copy_state(newest.n if newest else 0),
        recent=recent[::-1],
        purges=[(note, _told(note)) for note in purge_notes()[:PURGES_SHOWN]],
    )


def _told(note: AuditEntry) -> Mapping[str, Any]:
    try:
        return detail_of(note)
    except ValueError:  # tampered with: this page has to stand all the more
        return {}


def _copy_state(newest: int) -> CopyState:
    if not settings.AUDIT_SEAL_COPY:
        return CopyState(kept=False)
    try:
        to = copied_to(Path(settings.AUDIT_SEAL_COPY))
    except (OSError, ValueError, KeyError, TypeError):
        return CopyState(kept=True)
    return CopyState(kept=True, to=to, lacking=max(0, newest - to))
