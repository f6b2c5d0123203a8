"""The history of one session on one line of time: edits and refusals, what reading back settled,
what was said about them, and what PAVE reported.

Pages are turned over the edits and refusals, by their ids; whatever else falls between those of a
page belongs to it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Q
from django.utils import timezone

from sessions_ui.audit.entries.detail import Step, step_of
from sessions_ui.audit.entries.reverts import reverts_among
from sessions_ui.audit.entries.rows import EntryRow
from sessions_ui.audit.search.filters import AuditFilter
from sessions_ui.audit.search.pagination import PAGE, Page, entries_page
from sessions_ui.domain.values.kinds import text_of
from sessions_ui.models import LISTED_KINDS, AuditEntry, Kind, Observation

from .observations import Ours, Report, reports_of
from .status_bands import StatusBar, status_bar

MOST = 200
"""How many lines of each other sort a page holds; the newest."""


@dataclass(frozen=True)
class Line:
    """One line: an edit or a refusal (``row``), a later step of one (``step``), or a report."""

    at: datetime
    row: EntryRow | None = None
    step: Step | None = None
    report: Report | None = None


@dataclass(frozen=True)
class Day:
    """A day in the house's zone, with its lines, newest first."""

    at: datetime
    lines: Sequence[Line]


@dataclass(frozen=True)
class Timeline:
    """A page of the history. ``cut``: there were too many other lines to show them all;
    ``reverted``: by edit of the page, the edits that take it back; ``strip``: all of it at a
    glance, where there is something to see."""

    page: Page
    days: Sequence[Day]
    cut: bool
    reverted: Mapping[int, Sequence[int]]
    strip: StatusBar | None


@dataclass(frozen=True)
class _Window:
    """From when to when a page reaches: the ids and times of its oldest row (0 where it is the
    last page) and of the next newer row (None where it is the first)."""

    low: AuditEntry | None
    high: AuditEntry | None

    @property
    def of_entries(self) -> Q:
        found = Q(id__gt=self.low.id) if self.low else Q()
        return found & Q(id__lt=self.high.id) if self.high else found

    @property
    def of_sightings(self) -> Q:
        found = Q(seen_at__gte=self.low.ts) if self.low else Q()
        return found & Q(seen_at__lt=self.high.ts) if self.high else found


def timeline_of(chosen: AuditFilter, *, notes: bool) -> Timeline:
    """A page of one session's history. ``notes``: with what was said about its edits."""
    page = entries_page(
        AuditFilter(session=chosen.session, before=chosen.before, after=chosen.after), PAGE
    )
    window = _window(page, chosen.session)
    steps, more_steps = _steps(chosen.session, window, notes)
    sightings, before, more_sightings = _sightings(chosen.session, window)
    reports = reports_of(before, sightings, _ours(chosen.session, sightings))
    lines = [Line(row.entry.ts, row=row) for row in page.rows]
    lines += [Line(step.entry.ts, step=step) for step in steps]
    lines += [Line(report.seen_at, report=report) for report in reports]
    lines.sort(key=_place, reverse=True)
    reverted = reverts_among(chosen.session, [row.entry.id for row in page.rows])
    until = window.high.ts if window.high else timezone.now()
    return Timeline(
        page=page,
        days=_days(lines),
        cut=more_steps or more_sightings,
        reverted=reverted,
        strip=status_bar(sightings, page.rows, until),
    )


def _place(line: Line) -> tuple[datetime, int]:
    """In order of time; entries of one moment in order of their ids."""
    entry = line.row.entry if line.row else line.step.entry if line.step else None
    return line.at, entry.id if entry else 0


def _window(page: Page, session_key: str) -> _Window:
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


def _steps(session_key: str, window: _Window, notes: bool) -> tuple[list[Step], bool]:
    kinds = (Kind.RESOLUTION, Kind.NOTE) if notes else (Kind.RESOLUTION,)
    found = AuditEntry.objects.filter(window.of_entries, session_key=session_key, kind__in=kinds)
    entries = list(found.filter(op__isnull=False).order_by("-id")[: MOST + 1])
    return [step_of(entry) for entry in entries[:MOST]], len(entries) > MOST


def _sightings(
    session_key: str, window: _Window
) -> tuple[list[Observation], Observation | None, bool]:
    """The sightings of a page, oldest first, the one before them, and whether they are cut."""
    seen = Observation.objects.filter(session_key=session_key).order_by("-seen_at", "-id")
    found = list(seen.filter(window.of_sightings)[: MOST + 1])
    more = len(found) > MOST
    before = found.pop() if more else None
    if found and not more:
        before = seen.filter(seen_at__lt=found[-1].seen_at).first()
    return found[::-1], before, more


def _ours(session_key: str, sightings: Sequence[Observation]) -> Ours:
    """What edits of ours left at PAVE, as far as these sightings may show it."""
    if not sightings:
        return Ours()
    entries = AuditEntry.objects.filter(session_key=session_key)
    seen = {one.updated_at for one in sightings}
    stamps = entries.filter(new_version__in=seen).exclude(new_version="")
    sent = entries.filter(kind=Kind.SENT, ts__lte=sightings[-1].seen_at).order_by("-id")[:MOST]
    return Ours(
        set(stamps.values_list("new_version", flat=True)),
        [
            (at, key, text_of(now))
            for at, body in sent.values_list("ts", "body")
            for key, (_, now) in json.loads(body).items()
        ],
    )


def _days(lines: Sequence[Line]) -> list[Day]:
    by_day = groupby(lines, key=lambda line: timezone.localtime(line.at).date())
    return [Day(found[0].at, found) for found in (list(group) for _, group in by_day)]
