"""The queue of what needs a look: one row an entry, at the place of its oldest open flag."""

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError
from django.db.models import Count, Min, Q, QuerySet

from sessions_ui.audit.entries.row_queries import load_entry_rows
from sessions_ui.audit.entries.rows import EntryRow
from sessions_ui.audit.log.canonical import microseconds
from sessions_ui.domain.rules.review_causes import CAUSES, WATCH, review_cause
from sessions_ui.models import Flag

from .scan import behind, review_scan
from .status import Cause, newest_flag

PAGE = 50
SWEEP_SECONDS = 1.0
_PLACE = re.compile(r"([0-9]{1,16})-([0-9]{1,18})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Item:
    """One entry that needs a look: since when, why, and whether the reader did it."""

    row: EntryRow
    since: datetime
    causes: Sequence[Cause]
    own: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of the queue, oldest first. ``further`` names where the next page begins, ``""`` for
    nowhere; ``counts`` has label and entries of each open cause; ``unseen``: so many of the newest
    ids were not looked through yet."""

    rows: Sequence[Item]
    further: str
    counts: Sequence[tuple[str, str, int]]
    total: int
    upto: int
    unseen: int


def queue_page(*, cause: str = "", after: str = "", reader_id: int | None) -> Queue:
    """A page of the queue: of one cause, where one is named; past a place that an earlier page
    named (one that cannot be read is the beginning)."""
    with suppress(DatabaseError):  # a database that takes no writes still shows what it has
        review_scan(seconds=SWEEP_SECONDS)
    upto = newest_flag()
    waiting = Flag.objects.filter(closed_at__isnull=True)
    places = _places(_of_cause(waiting, cause), after)
    shown = places[:PAGE]
    causes = _causes(waiting, [entry_id for entry_id, _ in shown])
    rows = {row.entry.id: row for row in load_entry_rows([entry_id for entry_id, _ in shown])}
    counts = _counts(waiting)
    return Queue(
        rows=[
            Item(
                row=rows[entry_id],
                since=since,
                causes=causes[entry_id],
                own=reader_id is not None and rows[entry_id].entry.actor_id == reader_id,
            )
            for entry_id, since in shown
            if entry_id in rows
        ],
        further=_named(*shown[-1]) if len(places) > PAGE else "",
        counts=[(code, look.label, counts[code]) for code, look in CAUSES.items() if counts[code]],
        total=waiting.values("entry_id").distinct().count(),
        upto=upto,
        unseen=behind(),
    )


def _of_cause(flags: "QuerySet[Flag]", cause: str) -> "QuerySet[Flag]":
    if not cause:
        return flags
    return flags.filter(Q(cause=cause) | Q(cause__startswith=f"{cause}:"))


def _places(flags: "QuerySet[Flag]", after: str) -> list[tuple[int, datetime]]:
    """The entries by the oldest of their flags, one more than a page holds. One pass over what is
    open, whatever the planner thinks of it."""
    found = flags.values("entry_id").annotate(since=Min("raised_at"))
    place = _PLACE.fullmatch(after)
    if place:
        since, entry_id = _EPOCH + timedelta(microseconds=int(place[1])), int(place[2])
        found = found.filter(Q(since__gt=since) | Q(since=since, entry_id__gt=entry_id))
    return list(found.order_by("since", "entry_id").values_list("entry_id", "since")[: PAGE + 1])


def _named(entry_id: int, since: datetime) -> str:
    return f"{microseconds(since)}-{entry_id}"


def _causes(flags: "QuerySet[Flag]", ids: Sequence[int]) -> dict[int, list[Cause]]:
    found: dict[int, list[Cause]] = {id_: [] for id_ in ids}
    for flag in flags.filter(entry_id__in=ids).order_by("raised_at", "pk"):
        found[flag.entry_id].append(Cause(flag, review_cause(flag.cause)))
    return found


def _counts(flags: "QuerySet[Flag]") -> Counter[str]:
    """How many entries wait for each cause; the watch rules count together."""
    watched = Q(cause__startswith=f"{WATCH}:")
    found = Counter({WATCH: flags.filter(watched).values("entry_id").distinct().count()})
    for cause, count in flags.exclude(watched).values_list("cause").annotate(Count("pk")):
        found[review_cause(cause).code] += count
    return found
