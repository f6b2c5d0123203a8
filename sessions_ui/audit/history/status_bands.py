"""A page of the history as one strip: which status PAVE reported when, and when something was done.

Only places and words: how it is drawn is the page's affair. A gap between two statuses is a time of
which nobody knows which of them held.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sessions_ui.audit.entries.reverts import TAKEN
from sessions_ui.audit.entries.rows import EntryRow
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.domain.status import Status
from sessions_ui.models import Observation

SHORTEST = timedelta(minutes=1)
"""A page that covers less is told by its list alone."""
LEAST = 0.4


@dataclass(frozen=True)
class Band:
    """A status from its first look to its last; ``start`` and ``width`` in per cent."""

    status: Status | None
    code: str
    since: datetime
    until: datetime
    start: float
    width: float

    @property
    def tone(self) -> str:
        """The tone of the status; a word that the manual does not have warns."""
        return self.status.tone if self.status else "warn"


@dataclass(frozen=True)
class Marker:
    """An edit or a refusal at its place in per cent; ``took``: PAVE holds something of it."""

    outcome: Outcome
    took: bool
    place: float


@dataclass(frozen=True)
class StatusBar:
    """The whole of it, from ``since`` to ``until``."""

    since: datetime
    until: datetime
    bands: Sequence[Band]
    ticks: Sequence[Marker]

    @property
    def took(self) -> int:
        """How many edits PAVE holds something of."""
        return sum(tick.took for tick in self.ticks)

    @property
    def others(self) -> int:
        """How many edits and refusals came to nothing, or are not settled."""
        return len(self.ticks) - self.took


def status_bar(
    sightings: Sequence[Observation], rows: Sequence[EntryRow], until: datetime
) -> StatusBar | None:
    """The strip of these sightings, oldest first, and rows; None where it would tell nothing."""
    times = [one.seen_at for one in sightings] + [row.entry.ts for row in rows]
    since = min(times, default=until)
    if not sightings or until - since < SHORTEST:
        return None
    whole = until - since

    def place(moment: datetime) -> float:
        return round(100 * ((min(moment, until) - since) / whole), 2)

    bands = [
        Band(Status.of(code), code, first, last, at := place(first), max(place(last) - at, LEAST))
        for code, first, last in _spans(sightings, until)
    ]
    ticks = [
        Marker(row.outcome, row.outcome in TAKEN, place(row.entry.ts))
        for row in rows
        if row.outcome
    ]
    return StatusBar(since, until, bands, ticks)


def _spans(
    sightings: Sequence[Observation], until: datetime
) -> list[tuple[str, datetime, datetime]]:
    """The statuses one after the other, each from its first look to its last."""
    found: list[tuple[str, datetime, datetime]] = []
    for seen in sightings:
        last = min(seen.last_seen_at, until)
        if found and found[-1][0] == seen.status:
            found[-1] = (seen.status, found[-1][1], last)
        else:
            found.append((seen.status, seen.seen_at, last))
    return found
