"""Retention: taking the oldest sealed entries out of the record, whole seals at a time.

The record is proved first, then written into a file that is itself proved; a signed note says what
goes; only then the entries go, with the values and index rows beside them. Seals stay for ever.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Min, Q, QuerySet

from sessions_ui.audit.integrity.archive import (
    Archived,
    archive_check,
    archive_write,
    manifest_write,
)
from sessions_ui.audit.integrity.checkpoints import Checkpoint
from sessions_ui.audit.integrity.purge_notes import PURGED, Purge, purged_to
from sessions_ui.audit.integrity.sealing import Progress, seal_of
from sessions_ui.audit.integrity.triggers import deleting_allowed
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

from .seal_and_verify import audit_seal, audit_verify

AT_ONCE = 10_000
"""Entries to a transaction: writers wait while one runs."""


class PurgeError(Exception):
    """Nothing was taken out; the text says why, in a sentence."""


@dataclass(frozen=True)
class Plan:
    """What a purge would take out: whole seals and their entries; ``left`` are entries of an
    earlier purge that broke off; ``held_by`` is an edit under way that keeps more from going."""

    seals: tuple[int, int] | None
    entries: int = 0
    first_id: int = 0
    last_id: int = 0
    left: int = 0
    held_by: int | None = None


def purge_plan(before: datetime) -> Plan:
    """What would go: all seals from the oldest on in which every entry is older than ``before``,
    but for those from the oldest edit on that is still under way. Changes nothing."""
    done = purged_to(settings.AUDIT_SEAL_KEY)
    left = _under(done).count() if done else 0
    young = AuditEntry.objects.filter(ts__gte=before).aggregate(first=Min("id"))["first"]
    open_ = Edit.objects.filter(Q(state__in=OPEN_STATES) | Q(next_look_at__isnull=False))
    held = open_.aggregate(first=Min("entry_id"))["first"]
    bounds = [id_ for id_ in (young, held) if id_ is not None]
    old = AuditCheckpoint.objects.filter(n__gt=done)
    old = old.filter(last_id__lt=min(bounds)) if bounds else old
    last = old.order_by("-n").first()
    held_by = held if held is not None and (young is None or held < young) else None
    if last is None:
        return Plan(None, left=left, held_by=held_by)
    going = _under(last.n, done)
    ids = going.aggregate(first=Min("id"), last=Max("id"))
    if ids["first"] is None:
        return Plan(None, left=left, held_by=held_by)
    count = going.count()
    return Plan((done + 1, last.n), count, ids["first"], ids["last"], left, held_by)


def purge_make(
    *, plan: Plan, actor: Actor, file: Path, progress: Progress = lambda _: None
) -> Archived:
    """Take out what a plan with seals names. Raises Doubt when the record or the file is not as
    it was sealed, OSError when the file cannot be written or is there already, and PurgeError."""
    if plan.seals is None:
        raise PurgeError("No seal is old enough, so there is nothing to take out.")
    with transaction.atomic(), deleting_allowed(connection):
        pass  # who may not delete learns it before anything is signed
    audit_verify()
    archive_write(file, _seals(*plan.seals), progress)
    kept = archive_check(file, _seals(*plan.seals))
    from_n, to_n = plan.seals
    purge = Purge(
        from_n=from_n,
        to_n=to_n,
        from_id=plan.first_id,
        to_id=plan.last_id,
        entries=kept.entries,
        seal_hash=seal_of(AuditCheckpoint.objects.get(n=to_n)).hash.hex(),
        sha256=kept.sha256,
    )
    detail = purge.detail(settings.AUDIT_SEAL_KEY) | {"file": file.name, "bytes": kept.size}
    manifest_write(file, detail)
    with transaction.atomic():
        record_note(actor=actor, action=PURGED, about=None, detail=detail)
    audit_seal()
    purge_finish(progress)
    return kept


def _seals(from_n: int, to_n: int) -> Iterator[Checkpoint]:
    for n in range(from_n, to_n + 1):
        yield seal_of(AuditCheckpoint.objects.get(n=n))


def purge_finish(progress: Progress = lambda _: None) -> int:
    """Delete what a signed note lets go, also after a purge that broke off; gives how many
    entries. Each transaction takes whole seals, and ends with the triggers in their place."""
    to_n, gone = purged_to(settings.AUDIT_SEAL_KEY), 0
    while to_n and (end := _next_end(to_n)) is not None:
        with transaction.atomic(), deleting_allowed(connection):
            count = _delete(end)
        gone += count
        progress(count)
    if to_n:
        AuditTerm.objects.filter(entry_id__lte=_last_id(to_n)).delete()
    return gone


def _next_end(to_n: int) -> int | None:
    """The last id under the seal with which the next transaction ends; None: nothing is left."""
    ids = list(_under(to_n).order_by("id").values_list("id", flat=True)[:AT_ONCE])
    if not ids:
        return None
    seals = AuditCheckpoint.objects.filter(last_id__gte=ids[-1]).order_by("n")
    return seals.values_list("last_id", flat=True)[0]


def _delete(end: int) -> int:
    """All entries up to one and what stands beside them; gives how many entries."""
    AuditValue.objects.filter(entry_id__lte=end).delete()
    Edit.objects.filter(entry_id__lte=end).exclude(state__in=OPEN_STATES).delete()
    Flag.objects.filter(entry_id__lte=end).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_entry WHERE id <= %s", [end])
        return cursor.rowcount


def _under(to_n: int, past_n: int = 0) -> QuerySet[AuditEntry]:
    """The entries under the seals up to ``to_n``, without those up to ``past_n``."""
    found = AuditEntry.objects.filter(id__lte=_last_id(to_n))
    return found.filter(id__gt=_last_id(past_n)) if past_n else found


def _last_id(n: int) -> int:
    return AuditCheckpoint.objects.values_list("last_id", flat=True).get(n=n)
