"""Lay out the status bar of a timeline page: which status PAVE reported when, and where edits are.

Only positions and words; the template renders them. Between two bands nobody looked, so it is not
known which of the two statuses the session had.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sessions_ui.audit.entries.rows import EntryRow
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.domain.status import Status
from sessions_ui.models import Observation

MIN_PERIOD = timedelta(minutes=1)
"""A page that covers less shows its list alone."""
MIN_WIDTH = 0.4
"""In per cent: a status that was seen only once is still visible."""


@dataclass(frozen=True)
class Band:
    """A status from the first to the last time it was seen; ``start`` and ``width`` in per cent."""

    status: Status | None
    code: str
    since: datetime
    until: datetime
    start: float
    width: float

    @property
    def tone(self) -> str:
        """The tone of the status; one that PAVE's manual does not name is a warning."""
        return self.status.tone if self.status else "warn"


@dataclass(frozen=True)
class Marker:
    """An edit or a refusal at its position in per cent."""

    outcome: Outcome
    position: float


@dataclass(frozen=True)
class StatusBar:
    """The bands and markers from ``since`` to ``until``."""

    since: datetime
    until: datetime
    bands: Sequence[Band]
    markers: Sequence[Marker]

    @property
    def effective(self) -> int:
        """The number of edits of which PAVE holds something."""
        return sum(marker.outcome.took_effect for marker in self.markers)

    @property
    def ineffective(self) -> int:
        """The number of edits and refusals without effect, or not settled yet."""
        return len(self.markers) - self.effective


def status_bar(
    observations: Sequence[Observation], rows: Sequence[EntryRow], until: datetime
) -> StatusBar | None:
    """Lay out the bar of these observations, oldest first, and rows; None where there is too
    little to see."""
    since = min(
        [seen.seen_at for seen in observations] + [row.entry.ts for row in rows], default=until
    )
    if not observations or until - since < MIN_PERIOD:
        return None

    def position(moment: datetime) -> float:
        return round(100 * ((min(moment, until) - since) / (until - since)), 2)

    bands = []
    for code, first, last in _status_periods(observations, until):
        start = position(first)
        width = max(position(last) - start, MIN_WIDTH)
        bands.append(Band(Status.of(code), code, first, last, start, width))
    markers = [Marker(row.outcome, position(row.entry.ts)) for row in rows if row.outcome]
    return StatusBar(since, until, bands, markers)


def _status_periods(
    observations: Sequence[Observation], until: datetime
) -> list[tuple[str, datetime, datetime]]:
    """Each status in turn with the first and the last time that it was seen."""
    periods: list[tuple[str, datetime, datetime]] = []
    for seen in observations:
        first, last = seen.seen_at, min(seen.last_seen_at, until)
        if periods and periods[-1][0] == seen.status:
            first = periods.pop()[1]
        periods.append((seen.status, first, last))
    return periods
