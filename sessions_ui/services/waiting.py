"""The queue of what needs a look: one row an entry, at the place of its oldest open flag."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from sessions_ui.audit.rows import Row, rows_of
from sessions_ui.domain.looks import LOOKS, WATCH, look_of
from sessions_ui.models import Flag

from .signs import Cause, newest_flag
from .sweeping import behind, review_sweep

PAGE = 50
SWEEP_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """One entry that needs a look: since when, why, and whether the reader did it."""

    row: Row
    since: datetime
    causes: Sequence[Cause]
    own: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of the queue, oldest first. ``further`` is where the next page begins (None: there
    is none); ``counts`` has label and entries of each open cause; ``unseen``: so many of the newest
    ids were not looked through yet."""

    rows: Sequence[Waiting]
    further: int | None
    counts: Sequence[tuple[str, str, int]]
    total: int
    upto: int
    unseen: int


def queue_page(*, cause: str = "", after: int | None = None, reader_id: int | None) -> Queue:
    """A page of the queue: of one cause, where one is named; past the flag ``after``."""
    with suppress(DatabaseError):  # a database that takes no writes still shows what it has
        review_sweep(seconds=SWEEP_SECONDS)
    upto = newest_flag()
    waiting = Flag.objects.filter(closed_at__isnull=True)
    flags = list(_page(_of_cause(waiting, cause), after))
    shown = flags[:PAGE]
    causes = _causes(waiting, shown)
    rows = {row.entry.id: row for row in rows_of([flag.entry_id for flag in shown])}
    counts = _counts(waiting)
    return Queue(
        rows=[
            Waiting(
                row=rows[flag.entry_id],
                since=flag.raised_at,
                causes=causes[flag.entry_id],
                own=reader_id is not None and flag.actor_id == reader_id,
            )
            for flag in shown
            if flag.entry_id in rows
        ],
        further=shown[-1].pk if len(flags) > PAGE else None,
        counts=[(code, look.label, counts[code]) for code, look in LOOKS.items() if counts[code]],
        total=waiting.values("entry_id").distinct().count(),
        upto=upto,
        unseen=behind(),
    )


def _of_cause(flags: "QuerySet[Flag]", cause: str) -> "QuerySet[Flag]":
    if not cause:
        return flags
    return flags.filter(Q(cause=cause) | Q(cause__startswith=f"{cause}:"))


def _page(flags: "QuerySet[Flag]", after: int | None) -> "QuerySet[Flag]":
    """The oldest open flag of each entry, one more than a page holds."""
    older = Q(raised_at__lt=OuterRef("raised_at"))
    older |= Q(raised_at=OuterRef("raised_at"), pk__lt=OuterRef("pk"))
    first = flags.filter(~Exists(flags.filter(older, entry_id=OuterRef("entry_id"))))
    last = Flag.objects.filter(pk=after).first() if after is not None else None
    if last is not None:
        past = Q(raised_at__gt=last.raised_at) | Q(raised_at=last.raised_at, pk__gt=last.pk)
        first = first.filter(past)
    return first.order_by("raised_at", "pk")[: PAGE + 1]


def _causes(flags: "QuerySet[Flag]", shown: Sequence[Flag]) -> dict[int, list[Cause]]:
    found: dict[int, list[Cause]] = {flag.entry_id: [] for flag in shown}
    for flag in flags.filter(entry_id__in=found).order_by("raised_at", "pk"):
        found[flag.entry_id].append(Cause(flag, look_of(flag.cause)))
    return found


def _counts(flags: "QuerySet[Flag]") -> Counter[str]:
    """How many entries wait for each cause; the watch rules count together."""
    watched = Q(cause__startswith=f"{WATCH}:")
    found = Counter({WATCH: flags.filter(watched).values("entry_id").distinct().count()})
    for cause, count in flags.exclude(watched).values_list("cause").annotate(Count("pk")):
        found[look_of(cause).code] += count
    return found
