"""Put the history of one session on one timeline: its edits and refusals, the later steps of these
edits, and what PAVE was seen to report.

Pages are turned by the ids of the edits and refusals. Everything else belongs to the page into
whose time it falls.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Q
from django.utils import timezone

from sessions_ui.audit.entries.detail import Step, build_step
from sessions_ui.audit.entries.reverts import find_reverts
from sessions_ui.audit.entries.rows import EntryRow
from sessions_ui.audit.search.filters import AuditFilter
from sessions_ui.audit.search.pagination import PAGE_SIZE, Page, load_page
from sessions_ui.domain.values.text import text_of
from sessions_ui.models import LISTED_KINDS, AuditEntry, Kind, Observation

from .observations import OwnEdits, Report, build_reports
from .status_bands import StatusBar, status_bar

MAX_EXTRAS = 200
"""The most steps, and the most observations, that a page shows beside its rows; the newest ones."""


@dataclass(frozen=True)
class Line:
    """One line: an edit or a refusal (``row``), a later step of one (``step``), or a report."""

    at: datetime
    row: EntryRow | None = None
    step: Step | None = None
    report: Report | None = None


@dataclass(frozen=True)
class Day:
    """A day in the local time zone with its lines, newest first."""

    at: datetime
    lines: Sequence[Line]


@dataclass(frozen=True)
class Timeline:
    """One page of the history.

    ``cut``: there were more steps or observations than a page shows. ``reverted`` maps an edit of
    the page to the edits that revert it. ``status_bar`` is None where there is too little to see.
    """

    page: Page
    days: Sequence[Day]
    cut: bool
    reverted: Mapping[int, Sequence[int]]
    status_bar: StatusBar | None


@dataclass(frozen=True)
class _Window:
    """The period of a page: from its oldest row (None on the last page) to the next newer row
    (None on the first)."""

    low: AuditEntry | None
    high: AuditEntry | None

    def entries(self) -> Q:
        """The filter for audit entries, by id."""
        since = Q(id__gt=self.low.id) if self.low else Q()
        return since & Q(id__lt=self.high.id) if self.high else since

    def observations(self) -> Q:
        """The filter for observations, by time."""
        since = Q(seen_at__gte=self.low.ts) if self.low else Q()
        return since & Q(seen_at__lt=self.high.ts) if self.high else since


def build_timeline(chosen: AuditFilter, *, notes: bool) -> Timeline:
    """One page of the history of the filter's session.

    ``notes``: with what reviewers noted about its edits, for readers of the audit only.
    """
    session_key = chosen.session
    page = load_page(
        AuditFilter(session=session_key, before=chosen.before, after=chosen.after), PAGE_SIZE
    )
    window = _page_window(page, session_key)
    steps, more_steps = _later_steps(session_key, window, notes)
    observations, previous, more_observations = _page_observations(session_key, window)
    reports = build_reports(previous, observations, _own_edits(session_key, observations))
    lines = [Line(row.entry.ts, row=row) for row in page.rows]
    lines += [Line(step.entry.ts, step=step) for step in steps]
    lines += [Line(report.seen_at, report=report) for report in reports]
    lines.sort(key=_sort_key, reverse=True)
    return Timeline(
        page=page,
        days=_group_by_day(lines),
        cut=more_steps or more_observations,
        reverted=find_reverts(session_key, [row.entry.id for row in page.rows]),
        status_bar=status_bar(
            observations, page.rows, until=window.high.ts if window.high else timezone.now()
        ),
    )


def _sort_key(line: Line) -> tuple[datetime, int]:
    """By time; entries of the same moment by their ids."""
    entry = line.row.entry if line.row else line.step.entry if line.step else None
    return line.at, entry.id if entry else 0


def _page_window(page: Page, session_key: str) -> _Window:
    if not page.rows:
        return _Window(None, None)
    newer = AuditEntry.objects.filter(
        session_key=session_key,
        kind__in=LISTED_KINDS,
        op__isnull=True,
        id__gt=page.rows[0].entry.id,
    )
    return _Window(
        low=page.rows[-1].entry if page.older is not None else None,
        high=newer.order_by("id").first() if page.newer is not None else None,
    )


def _later_steps(session_key: str, window: _Window, notes: bool) -> tuple[list[Step], bool]:
    """The resolutions and notes of a page, newest first, and whether there are more."""
    kinds = (Kind.RESOLUTION, Kind.NOTE) if notes else (Kind.RESOLUTION,)
    steps = AuditEntry.objects.filter(
        window.entries(), session_key=session_key, kind__in=kinds, op__isnull=False
    )
    entries = list(steps.order_by("-id")[: MAX_EXTRAS + 1])
    return [build_step(entry) for entry in entries[:MAX_EXTRAS]], len(entries) > MAX_EXTRAS


def _page_observations(
    session_key: str, window: _Window
) -> tuple[list[Observation], Observation | None, bool]:
    """The observations of a page, oldest first, the one before them, and whether more were left
    out."""
    every = Observation.objects.filter(session_key=session_key).order_by("-seen_at", "-id")
    newest = list(every.filter(window.observations())[: MAX_EXTRAS + 1])
    more = len(newest) > MAX_EXTRAS
    previous = newest.pop() if more else None
    if newest and not more:
        previous = every.filter(seen_at__lt=newest[-1].seen_at).first()
    return newest[::-1], previous, more


def _own_edits(session_key: str, observations: Sequence[Observation]) -> OwnEdits:
    """The traces of our own edits, as far as these observations may show them."""
    if not observations:
        return OwnEdits()
    entries = AuditEntry.objects.filter(session_key=session_key)
    stamps = entries.filter(new_version__in={seen.updated_at for seen in observations})
    sent = entries.filter(kind=Kind.SENT, ts__lte=observations[-1].seen_at).order_by("-id")
    return OwnEdits(
        set(stamps.exclude(new_version="").values_list("new_version", flat=True)),
        [
            (at, key, text_of(now))
            for at, body in sent.values_list("ts", "body")[:MAX_EXTRAS]
            for key, (_, now) in json.loads(body).items()
        ],
    )


def _group_by_day(lines: Sequence[Line]) -> list[Day]:
    by_day = groupby(lines, key=lambda line: timezone.localtime(line.at).date())
    return [Day(group[0].at, group) for group in (list(lines) for _, lines in by_day)]
