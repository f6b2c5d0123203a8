"""What PAVE reported of a session's course, one sighting after the other, in words."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sessions_ui.domain.catalogue import CATALOGUE, FieldSpec
from sessions_ui.domain.snapshot import parse_time
from sessions_ui.domain.status import Delivery, Status, classify_delivery
from sessions_ui.models import Observation

ROUNDING = timedelta(milliseconds=1)
"""SQLite's clock has whole milliseconds."""


@dataclass(frozen=True)
class Report:
    """One thing that PAVE was found to report. ``moment`` is PAVE's own time of it, where it gives
    one; ``before`` is the last look that found it otherwise; ``changes``: fields with the texts of
    both looks."""

    seen_at: datetime
    icon: str
    tone: str
    text: str
    moment: datetime | None = None
    before: datetime | None = None
    changes: Sequence[tuple[FieldSpec, str, str]] = ()


@dataclass(frozen=True)
class Ours:
    """What edits of ours left at PAVE: its stamps, and when which value of a field was sent. A
    sighting with nothing else to tell tells nothing."""

    stamps: Collection[str] = ()
    sent: Collection[tuple[datetime, str, str]] = ()

    def between(self, before: Observation, now: Observation) -> list[tuple[str, str]]:
        """The fields and values that were sent from the first look before to the look now."""
        begin = before.seen_at - ROUNDING
        return [(key, text) for at, key, text in self.sent if begin <= at <= now.seen_at]


def reports_of(
    before: Observation | None, sightings: Sequence[Observation], ours: Ours
) -> list[Report]:
    """What each sighting, oldest first, tells beyond the one before it; ``before`` is the one
    before the first, None where nobody had looked."""
    found = list(_first(sightings[0])) if sightings and before is None else []
    line = [before, *sightings] if before else sightings
    for one, other in pairwise(line):
        found += reports_between(one, other, ours)
    return found


def reports_between(before: Observation, now: Observation, ours: Ours) -> list[Report]:
    """What a sighting tells beyond the one before it."""
    found = [*_status(before, now), *_delivery(before, now)]
    changes = _changes(before, now, ours)
    moved = before.updated_at != now.updated_at and now.updated_at not in ours.stamps
    if changes:
        text = "Changed, and no edit of ours says so"
    elif moved and not found:
        text = "Its stamp moved, and no edit of ours says why"
    else:
        return found
    stamp = parse_time(now.updated_at) if moved else None
    report = Report(now.seen_at, "outside", "", text, stamp, before.last_seen_at, changes)
    return [*found, report]


def _changes(before: Observation, now: Observation, ours: Ours) -> list[tuple[FieldSpec, str, str]]:
    """The fields that both sightings show and that differ, but for what an edit of ours sent."""
    sent = ours.between(before, now)
    found = []
    for key in now.texts.keys() & before.texts.keys() & {spec.key for spec in CATALOGUE.writable}:
        spec, was, text = CATALOGUE[key], before.texts[key], now.texts[key]
        ours_too = any(name == key and spec.kind.same(text, one) for name, one in sent)
        if not spec.kind.same(was, text) and not ours_too:
            found.append((spec, was, text))
    return sorted(found, key=lambda change: change[0].label)


def status_words(code: str) -> str:
    """A status as a sentence names it: our words with PAVE's code."""
    known = Status.of(code)
    return (
        f"{known.label} ({known.value})" if known else f"“{code}”, which its manual does not name"
    )


def delivery_words(text: str) -> str:
    """A delivery as a sentence names it: our word with PAVE's own."""
    label = classify_delivery(text).label
    return f"{label} ({text})" if text else label


def _first(now: Observation) -> Iterator[Report]:
    status = Status.of(now.status)
    icon, tone = (status.icon, status.tone) if status else ("question", "warn")
    text = f"Looked at here for the first time: {status_words(now.status)}"
    if now.delivery:
        text += f", text message {delivery_words(now.delivery)}"
    yield Report(now.seen_at, icon, tone, text)


def _status(before: Observation, now: Observation) -> Iterator[Report]:
    started = parse_time(now.started_at) if now.started_at != before.started_at else None
    if now.status != before.status:
        status = Status.of(now.status)
        icon, tone = (status.icon, status.tone) if status else ("question", "warn")
        text = f"Status went from {status_words(before.status)} to {status_words(now.status)}"
        yield _report(before, now, icon, tone, text, started)
    elif started:
        yield _report(before, now, "play", "live", "PAVE shows that the customer started", started)


def _delivery(before: Observation, now: Observation) -> Iterator[Report]:
    if now.delivery == before.delivery:
        return
    found: Delivery = classify_delivery(now.delivery)
    was, is_now = delivery_words(before.delivery), delivery_words(now.delivery)
    text = f"Delivery of the text message turned from {was} to {is_now}"
    yield _report(before, now, found.icon, found.tone, text)


def _report(
    before: Observation,
    now: Observation,
    icon: str,
    tone: str,
    text: str,
    moment: datetime | None = None,
) -> Report:
    return Report(now.seen_at, icon, tone, text, moment, before.last_seen_at)
