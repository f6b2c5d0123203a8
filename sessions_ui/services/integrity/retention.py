"""Purge the oldest sealed entries from the audit, whole checkpoints at a time.

The audit is verified first and written into an archive, which is verified, too. A signed note
records what is purged. Only then are the entries deleted, with the values and index rows that
belong to them. Checkpoints are never deleted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Min, Q, QuerySet

from sessions_ui.audit.integrity.archive import (
    Archive,
    verify_archive,
    write_archive,
    write_manifest,
)
from sessions_ui.audit.integrity.checkpoints import Checkpoint
from sessions_ui.audit.integrity.purge_notes import PURGED, Purge, last_purged_checkpoint
from sessions_ui.audit.integrity.sealing import Progress
from sessions_ui.audit.integrity.triggers import allow_deletes
from sessions_ui.audit.log.record import record_note
from sessions_ui.domain.actor import Actor
from sessions_ui.models import (
    OPEN_STATES,
    AuditCheckpoint,
    AuditEntry,
    AuditTerm,
    AuditValue,
    Edit,
    Flag,
)

from .seal_and_verify import seal_audit, verify_audit

ENTRIES_PER_TRANSACTION = 10_000
"""A limit, because writers wait while such a transaction runs."""


class PurgeError(Exception):
    """Nothing was purged; the message says why, in a sentence."""


@dataclass(frozen=True)
class Plan:
    """What a purge would delete: whole checkpoints (first and last number; None: none) and their
    entries. ``left``: entries that an interrupted purge has left; ``held_by``: the edit under way
    because of which later entries stay."""

    checkpoints: tuple[int, int] | None
    entries: int = 0
    first_id: int = 0
    last_id: int = 0
    left: int = 0
    held_by: int | None = None


def plan_purge(before: datetime) -> Plan:
    """Plan to purge the checkpoints, from the oldest on, whose entries are all older than
    ``before``, except those from the oldest edit under way on. Changes nothing."""
    purged_to = last_purged_checkpoint(settings.AUDIT_SEAL_KEY)
    left = _entries_under(purged_to).count() if purged_to else 0
    young = AuditEntry.objects.filter(ts__gte=before).aggregate(first=Min("id"))["first"]
    under_way = Edit.objects.filter(Q(state__in=OPEN_STATES) | Q(next_look_at__isnull=False))
    open_edit = under_way.aggregate(first=Min("entry_id"))["first"]
    bounds = [id_ for id_ in (young, open_edit) if id_ is not None]
    old = AuditCheckpoint.objects.filter(n__gt=purged_to)
    old = old.filter(last_id__lt=min(bounds)) if bounds else old
    last = old.order_by("-n").first()
    holds = open_edit is not None and (young is None or open_edit < young)
    held_by = open_edit if holds else None
    if last is None:
        return Plan(None, left=left, held_by=held_by)
    entries = _entries_under(last.n, purged_to)
    ids = entries.aggregate(first=Min("id"), last=Max("id"))
    if ids["first"] is None:
        return Plan(None, left=left, held_by=held_by)
    count = entries.count()
    return Plan((purged_to + 1, last.n), count, ids["first"], ids["last"], left, held_by)


def purge_entries(
    *, plan: Plan, actor: Actor, file: Path, progress: Progress = lambda _: None
) -> Archive:
    """Archive and delete what a plan names. Raises PurgeError for a plan without checkpoints,
    IntegrityFailure when the audit or the archive is not as it was sealed, and OSError when the
    file cannot be written or exists already."""
    if plan.checkpoints is None:
        raise PurgeError("No seal is old enough, so there is nothing to take out.")
    # Without the right to delete, fail before anything is signed.
    with transaction.atomic(), allow_deletes(connection):
        pass
    verify_audit()
    write_archive(file, _read_checkpoints(*plan.checkpoints), progress)
    archive = verify_archive(file, _read_checkpoints(*plan.checkpoints))
    _sign_note(plan, actor, file, archive)
    seal_audit()
    finish_purge(progress)
    return archive


def _sign_note(plan: Plan, actor: Actor, file: Path, archive: Archive) -> None:
    """Record the purge, signed, in the audit and in the archive's manifest."""
    from_n, to_n = plan.checkpoints or (0, 0)
    purge = Purge(
        from_n=from_n,
        to_n=to_n,
        from_id=plan.first_id,
        to_id=plan.last_id,
        entries=archive.entries,
        seal_hash=Checkpoint.from_row(AuditCheckpoint.objects.get(n=to_n)).hash.hex(),
        sha256=archive.sha256,
    )
    detail = purge.note_detail(settings.AUDIT_SEAL_KEY)
    detail |= {"file": file.name, "bytes": archive.size}
    write_manifest(file, detail)
    with transaction.atomic():
        record_note(actor=actor, action=PURGED, about=None, detail=detail)


def _read_checkpoints(from_n: int, to_n: int) -> Iterator[Checkpoint]:
    for n in range(from_n, to_n + 1):
        yield Checkpoint.from_row(AuditCheckpoint.objects.get(n=n))


def finish_purge(progress: Progress = lambda _: None) -> int:
    """Delete what the signed notes cover, also after an interrupted purge; gives the number of
    entries. Each transaction deletes whole checkpoints' entries and restores the triggers."""
    to_n, deleted = last_purged_checkpoint(settings.AUDIT_SEAL_KEY), 0
    while to_n and (end := _find_transaction_end(to_n)) is not None:
        with transaction.atomic(), allow_deletes(connection):
            count = _delete_until(end)
        deleted += count
        progress(count)
    if to_n:
        AuditTerm.objects.filter(entry_id__lte=_last_id(to_n)).delete()
    return deleted


def _find_transaction_end(to_n: int) -> int | None:
    """The last id of the checkpoint with which the next transaction ends; None: nothing is left."""
    entries = _entries_under(to_n).order_by("id")
    ids = list(entries.values_list("id", flat=True)[:ENTRIES_PER_TRANSACTION])
    if not ids:
        return None
    checkpoints = AuditCheckpoint.objects.filter(last_id__gte=ids[-1]).order_by("n")
    return checkpoints.values_list("last_id", flat=True)[0]


def _delete_until(end: int) -> int:
    """Delete the entries up to an id with their related rows; gives the number of entries."""
    AuditValue.objects.filter(entry_id__lte=end).delete()
    Edit.objects.filter(entry_id__lte=end).exclude(state__in=OPEN_STATES).delete()
    Flag.objects.filter(entry_id__lte=end).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_entry WHERE id <= %s", [end])
        return int(cursor.rowcount)


def _entries_under(to_n: int, past_n: int = 0) -> QuerySet[AuditEntry]:
    """The entries under the checkpoints up to ``to_n``, except those up to ``past_n``."""
    entries = AuditEntry.objects.filter(id__lte=_last_id(to_n))
    return entries.filter(id__gt=_last_id(past_n)) if past_n else entries


def _last_id(n: int) -> int:
    return AuditCheckpoint.objects.values_list("last_id", flat=True).get(n=n)
