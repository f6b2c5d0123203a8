"""Looking through the record for what needs a look: raises flags, and closes those that went.

Each entry is looked at once, in the order of the ids and behind the horizon, so that an entry that
is committed late is not missed. A second sweep over the same entries changes nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from time import monotonic

from django.db import transaction
from django.utils import timezone

from sessions_ui.audit.integrity.sealing import read_horizon
from sessions_ui.audit.review.edit_endings import ENDING_KINDS, ending_of
from sessions_ui.audit.review.watch_rules import Rule, hits
from sessions_ui.domain.actor import SYSTEM
from sessions_ui.domain.rules.review_causes import PASSING, WATCH, Ending, causes_of
from sessions_ui.models import AuditEntry, Flag, JobCursor, Kind

from .watch_rules import rules_active

JOB = "review"
CHUNK = 500
LOOKED_AT = (Kind.INTENT, *ENDING_KINDS)
"""The kinds that a cause or a rule can be about."""
COLUMNS = (
    "id", "ts", "kind", "op", "actor_id", "actor_label", "session_key", "status", "outcome",
    "http_status", "error_code", "body", "detail",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trigger:
    """When a cause came up, and what is to be said of it."""

    at: datetime
    note: str = ""


@dataclass
class ScanResult:
    """What a few entries gave: the causes by edit, and how each edit stands by now."""

    causes: dict[tuple[int, str], Trigger] = field(default_factory=dict)
    standing: dict[int, tuple[AuditEntry, Ending]] = field(default_factory=dict)


def review_scan(*, seconds: float = inf) -> int:
    """Look at what was recorded since the last sweep; how many flags were raised.

    After about ``seconds`` it stops, and the next sweep goes on from there.
    """
    place = JobCursor.objects.filter(name=JOB).first()
    if not AuditEntry.objects.filter(id__gt=place.last_id if place else 0).exists():
        return 0
    until, stop, raised = read_horizon(), monotonic() + seconds, 0
    # After the horizon: a rule that was changed by then is judged by as it is now.
    for found in _chunks(until, rules_active()):
        raised += found
        if monotonic() > stop:
            break
    _let_go()
    return raised


def behind() -> int:
    """How far the last sweep is behind the newest entry, in ids; 0 when it is not."""
    newest = AuditEntry.objects.largest_id()
    place = JobCursor.objects.filter(name=JOB).values_list("last_id", flat=True).first() or 0
    return max(0, newest - place)


def _chunks(until: int, rules: Sequence[Rule]) -> Iterator[int]:
    """Chunk by chunk, each in a transaction with the note how far it came. Two sweeps at a time
    take turns."""
    more = True
    while more:
        with transaction.atomic():
            JobCursor.objects.get_or_create(name=JOB)
            place = JobCursor.objects.select_for_update().get(name=JOB)
            found = AuditEntry.objects.filter(id__gt=place.last_id, id__lte=until)
            found = found.filter(kind__in=LOOKED_AT).only(*COLUMNS)
            entries = list(found.order_by("id")[:CHUNK])
            raised = _look_at(entries, rules)
            more = len(entries) == CHUNK
            place.last_id = entries[-1].id if more else max(until, place.last_id)
            place.save(update_fields=["last_id"])
        yield raised


def _look_at(entries: Sequence[AuditEntry], rules: Sequence[Rule]) -> int:
    found = ScanResult()
    for entry in entries:
        if entry.kind in ENDING_KINDS:
            _judge(entry, found)
        for rule in hits(entry, rules):
            pair = entry.op or entry.id, f"{WATCH}:{rule.id}"
            found.causes.setdefault(pair, Trigger(entry.ts, rule.title))
    _close(found)
    return _raise(found)


def _judge(entry: AuditEntry, found: ScanResult) -> None:
    number, end = entry.op or entry.id, ending_of(entry)
    if end is None:
        return
    found.standing[number] = entry, end
    for cause in PASSING:
        found.causes.pop((number, cause), None)  # the later entry says how it stands
    found.causes |= {(number, cause): Trigger(entry.ts) for cause in causes_of(end)}


def _close(found: ScanResult) -> None:
    """Flags about how an edit stood go by themselves when it stands otherwise now."""
    passing = Flag.objects.filter(entry_id__in=found.standing, cause__in=PASSING)
    for flag in passing.filter(closed_at__isnull=True):
        entry, end = found.standing[flag.entry_id]
        if (flag.entry_id, flag.cause) not in found.causes:
            who = f"Closed by {entry.actor_label}: " if end.closed else "Settled by itself: "
            words = f"{who}{end.outcome.label}"
            Flag.objects.filter(pk=flag.pk).update(closed_at=timezone.now(), closing=words)


def _let_go() -> None:
    """Flags of entries that were taken out, oldest first, by the rules of retention."""
    oldest = AuditEntry.objects.order_by("id").values_list("id", flat=True).first()
    gone = Flag.objects.filter(closed_at__isnull=True, entry_id__lt=oldest)
    gone.update(closed_at=timezone.now(), closing="The entry was taken out of the record.")


def _raise(found: ScanResult) -> int:
    numbers = {number for number, _ in found.causes}
    known = set(Flag.objects.filter(entry_id__in=numbers).values_list("entry_id", "cause"))
    new = {pair: cue for pair, cue in found.causes.items() if pair not in known}
    first = AuditEntry.objects.in_bulk({number for number, _ in new})
    flags = [
        Flag(
            entry_id=number,
            cause=cause,
            session_key=first[number].session_key,
            actor_id=first[number].actor_id,
            note=cue.note,
            raised_at=cue.at,
            raised_by=SYSTEM.label,
        )
        for (number, cause), cue in new.items()
        if number in first
    ]
    Flag.objects.bulk_create(flags, ignore_conflicts=True)
    return len(flags)
