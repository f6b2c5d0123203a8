"""Scan the audit for entries that need review: raise flags, and close those that do not apply.

Each entry is scanned once, in order of ids and up to the horizon, so an entry that is committed
late is not missed. Scanning the same entries again changes nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from time import monotonic

from django.db import transaction
from django.utils import timezone

from sessions_ui.audit.integrity.sealing import read_horizon
from sessions_ui.audit.review.edit_endings import ENDING_KINDS, read_ending
from sessions_ui.audit.review.watch_rules import ActiveRule, find_triggered
from sessions_ui.domain.actor import SYSTEM
from sessions_ui.domain.rules.review_causes import PASSING, WATCH, Ending, causes_of
from sessions_ui.models import AuditEntry, Flag, JobCursor, Kind

from .watch_rules import read_active_rules

JOB = "review"
CHUNK = 500
SCANNED_KINDS = (Kind.INTENT, *ENDING_KINDS)
"""The kinds of entry that can have a review cause or trigger a watch rule."""
COLUMNS = (
    "id", "ts", "kind", "op", "actor_id", "actor_label", "session_key", "status", "outcome",
    "http_status", "error_code", "body", "detail",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trigger:
    """The moment at which a cause arose, and the note for its flag."""

    at: datetime
    note: str = ""


@dataclass
class ScanResult:
    """The triggers by edit and cause, and the latest ending of each edit."""

    triggers: dict[tuple[int, str], Trigger] = field(default_factory=dict)
    endings: dict[int, tuple[AuditEntry, Ending]] = field(default_factory=dict)


def scan_audit(*, seconds: float = inf) -> int:
    """Scan the entries since the last scan; gives the number of flags that were raised.

    After about ``seconds`` it stops, and the next scan continues there.
    """
    cursor = JobCursor.objects.filter(name=JOB).first()
    if not AuditEntry.objects.filter(id__gt=cursor.last_id if cursor else 0).exists():
        return 0
    until, stop, raised = read_horizon(), monotonic() + seconds, 0
    # Read the rules after the horizon: entries up to it are judged by the rules as of now.
    for count in _scan_chunks(until, read_active_rules()):
        raised += count
        if monotonic() > stop:
            break
    _close_purged()
    return raised


def unscanned_ids() -> int:
    """The number of ids between the last scanned entry and the newest one."""
    newest = AuditEntry.objects.largest_id()
    scanned = JobCursor.objects.filter(name=JOB).values_list("last_id", flat=True).first() or 0
    return max(0, newest - scanned)


def _scan_chunks(until: int, rules: Sequence[ActiveRule]) -> Iterator[int]:
    """Scan chunk by chunk, each in a transaction that also moves the cursor.

    The lock on the cursor lets concurrent scans take turns.
    """
    more = True
    while more:
        with transaction.atomic():
            JobCursor.objects.get_or_create(name=JOB)
            cursor = JobCursor.objects.select_for_update().get(name=JOB)
            new = AuditEntry.objects.filter(id__gt=cursor.last_id, id__lte=until)
            new = new.filter(kind__in=SCANNED_KINDS).only(*COLUMNS)
            entries = list(new.order_by("id")[:CHUNK])
            raised = _scan_entries(entries, rules)
            more = len(entries) == CHUNK
            cursor.last_id = entries[-1].id if more else max(until, cursor.last_id)
            cursor.save(update_fields=["last_id"])
        yield raised


def _scan_entries(entries: Sequence[AuditEntry], rules: Sequence[ActiveRule]) -> int:
    result = ScanResult()
    for entry in entries:
        if entry.kind in ENDING_KINDS:
            _scan_ending(entry, result)
        for rule in find_triggered(entry, rules):
            key = entry.op or entry.id, f"{WATCH}:{rule.id}"
            result.triggers.setdefault(key, Trigger(entry.ts, rule.title))
    _close_passed(result)
    return _raise_flags(result)


def _scan_ending(entry: AuditEntry, result: ScanResult) -> None:
    edit_id, ending = entry.op or entry.id, read_ending(entry)
    if ending is None:
        return
    result.endings[edit_id] = entry, ending
    for cause in PASSING:
        result.triggers.pop((edit_id, cause), None)  # a later ending supersedes it
    result.triggers |= {(edit_id, cause): Trigger(entry.ts) for cause in causes_of(ending)}


def _close_passed(result: ScanResult) -> None:
    """Close the flags about endings that were superseded by another one."""
    flags = Flag.objects.filter(entry_id__in=result.endings, cause__in=PASSING)
    for flag in flags.filter(closed_at__isnull=True):
        entry, ending = result.endings[flag.entry_id]
        if (flag.entry_id, flag.cause) not in result.triggers:
            by = f"Closed by {entry.actor_label}: " if ending.closed else "Settled by itself: "
            closing = f"{by}{ending.outcome.label}"
            Flag.objects.filter(pk=flag.pk).update(closed_at=timezone.now(), closing=closing)


def _close_purged() -> None:
    """Close the flags of entries that retention has purged, which is from the oldest on."""
    oldest = AuditEntry.objects.order_by("id").values_list("id", flat=True).first()
    flags = Flag.objects.filter(closed_at__isnull=True, entry_id__lt=oldest)
    flags.update(closed_at=timezone.now(), closing="The entry was taken out of the record.")


def _raise_flags(result: ScanResult) -> int:
    edit_ids = {edit_id for edit_id, _ in result.triggers}
    raised = set(Flag.objects.filter(entry_id__in=edit_ids).values_list("entry_id", "cause"))
    new = {key: trigger for key, trigger in result.triggers.items() if key not in raised}
    entries = AuditEntry.objects.in_bulk({edit_id for edit_id, _ in new})
    flags = [
        Flag(
            entry_id=edit_id,
            cause=cause,
            session_key=entries[edit_id].session_key,
            actor_id=entries[edit_id].actor_id,
            note=trigger.note,
            raised_at=trigger.at,
            raised_by=SYSTEM.label,
        )
        for (edit_id, cause), trigger in new.items()
        if edit_id in entries
    ]
    Flag.objects.bulk_create(flags, ignore_conflicts=True)
    return len(flags)
