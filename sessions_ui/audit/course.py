"""What PAVE reported of a session's course, one sighting after the other, in words."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sessions_ui.domain.snapshot import parse_time
from sessions_ui.domain.status import Delivery, Status, classify_delivery
from sessions_ui.models import Sighting


@dataclass(frozen=True)
class Report:
    """One thing that PAVE was found to report. ``moment`` is PAVE's own time of it, where it gives
    one; ``before`` is the last look that found it otherwise."""

    seen_at: datetime
    icon: str
    tone: str
    text: str
    moment: datetime | None = None
    before: datetime | None = None


def reports_of(
    before: Sighting | None, sightings: Sequence[Sighting], ours: Collection[str]
) -> list[Report]:
    """What each sighting, oldest first, tells beyond the one before it; ``before`` is the one
    before the first, None where nobody had looked.

    ``ours`` are the stamps that edits of ours left at PAVE: a sighting with nothing else to tell
    than such a stamp tells nothing.
    """
    found = list(_first(sightings[0])) if sightings and before is None else []
    line = [before, *sightings] if before else sightings
    for one, other in pairwise(line):
        found += reports_between(one, other, ours)
    return found


def reports_between(before: Sighting, now: Sighting, ours: Collection[str]) -> list[Report]:
    """What a sighting tells beyond the one before it."""
    found = [*_status(before, now), *_delivery(before, now)]
    if not found and before.updated_at != now.updated_at and now.updated_at not in ours:
        found.append(
            _report(
                before, now, "outside", "", "Its stamp moved, and no edit of ours says why",
                parse_time(now.updated_at),
            )
        )  # fmt: skip
    return found


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


def _first(now: Sighting) -> Iterator[Report]:
    status = Status.of(now.status)
    icon, tone = (status.icon, status.tone) if status else ("question", "warn")
    text = f"Looked at here for the first time: {status_words(now.status)}"
    if now.delivery:
        text += f", text message {delivery_words(now.delivery)}"
    yield Report(now.seen_at, icon, tone, text)


def _status(before: Sighting, now: Sighting) -> Iterator[Report]:
    started = parse_time(now.started_at) if now.started_at != before.started_at else None
    if now.status != before.status:
        status = Status.of(now.status)
        icon, tone = (status.icon, status.tone) if status else ("question", "warn")
        text = f"Status went from {status_words(before.status)} to {status_words(now.status)}"
        yield _report(before, now, icon, tone, text, started)
    elif started:
        yield _report(before, now, "play", "live", "PAVE shows that the customer started", started)


def _delivery(before: Sighting, now: Sighting) -> Iterator[Report]:
    if now.delivery == before.delivery:
        return
    found: Delivery = classify_delivery(now.delivery)
    was, is_now = delivery_words(before.delivery), delivery_words(now.delivery)
    text = f"Delivery of the text message turned from {was} to {is_now}"
    yield _report(before, now, found.icon, found.tone, text)


def _report(
    before: Sighting, now: Sighting, icon: str, tone: str, text: str, moment: datetime | None = None
) -> Report:
    return Report(now.seen_at, icon, tone, text, moment, before.last_seen_at)
