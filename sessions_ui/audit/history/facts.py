"""The session as it stood at a moment, by replaying the record. Pure: no database, no clock.

A fact says that PAVE held a text at a moment, because an entry, a sighting or a reading of PAVE
shows it. At a moment in between, what is known is what the facts on both sides of it say: the same,
or two different texts, of which nobody can tell which one it was.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sessions_ui.audit.entries.rows import Values, side_text, spec_of
from sessions_ui.domain.catalogue import CATALOGUE, Catalogue
from sessions_ui.domain.rules.outcomes import FieldResult
from sessions_ui.domain.snapshot import Snapshot, parse_time
from sessions_ui.models import END_KINDS, AuditEntry, Kind, Observation, Side

STATUS, DELIVERY, STARTED = (
    "session.status", "sms.delivery_status", "session.inspect_started_at",
)  # fmt: skip
STAMP_MARGIN = timedelta(seconds=2)
"""PAVE's stamps have whole seconds, and its clock is not ours."""

_TOOK = frozenset({FieldResult.APPLIED, FieldResult.IN_EFFECT})


class Source(StrEnum):
    """Where a fact is from."""

    SENT = "sent"
    TOOK = "took"
    READ_BACK = "read back"
    REFUSED = "refused"
    SEEN = "seen"
    PRESENT = "present"


@dataclass(frozen=True, slots=True)
class Fact:
    """PAVE held this text in this field at this moment; None: personal, and erased since.

    ``edit_id`` is the edit or refusal that shows it; ``stamp`` PAVE's own time of its last change
    as of then.
    """

    at: datetime
    key: str
    text: str | None
    source: Source
    edit_id: int | None = None
    stamp: datetime | None = None


class Certainty(StrEnum):
    """What the facts around a moment come to."""

    NOTHING = "nothing"
    EXACT = "exact"
    BOTH = "both"
    STAMPED = "stamped"
    BEFORE = "before"
    AFTER = "after"
    BETWEEN = "between"
    ON_ITS_WAY = "on its way"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one field at a moment: its text; two where it is not known which; none
    where nothing is. With the facts before and after the moment."""

    key: str
    texts: tuple[str | None, ...]
    certainty: Certainty
    before: Fact | None = None
    after: Fact | None = None

    @property
    def text(self) -> str | None:
        """The text, where there is but one."""
        return self.texts[0] if len(self.texts) == 1 else None


def facts_of(
    entries: Iterable[AuditEntry],
    values: Values,
    sightings: Iterable[Observation],
    present: Snapshot | None,
    catalogue: Catalogue = CATALOGUE,
) -> list[Fact]:
    """All that the record, the sightings and PAVE's present word show of one session, in order of
    time. ``entries`` in order of their ids, ``values`` the personal ones that are still kept."""
    facts = [fact for entry in entries for fact in _entry_facts(entry, values)]
    facts += [fact for sighting in sightings for fact in _sighting_facts(sighting)]
    if present:
        keys = (STATUS, DELIVERY, STARTED, *(spec.key for spec in catalogue.writable))
        stamp = parse_time(present.updated_at)
        facts += [
            Fact(present.read_at, key, present.text(key), Source.PRESENT, None, stamp)
            for key in keys
        ]
    return sorted(facts, key=lambda fact: fact.at)


def _entry_facts(entry: AuditEntry, values: Values) -> Iterable[Fact]:
    if entry.kind not in (Kind.SENT, *END_KINDS, Kind.REFUSAL):
        return
    if entry.kind == Kind.REFUSAL and "locks" not in json.loads(entry.detail or "{}"):
        return  # refused unread: its values are what a page once showed
    edit_id = entry.op or entry.id
    stamp = parse_time(entry.new_version or entry.base_version)
    if entry.status:
        yield Fact(entry.ts, STATUS, entry.status, Source.READ_BACK, edit_id, stamp)
    for key, pair in json.loads(entry.body or "{}").items():
        source, side, held = _told(entry, pair)
        if source:
            text = side_text(held, (entry.id, key, side), values)
            yield Fact(entry.ts, key, text, source, edit_id, stamp)


def _told(entry: AuditEntry, pair: Sequence[object]) -> tuple[Source | None, int, object]:
    """What one field of an entry's body shows of PAVE: from where, which side, and the value."""
    if entry.kind == Kind.SENT:
        return Source.SENT, Side.WAS, pair[0]
    if entry.kind == Kind.REFUSAL:
        return Source.REFUSED, Side.WAS, pair[0]
    result, held = pair
    if result == FieldResult.NOT_SHOWN:
        return None, Side.HELD, held
    return Source.TOOK if result in _TOOK else Source.READ_BACK, Side.HELD, held


def _sighting_facts(seen: Observation) -> Iterable[Fact]:
    stamp = parse_time(seen.updated_at)
    told = {STATUS: seen.status, DELIVERY: seen.delivery, STARTED: seen.started_at}
    for at in sorted({seen.seen_at, seen.last_seen_at}):
        for key, text in (told | seen.texts).items():
            yield Fact(at, key, text, Source.SEEN, None, stamp)


def known_at(facts: Iterable[Fact], key: str, at: datetime) -> Known:
    """What the facts, in order of time, tell of one field at a moment."""
    before = after = None
    for fact in facts:
        if fact.key != key:
            continue
        if fact.at > at:
            after = fact
            break
        before = fact
    if before and before.at == at:
        return Known(key, (before.text,), Certainty.EXACT, before, after)
    if before is None or after is None:
        return _one_sided(key, at, before, after)
    if _same(before, after):
        return Known(key, (before.text,), Certainty.BOTH, before, after)
    if _stamped(after, at) and not _stamped(after, before.at):
        return Known(key, (after.text,), Certainty.STAMPED, before, after)
    on_its_way = before.source is Source.SENT and before.edit_id == after.edit_id
    certainty = Certainty.ON_ITS_WAY if on_its_way else Certainty.BETWEEN
    return Known(key, (before.text, after.text), certainty, before, after)


def _one_sided(key: str, at: datetime, before: Fact | None, after: Fact | None) -> Known:
    if before:
        return Known(key, (before.text,), Certainty.BEFORE, before)
    if after is None:
        return Known(key, (), Certainty.NOTHING)
    certainty = Certainty.STAMPED if _stamped(after, at) else Certainty.AFTER
    return Known(key, (after.text,), certainty, None, after)


def _same(one: Fact, other: Fact) -> bool:
    if one.text is None or other.text is None:
        return one.text is other.text
    return spec_of(one.key).kind.same(one.text, other.text)


def _stamped(after: Fact, at: datetime) -> bool:
    """Whether PAVE's own stamp says that nothing changed between a moment and a later fact."""
    return after.stamp is not None and after.stamp + STAMP_MARGIN <= at


def edits_open(entries: Iterable[AuditEntry], at: datetime) -> list[int]:
    """The edits that were open at a moment: tried, and neither ended nor settled by then."""
    opened: dict[int, None] = {}
    for entry in entries:
        if entry.ts > at:
            continue
        if entry.kind == Kind.INTENT:
            opened[entry.id] = None
        elif entry.kind in END_KINDS and entry.outcome != "unknown":
            opened.pop(entry.op or 0, None)
    return list(opened)
