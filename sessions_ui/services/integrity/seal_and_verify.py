"""Seal and verify the audit, and report both to managers.

Only commands call `seal_audit`, `verify_audit` and `verify_new_entries`, which use the key; the
web process, which has no key, calls the functions that report.
"""

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from sessions_ui.audit.entries.rows import parse_detail
from sessions_ui.audit.integrity.checkpoints import Checkpoint
from sessions_ui.audit.integrity.errors import IntegrityFailure
from sessions_ui.audit.integrity.purge_notes import purge_notes
from sessions_ui.audit.integrity.seal_copy import last_copied, update_copy
from sessions_ui.audit.integrity.sealing import Progress, seal_entries
from sessions_ui.audit.integrity.verify import WHOLE, Scope, VerificationReport, verify_entries
from sessions_ui.models import AuditCheckpoint, AuditEntry, Proof

from .schedule import (
    SEAL_INTERVAL,
    SEAL_LATE_AFTER,
    VERIFY_INTERVAL,
    name_duration,
    name_frequency,
    name_interval,
)

logger = logging.getLogger(__name__)
PARALLEL_FROM = 500_000
"""The number of entries from which on starting more processes, a second or two, saves time."""
MOST_PROCESSES = 4
MOST_COUNTED = 10_000
CHECKPOINTS_SHOWN = 48
PURGES_SHOWN = 3
COMMAND, LOOP = "audit_verify", "the reconcile loop"


def seal_audit(*, progress: Progress = lambda _: None) -> tuple[list[Checkpoint], int | None]:
    """Seal new entries. Gives the checkpoints, and the number of checkpoints that were added to
    the copy (None: no copy is kept).

    Raises SealError; and OSError or ValueError when the entries were sealed but the copy could not
    be updated.
    """
    sealed = seal_entries(key=settings.AUDIT_SEAL_KEY, progress=progress)
    copied = update_copy(Path(settings.AUDIT_SEAL_COPY)) if settings.AUDIT_SEAL_COPY else None
    return sealed, copied


def verify_audit(
    *,
    scope: Scope = WHOLE,
    copy: Path | None = None,
    processes: int = 1,
    progress: Progress = lambda _: None,
    by: str = COMMAND,
) -> VerificationReport:
    """Verify the audit and store the result for the integrity page. Raises IntegrityFailure.

    ``copy``: the file of checkpoints to compare with; None: that of AUDIT_SEAL_COPY, if set.
    ``by``: who verifies, for the page.
    """
    key = settings.AUDIT_SEAL_KEY
    proof = Proof(by=by, whole=scope.is_whole, began=scope.past, checked_at=timezone.now())
    proof.entries = proof.checkpoints = 0
    copy = copy or _expected_copy()
    try:
        report = verify_entries(
            key=key, scope=scope, copy=copy, workers=processes, progress=progress
        )
    except IntegrityFailure as failure:
        proof.copied = copy is not None
        proof.doubt, proof.doubt_id = str(failure), failure.entry_id
        if key:  # without a key nothing was verified
            _store(proof)
        raise
    proof.entries, proof.unsealed, proof.purged = report.sealed, report.unsealed, report.purged
    proof.checkpoints, proof.copied, proof.began = report.checkpoints, report.copied, report.began
    _store(proof)
    return report


def verify_new_entries() -> VerificationReport | None:
    """Verify what was sealed since the last successful verification, if VERIFY_INTERVAL has
    passed since the last one; otherwise return None. Raises IntegrityFailure.

    The first verification covers the whole audit.
    """
    last = Proof.objects.order_by("-checked_at", "-id").first()
    if last and timezone.now() < last.checked_at + VERIFY_INTERVAL:
        return None
    passed = Proof.objects.filter(doubt="").order_by("-checked_at", "-id").first()
    return verify_audit(scope=Scope(past=passed.checkpoints if passed else 0), by=LOOP)


def _store(proof: Proof) -> None:
    """Save the result. A database that takes no writes must not hide the result itself."""
    try:
        with transaction.atomic():
            proof.save()
    except DatabaseError:
        logger.warning("proof_not_noted")


def _expected_copy() -> Path | None:
    if not settings.AUDIT_SEAL_COPY:
        return None
    path = Path(settings.AUDIT_SEAL_COPY)
    # Before the first seal neither exists. If only one exists, the comparison must fail.
    return path if path.exists() or AuditCheckpoint.objects.exists() else None


def choose_processes(entries: int) -> int:
    """The number of processes that verifies so many entries fastest on this machine."""
    available = len(os.sched_getaffinity(0))
    return min(MOST_PROCESSES, available) if entries >= PARALLEL_FROM else 1


def count_unsealed() -> int:
    """The number of entries that no checkpoint covers yet, counted up to MOST_COUNTED + 1."""
    newest = AuditCheckpoint.objects.order_by("-n").first()
    unsealed = AuditEntry.objects.filter(id__gt=newest.last_id if newest else 0)
    return unsealed.order_by()[: MOST_COUNTED + 1].count()


def open_failure() -> Proof | None:
    """The last failed verification; None if the whole audit was verified successfully since."""
    failed = Proof.objects.exclude(doubt="").order_by("-checked_at", "-id").first()
    if failed is None:
        return None
    passed = Proof.objects.filter(doubt="", whole=True, checked_at__gt=failed.checked_at)
    return None if passed.exists() else failed


@dataclass(frozen=True)
class CopyState:
    """The copy of the checkpoints: whether one is kept, its last checkpoint (None: this process
    cannot read the file), and the number of checkpoints that it lacks."""

    kept: bool
    to: int | None = None
    lacking: int = 0


@dataclass(frozen=True)
class IntegrityStatus:
    """What the integrity page shows: ``last`` and ``last_whole`` are verifications, ``failure`` is
    the `open_failure`, ``purges`` are notes with their details."""

    newest: AuditCheckpoint | None
    late: bool
    waiting: int
    last: Proof | None
    last_whole: Proof | None
    failure: Proof | None
    copy: CopyState
    recent: Sequence[AuditCheckpoint]
    purges: Sequence[tuple[AuditEntry, Mapping[str, Any]]]
    seal_interval = name_interval(SEAL_INTERVAL)
    seal_duration = name_duration(SEAL_INTERVAL)
    verify_frequency = name_frequency(VERIFY_INTERVAL)

    @property
    def waiting_label(self) -> str:
        """The number of unsealed entries; ``10,000+`` where the count stopped."""
        return f"{MOST_COUNTED:,}+" if self.waiting > MOST_COUNTED else f"{self.waiting:,}"


def read_integrity_status() -> IntegrityStatus:
    """Read the results of sealing and verifying. Verifies nothing, and needs no key."""
    recent = list(
        AuditCheckpoint.objects.defer("ranges", "marks").order_by("-n")[:CHECKPOINTS_SHOWN]
    )
    newest = recent[0] if recent else None
    proofs = Proof.objects.order_by("-checked_at", "-id")
    return IntegrityStatus(
        newest=newest,
        late=newest is not None and timezone.now() > newest.sealed_at + SEAL_LATE_AFTER,
        waiting=count_unsealed(),
        last=proofs.first(),
        last_whole=proofs.filter(whole=True).first(),
        failure=open_failure(),
        copy=_read_copy_state(newest.n if newest else 0),
        recent=recent[::-1],
        purges=[(note, _read_detail(note)) for note in purge_notes()[:PURGES_SHOWN]],
    )


def _read_detail(note: AuditEntry) -> Mapping[str, Any]:
    try:
        return parse_detail(note)
    except ValueError:  # after tampering this page is needed most
        return {}


def _read_copy_state(newest: int) -> CopyState:
    if not settings.AUDIT_SEAL_COPY:
        return CopyState(kept=False)
    try:
        to = last_copied(Path(settings.AUDIT_SEAL_COPY))
    except (OSError, ValueError, KeyError, TypeError):
        return CopyState(kept=True)
    return CopyState(kept=True, to=to, lacking=max(0, newest - to))
