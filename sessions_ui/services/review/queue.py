"""Read the review queue: entries with open flags, ordered by the oldest of these flags."""

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

from .scan import scan_audit, unscanned_ids
from .status import RaisedCause, newest_flag

PAGE_SIZE = 50
SCAN_SECONDS = 1.0
_POSITION = re.compile(r"([0-9]{1,16})-([0-9]{1,18})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the queue: its oldest open flag's moment, its causes, and whether the reader is
    its author."""

    row: EntryRow
    since: datetime
    causes: Sequence[RaisedCause]
    own: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of the queue, oldest first. ``further`` is the position where the next page begins,
    ``""`` on the last page; ``counts`` has code, label and number of entries of each open cause;
    ``unseen`` is the number of newest ids that were not scanned yet."""

    rows: Sequence[Item]
    further: str
    counts: Sequence[tuple[str, str, int]]
    total: int
    upto: int
    unseen: int


def read_queue(*, cause: str = "", after: str = "", reader_id: int | None) -> Queue:
    """A page of the queue; only entries of ``cause``, unless it is empty.

    ``after``: the ``further`` of an earlier page. A text that is none means the first page.
    """
    with suppress(DatabaseError):  # a read-only database still has a queue to show
        scan_audit(seconds=SCAN_SECONDS)
    upto = newest_flag()
    flags = Flag.objects.filter(closed_at__isnull=True)
    positions = _read_positions(_filter_cause(flags, cause), after)
    shown = positions[:PAGE_SIZE]
    causes = _read_causes(flags, [entry_id for entry_id, _ in shown])
    rows = {row.entry.id: row for row in load_entry_rows([entry_id for entry_id, _ in shown])}
    counts = _count_causes(flags)
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
        further=_format_position(*shown[-1]) if len(positions) > PAGE_SIZE else "",
        counts=[(code, row.label, counts[code]) for code, row in CAUSES.items() if counts[code]],
        total=flags.values("entry_id").distinct().count(),
        upto=upto,
        unseen=unscanned_ids(),
    )


def _filter_cause(flags: "QuerySet[Flag]", cause: str) -> "QuerySet[Flag]":
    if not cause:
        return flags
    return flags.filter(Q(cause=cause) | Q(cause__startswith=f"{cause}:"))


def _read_positions(flags: "QuerySet[Flag]", after: str) -> list[tuple[int, datetime]]:
    """The entries by their oldest flags, one more than a page shows, in one pass over the flags."""
    entries = flags.values("entry_id").annotate(since=Min("raised_at"))
    match = _POSITION.fullmatch(after)
    if match:
        since, entry_id = _EPOCH + timedelta(microseconds=int(match[1])), int(match[2])
        entries = entries.filter(Q(since__gt=since) | Q(since=since, entry_id__gt=entry_id))
    positions = entries.order_by("since", "entry_id").values_list("entry_id", "since")
    return list(positions[: PAGE_SIZE + 1])


def _format_position(entry_id: int, since: datetime) -> str:
    return f"{microseconds(since)}-{entry_id}"


def _read_causes(flags: "QuerySet[Flag]", ids: Sequence[int]) -> dict[int, list[RaisedCause]]:
    causes: dict[int, list[RaisedCause]] = {id_: [] for id_ in ids}
    for flag in flags.filter(entry_id__in=ids).order_by("raised_at", "pk"):
        causes[flag.entry_id].append(RaisedCause(flag, review_cause(flag.cause)))
    return causes


def _count_causes(flags: "QuerySet[Flag]") -> Counter[str]:
    """The number of entries of each cause; all watch rules are one cause."""
    watched = Q(cause__startswith=f"{WATCH}:")
    counts = Counter({WATCH: flags.filter(watched).values("entry_id").distinct().count()})
    for cause, count in flags.exclude(watched).values_list("cause").annotate(Count("pk")):
        counts[review_cause(cause).code] += count
    return counts
