"""The audit in pictures: the numbers of a window of time, as bars with their links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from math import ceil
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.utils import timezone

from sessions_ui.audit.search.filters import WINDOW
from sessions_ui.audit.search.statistics import (
    SAMPLE,
    busiest_between,
    listed_between,
    outcomes_between,
    refusals_between,
    times_between,
)
from sessions_ui.audit.sql import first_ids_since
from sessions_ui.domain.rules.error_messages import cause_words
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.models import AuditEntry

from .search import audit_filter

MOST_COLUMNS = 62
STEPS = (0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 600.0)
STEP_WORDS = (
    "Under 0.5 s", "0.5 to 1 s", "1 to 2 s", "2 to 5 s", "5 to 15 s", "15 s to 1 min",
    "1 to 10 min", "10 min and more",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its words, its number, the query of the explorer that finds the same (``""``: none),
    and the tone of its colour."""

    label: str
    count: int
    query: str = ""
    tone: str = ""
    icon: str = ""
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: what it shows, what it says in a sentence, and its bars. ``noun`` is what is
    counted; ``note`` is said below it."""

    key: str
    title: str
    noun: str
    summary: str
    bars: Sequence[Bar]
    note: str = ""
    columns: bool = False

    @property
    def most(self) -> int:
        """The largest number."""
        return max((bar.count for bar in self.bars), default=0)


@dataclass(frozen=True, slots=True)
class Pictures:
    """All pictures of one window; ``first`` and ``last`` are its local days. With ``problems``
    there are none."""

    first: date
    last: date
    given: Mapping[str, str]
    problems: Mapping[str, str]
    total: int
    pictures: Sequence[Picture]


@dataclass(frozen=True, slots=True)
class _Window:
    """The window as local days and as ids."""

    first: date
    last: date
    low: int
    high: int

    def query(self, **more: object) -> str:
        """The explorer's question for this window."""
        return urlencode({**more, "from": self.first, "to": self.last})


def pictures_of(params: Mapping[str, str]) -> Pictures:
    """The pictures of the window that ``from`` and ``to`` name; without them, the last 30 days."""
    chosen = audit_filter({name: params[name] for name in ("from", "to") if name in params})
    today = timezone.localdate()
    last = timezone.localdate(chosen.until - timedelta(seconds=1)) if chosen.until else today
    last = min(last, today)
    first = last - WINDOW + timedelta(days=1)
    if chosen.since and not chosen.windowed:
        first = min(timezone.localdate(chosen.since), last)
    if chosen.problems:
        return Pictures(first, last, chosen.given, chosen.problems, 0, ())
    first = max(first, _first_day(default=first))
    days = _days(first, last)
    ids = first_ids_since([_midnight(day) for day in days])
    window = _Window(first, last, ids[0], ids[-1])
    counts = listed_between(ids)
    pictures = (_daily(days, counts), *(draw(window) for draw in _DRAWN)) if sum(counts) else ()
    return Pictures(first, last, chosen.given, {}, sum(counts), pictures)


def _first_day(default: date) -> date:
    """The day of the record's first entry: before it there is nothing to draw."""
    oldest = AuditEntry.objects.order_by("id").values_list("ts", flat=True).first()
    return timezone.localdate(oldest) if oldest else default


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _days(first: date, last: date) -> list[date]:
    """Where each column begins, and the day after the last: a day a column, or more where there
    are too many."""
    whole = (last - first).days + 1
    step = ceil(whole / MOST_COLUMNS)
    return [*(first + timedelta(days=n) for n in range(0, whole, step)), last + timedelta(days=1)]


def _daily(days: Sequence[date], counts: Sequence[int]) -> Picture:
    bars = []
    for begin, end, count in zip(days, days[1:], counts, strict=False):
        until = end - timedelta(days=1)
        label = f"{begin:%a %b} {begin.day}"
        if until != begin:
            label = f"{begin:%b} {begin.day} to {until:%b} {until.day}"
        bars.append(Bar(label, count, urlencode({"from": begin, "to": until})))
    step = (days[1] - days[0]).days
    each = "a day" if step == 1 else f"every {step} days"
    busiest = max(bars, key=lambda bar: bar.count)
    return _scaled(
        Picture(
            "days", f"Edits and refusals {each}", "edits and refusals",
            f"{sum(counts):,} in all; the most, {busiest.count:,}, on {busiest.label}.",
            bars, columns=True,
        )
    )  # fmt: skip


def _outcomes(window: _Window) -> Picture:
    found = outcomes_between(window.low, window.high)
    bars = [
        Bar(one.label, count, window.query(outcome=one.value), one.tone, one.icon)
        for one, count in sorted(found.items(), key=lambda pair: -pair[1])
        if count
    ]
    well = sum(found[one] for one in (Outcome.CONFIRMED, Outcome.IN_EFFECT, Outcome.ACCEPTED))
    summary = f"{well:,} of {sum(found.values()):,} were applied, accepted or found in effect."
    return _scaled(Picture("outcomes", "Outcomes", "edits and refusals", summary, bars))


def _refusals(window: _Window) -> Picture:
    causes = refusals_between(window.low, window.high)
    # No link: the explorer finds refusals, but not by the rule that made them.
    bars = [
        Bar(cause_words(code), count, tone="bad", icon="slash")
        for code, count in causes.counts.most_common()
    ]
    summary = f"Most often: {bars[0].label}" if bars else "Our rules refused nothing."
    note = f"The newest {SAMPLE:,} refusals of this time." if causes.sampled else ""
    return _scaled(Picture("refusals", "Refusals by rule", "refusals", summary, bars, note))


def _people(window: _Window) -> Picture:
    people = busiest_between(window.low, window.high)
    names = {
        one.pk: one.get_username() for one in User.objects.filter(id__in=[p.id for p in people])
    }
    bars = [
        Bar(one.label, one.count, window.query(actor=names.get(one.id, f"#{one.id}")))
        for one in people
    ]
    summary = f"{bars[0].label} made the most: {bars[0].count:,}." if bars else ""
    return _scaled(Picture("people", "Busiest people", "edits and refusals", summary, bars))


def _times(window: _Window) -> Picture:
    times = times_between(window.low, window.high)
    counts = [0] * len(STEP_WORDS)
    for second in times.seconds:
        counts[sum(second >= step for step in STEPS)] += 1
    half, most = (percentile(times.seconds, share) for share in (0.5, 0.95))
    summary = "No edit has an outcome yet."
    if times.seconds:
        summary = (
            f"Half had their outcome within {_spoken(half)}, 95 of 100 within {_spoken(most)}."
        )
    notes = [
        f"{times.open:,} {'has' if times.open == 1 else 'have'} none yet." if times.open else "",
        f"The newest {SAMPLE:,} edits of this time." if times.sampled else "",
    ]
    bars = [Bar(words, count) for words, count in zip(STEP_WORDS, counts, strict=True)]
    picture = Picture(
        "times", "Time to the outcome", "edits", summary, bars if times.seconds else ()
    )
    return _scaled(replace(picture, note=" ".join(filter(None, notes))))


_DRAWN = (_outcomes, _refusals, _people, _times)


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that so large a share does not pass; 0 of none."""
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else 0.0


def _spoken(seconds: float) -> str:
    """``0.62 s``, ``12.3 s``, ``4 min``."""
    if seconds < 60:
        return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"
    return f"{seconds / 60:,.0f} min"


def _scaled(picture: Picture) -> Picture:
    """With the share of the largest number that each bar has."""
    most = picture.most or 1
    return replace(picture, bars=[replace(bar, share=bar.count / most) for bar in picture.bars])
