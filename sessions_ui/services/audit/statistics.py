"""Build the charts of the statistics page; each bar links to the list of what it counts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from math import ceil
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.utils import timezone

from sessions_ui.audit.search.filters import DEFAULT_WINDOW, AuditFilter
from sessions_ui.audit.search.statistics import (
    SAMPLE_SIZE,
    busiest_people,
    edits_per_interval,
    outcome_counts,
    outcome_times,
    refusal_counts,
)
from sessions_ui.audit.sql import first_ids_since
from sessions_ui.domain.rules.error_messages import cause_words
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.models import AuditEntry

MAX_COLUMNS = 62
TIME_LIMITS = (0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 600.0)  # seconds
TIME_LABELS = (
    "Under 0.5 s", "0.5 to 1 s", "1 to 2 s", "2 to 5 s", "5 to 15 s", "15 s to 1 min",
    "1 to 10 min", "10 min and more",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart. ``query``: the query string of the list that shows what it counts, ``""``
    if no filter finds just that; ``tone``: its colour; ``share``: its part of the largest count."""

    label: str
    count: int
    query: str = ""
    tone: str = ""
    icon: str = ""
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart with its summary, a sentence. ``noun``: what it counts; ``note``: a remark below;
    ``columns``: its bars are columns over time."""

    key: str
    title: str
    noun: str
    summary: str
    bars: Sequence[Bar]
    note: str = ""
    columns: bool = False

    @property
    def most(self) -> int:
        """The largest count."""
        return max((bar.count for bar in self.bars), default=0)


@dataclass(frozen=True, slots=True)
class Statistics:
    """The charts of the local days from ``first`` to ``last``."""

    first: date
    last: date
    charts: Sequence[Chart]


@dataclass(frozen=True, slots=True)
class _Span:
    """A span of local days, and its entries as the ids from ``low`` to before ``high``."""

    first: date
    last: date
    low: int
    high: int

    def query(self, **params: object) -> str:
        """The query string of the list of this span."""
        return urlencode({**params, "from": self.first, "to": self.last})


def compute_statistics(audit_filter: AuditFilter) -> Statistics:
    """The statistics of the days between a filter's ``since`` and ``until``, of the last 30 days if
    it has neither. A filter with problems, and days without entries, give no charts."""
    today = timezone.localdate()
    until = audit_filter.until
    last = min(timezone.localdate(until - timedelta(seconds=1)) if until else today, today)
    first = last - DEFAULT_WINDOW + timedelta(days=1)
    if audit_filter.since and not audit_filter.windowed:
        first = min(timezone.localdate(audit_filter.since), last)
    if audit_filter.problems:
        return Statistics(first, last, ())
    first = max(first, _first_day(default=first))
    days = _column_days(first, last)
    ids = first_ids_since([_midnight(day) for day in days])
    span = _Span(first, last, ids[0], ids[-1])
    counts = edits_per_interval(ids)
    if not any(counts):
        return Statistics(first, last, ())
    return Statistics(first, last, [_daily_chart(days, counts), *(make(span) for make in _CHARTS)])


def _first_day(default: date) -> date:
    """The day of the record's first entry: there is nothing to count before it."""
    oldest = AuditEntry.objects.order_by("id").values_list("ts", flat=True).first()
    return timezone.localdate(oldest) if oldest else default


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _column_days(first: date, last: date) -> list[date]:
    """The day on which each column begins, and the day after the last column. A column is one day,
    or several where there would be more than MAX_COLUMNS."""
    days = (last - first).days + 1
    step = ceil(days / MAX_COLUMNS)
    return [*(first + timedelta(days=n) for n in range(0, days, step)), last + timedelta(days=1)]


def _daily_chart(days: Sequence[date], counts: Sequence[int]) -> Chart:
    bars = []
    for begin, end, count in zip(days, days[1:], counts, strict=False):
        until = end - timedelta(days=1)
        label = f"{begin:%a %b} {begin.day}"
        if until != begin:
            label = f"{begin:%b} {begin.day} to {until:%b} {until.day}"
        bars.append(Bar(label, count, urlencode({"from": begin, "to": until})))
    step = (days[1] - days[0]).days
    busiest = max(bars, key=lambda bar: bar.count)
    chart = Chart(
        key="days",
        title=f"Edits and refusals {'a day' if step == 1 else f'every {step} days'}",
        noun="edits and refusals",
        summary=f"{sum(counts):,} in all; the most, {busiest.count:,}, on {busiest.label}.",
        bars=bars,
        columns=True,
    )
    return _with_shares(chart)


def _outcome_chart(span: _Span) -> Chart:
    counts = outcome_counts(span.low, span.high)
    bars = [
        Bar(outcome.label, count, span.query(outcome=outcome.value), outcome.tone, outcome.icon)
        for outcome, count in sorted(counts.items(), key=lambda item: -item[1])
        if count
    ]
    well = sum(counts[one] for one in (Outcome.CONFIRMED, Outcome.IN_EFFECT, Outcome.ACCEPTED))
    summary = f"{well:,} of {sum(counts.values()):,} were applied, accepted or found in effect."
    return _with_shares(Chart("outcomes", "Outcomes", "edits and refusals", summary, bars))


def _refusal_chart(span: _Span) -> Chart:
    refusals = refusal_counts(span.low, span.high)
    # No links: the list can be filtered for refusals, but not for the rule that made them.
    bars = [
        Bar(cause_words(code), count, tone="bad", icon="slash")
        for code, count in refusals.by_code.most_common()
    ]
    summary = f"Most often: {bars[0].label}" if bars else "Our rules refused nothing."
    note = f"The newest {SAMPLE_SIZE:,} refusals of this time." if refusals.sampled else ""
    return _with_shares(Chart("refusals", "Refusals by rule", "refusals", summary, bars, note))


def _people_chart(span: _Span) -> Chart:
    people = busiest_people(span.low, span.high)
    users = User.objects.filter(id__in=[person.id for person in people])
    usernames = {user.pk: user.get_username() for user in users}
    bars = [
        Bar(
            person.label,
            person.count,
            span.query(actor=usernames.get(person.id, f"#{person.id}")),
        )
        for person in people
    ]
    summary = f"{bars[0].label} made the most: {bars[0].count:,}." if bars else ""
    return _with_shares(Chart("people", "Busiest people", "edits and refusals", summary, bars))


def _time_chart(span: _Span) -> Chart:
    times = outcome_times(span.low, span.high)
    counts = [0] * len(TIME_LABELS)
    for seconds in times.seconds:
        counts[sum(seconds >= limit for limit in TIME_LIMITS)] += 1
    half, most = (percentile(times.seconds, share) for share in (0.5, 0.95))
    summary = "No edit has an outcome yet."
    if times.seconds:
        summary = f"Half had their outcome within {_time(half)}, 95 of 100 within {_time(most)}."
    notes = [
        f"{times.open:,} {'has' if times.open == 1 else 'have'} none yet." if times.open else "",
        f"The newest {SAMPLE_SIZE:,} edits of this time." if times.sampled else "",
    ]
    chart = Chart(
        key="times",
        title="Time to the outcome",
        noun="edits",
        summary=summary,
        bars=[Bar(*bar) for bar in zip(TIME_LABELS, counts, strict=True)] if times.seconds else (),
        note=" ".join(filter(None, notes)),
    )
    return _with_shares(chart)


_CHARTS = (_outcome_chart, _refusal_chart, _people_chart, _time_chart)


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest of the values that at least this share of them does not exceed; 0 of none."""
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else 0.0


def _time(seconds: float) -> str:
    """``0.62 s``, ``12.3 s``, ``4 min``."""
    if seconds < 60:
        return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"
    return f"{seconds / 60:,.0f} min"


def _with_shares(chart: Chart) -> Chart:
    most = chart.most or 1
    return replace(chart, bars=[replace(bar, share=bar.count / most) for bar in chart.bars])
