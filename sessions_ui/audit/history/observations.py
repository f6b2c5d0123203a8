"""Describe what changed at PAVE from one observation of a session to the next."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sessions_ui.domain.catalogue import CATALOGUE, FieldSpec
from sessions_ui.domain.snapshot import parse_time
from sessions_ui.domain.status import Status, classify_delivery
from sessions_ui.models import Observation

ROUNDING = timedelta(milliseconds=1)
"""SQLite's clock has whole milliseconds."""


@dataclass(frozen=True)
class Report:
    """One change that PAVE was seen to report.

    ``moment`` is PAVE's own time of the change, where it gives one, and ``unchanged_at`` the last
    time that the session was seen without it. ``changes`` are fields with the texts of both
    observations.
    """

    seen_at: datetime
    icon: str
    tone: str
    text: str
    moment: datetime | None = None
    unchanged_at: datetime | None = None
    changes: Sequence[tuple[FieldSpec, str, str]] = ()


@dataclass(frozen=True)
class OwnEdits:
    """The traces of our own edits at PAVE: the stamps that they caused, and when which value of
    which field was sent. What they explain is in the timeline already and needs no report."""

    stamps: Collection[str] = ()
    sent: Collection[tuple[datetime, str, str]] = ()

    def sent_between(self, before: Observation, now: Observation) -> list[tuple[str, str]]:
        """The fields and values that were sent between two observations."""
        begin = before.seen_at - ROUNDING
        return [(key, text) for at, key, text in self.sent if begin <= at <= now.seen_at]


def build_reports(
    before: Observation | None, observations: Sequence[Observation], own_edits: OwnEdits
) -> list[Report]:
    """Report what each observation, oldest first, shows beyond the one before it; ``before`` is
    the one before the first, None where there is none."""
    first_ever = observations[:1] if before is None else []
    reports = [_first_report(observation) for observation in first_ever]
    for earlier, later in pairwise([before, *observations] if before else observations):
        reports += _reports_between(earlier, later, own_edits)
    return reports


def _reports_between(before: Observation, now: Observation, own_edits: OwnEdits) -> list[Report]:
    reports = [*_status_reports(before, now), *_delivery_reports(before, now)]
    changes = _foreign_changes(before, now, own_edits)
    stamp_moved = before.updated_at != now.updated_at and now.updated_at not in own_edits.stamps
    if changes:
        text = "Changed, and no edit of ours says so"
    elif stamp_moved and not reports:
        text = "Its stamp moved, and no edit of ours says why"
    else:
        return reports
    stamp = parse_time(now.updated_at) if stamp_moved else None
    return [*reports, Report(now.seen_at, "outside", "", text, stamp, before.last_seen_at, changes)]


def _foreign_changes(
    before: Observation, now: Observation, own_edits: OwnEdits
) -> list[tuple[FieldSpec, str, str]]:
    """The fields in both observations that differ, without those that an edit of ours explains."""
    sent = own_edits.sent_between(before, now)
    changes = []
    for key in now.texts.keys() & before.texts.keys() & {spec.key for spec in CATALOGUE.writable}:
        spec, was, text = CATALOGUE[key], before.texts[key], now.texts[key]
        ours = any(name == key and spec.kind.same(text, value) for name, value in sent)
        if not spec.kind.same(was, text) and not ours:
            changes.append((spec, was, text))
    return sorted(changes, key=lambda change: change[0].label)


def _status_text(code: str) -> str:
    """A status inside a sentence: our label with PAVE's code."""
    status = Status.of(code)
    if status is None:
        return f"“{code}”, which its manual does not name"
    return f"{status.label} ({status.value})"


def _delivery_text(text: str) -> str:
    """A delivery inside a sentence: our label with PAVE's own words."""
    label = classify_delivery(text).label
    return f"{label} ({text})" if text else label


def _icon_and_tone(code: str) -> tuple[str, str]:
    status = Status.of(code)
    return (status.icon, status.tone) if status else ("question", "warn")


def _first_report(now: Observation) -> Report:
    text = f"Looked at here for the first time: {_status_text(now.status)}"
    if now.delivery:
        text += f", text message {_delivery_text(now.delivery)}"
    return Report(now.seen_at, *_icon_and_tone(now.status), text)


def _status_reports(before: Observation, now: Observation) -> Iterator[Report]:
    started = parse_time(now.started_at) if now.started_at != before.started_at else None
    if now.status != before.status:
        text = f"Status went from {_status_text(before.status)} to {_status_text(now.status)}"
        icon, tone = _icon_and_tone(now.status)
        yield Report(now.seen_at, icon, tone, text, started, before.last_seen_at)
    elif started:
        text = "PAVE shows that the customer started"
        yield Report(now.seen_at, "play", "live", text, started, before.last_seen_at)


def _delivery_reports(before: Observation, now: Observation) -> Iterator[Report]:
    if now.delivery != before.delivery:
        delivery = classify_delivery(now.delivery)
        was, is_now = _delivery_text(before.delivery), _delivery_text(now.delivery)
        text = f"Delivery of the text message turned from {was} to {is_now}"
        yield Report(
            now.seen_at, delivery.icon, delivery.tone, text, unchanged_at=before.last_seen_at
        )
