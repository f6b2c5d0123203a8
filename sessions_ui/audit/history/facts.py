"""Collect what the audit, the observations and PAVE show of a session's values over time.

Pure: no database, no clock. A fact says which text PAVE held in a field at one moment. Between two
facts a value is known only where both show the same text, or where PAVE's own time stamp rules out
a change; otherwise it is one of two texts, and the facts cannot say which.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sessions_ui.audit.entries.rows import Values, field_spec, side_text
from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.rules.outcomes import AS_SENT, FieldResult
from sessions_ui.domain.snapshot import STAMP_MARGIN, Snapshot, parse_time
from sessions_ui.models import END_KINDS, AuditEntry, Kind, Observation, Side

STATUS = "session.status"
DELIVERY = "sms.delivery_status"
STARTED = "session.inspect_started_at"


class Certainty(StrEnum):
    """How far the facts around a moment settle a value."""

    RECORDED = "recorded"  # an audit entry shows it
    OBSERVED = "observed"  # PAVE showed it when the session was read
    ASSUMED = "assumed"  # there are facts on one side of the moment only
    UNKNOWN = "unknown"  # there is no fact, or the facts before and after differ


class Source(StrEnum):
    """Where a fact comes from."""

    SENT = "sent"
    TOOK = "took"
    READ_BACK = "read back"
    REFUSED = "refused"
    SEEN = "seen"
    PRESENT = "present"


@dataclass(frozen=True, slots=True)
class Fact:
    """PAVE held this text in this field at this moment.

    ``text`` is None for a personal value that was erased since, ``edit_id`` the edit or refusal
    that shows the text, and ``stamp`` PAVE's own time of the last change as of then.
    """

    at: datetime
    key: str
    text: str | None
    source: Source
    edit_id: int | None = None
    stamp: datetime | None = None

    @property
    def certainty(self) -> Certainty:
        """Whether the audit or a read of PAVE shows this."""
        return Certainty.OBSERVED if self.edit_id is None else Certainty.RECORDED


@dataclass(frozen=True, slots=True)
class KnownValue:
    """What is known of one field at a moment, with the facts that this rests on.

    ``texts`` has one text where the facts settle it or point to one, the texts before and after
    the moment where these differ, and nothing where there is no fact. A settled value without
    ``after`` was shown at the very moment; one without ``before`` follows from PAVE's time stamp.
    """

    key: str
    texts: tuple[str | None, ...]
    certainty: Certainty
    before: Fact | None = None
    after: Fact | None = None

    @property
    def text(self) -> str | None:
        """The text, where there is only one."""
        return self.texts[0] if len(self.texts) == 1 else None

    @property
    def settled(self) -> bool:
        """Whether the value is certain."""
        return self.certainty in (Certainty.RECORDED, Certainty.OBSERVED)

    @property
    def in_flight(self) -> bool:
        """Whether one of our own edits was on its way to PAVE at the moment."""
        before, after = self.before, self.after
        return bool(
            before and after and before.source is Source.SENT and before.edit_id == after.edit_id
        )


def collect_facts(
    entries: Iterable[AuditEntry],
    values: Values,
    observations: Iterable[Observation],
    present: Snapshot | None,
) -> list[Fact]:
    """Every fact about one session, oldest first, from its entries in order of their ids, the
    personal values that are still kept, its observations and the last read of PAVE."""
    facts = [fact for entry in entries for fact in _entry_facts(entry, values)]
    facts += [fact for seen in observations for fact in _observation_facts(seen)]
    if present:
        keys = (STATUS, DELIVERY, STARTED, *(spec.key for spec in CATALOGUE.writable))
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
        return  # refused without a read: the values before are only those that a page showed
    edit_id = entry.op or entry.id
    stamp = parse_time(entry.new_version or entry.base_version)
    if entry.status:
        yield Fact(entry.ts, STATUS, entry.status, Source.READ_BACK, edit_id, stamp)
    for key, pair in json.loads(entry.body or "{}").items():
        source, side, value = _shown_value(entry, pair)
        if source:
            text = side_text(value, (entry.id, key, side), values)
            yield Fact(entry.ts, key, text, source, edit_id, stamp)


def _shown_value(entry: AuditEntry, pair: Sequence[object]) -> tuple[Source | None, int, object]:
    """Return what a field of an entry's body shows that PAVE held, and which side of it; without a
    source where it shows nothing."""
    if entry.kind == Kind.SENT:
        return Source.SENT, Side.WAS, pair[0]
    if entry.kind == Kind.REFUSAL:
        return Source.REFUSED, Side.WAS, pair[0]
    result, value = pair
    if result == FieldResult.NOT_SHOWN:
        return None, Side.HELD, value
    return Source.TOOK if result in AS_SENT else Source.READ_BACK, Side.HELD, value


def _observation_facts(seen: Observation) -> Iterable[Fact]:
    stamp = parse_time(seen.updated_at)
    texts = {STATUS: seen.status, DELIVERY: seen.delivery, STARTED: seen.started_at, **seen.texts}
    for at in sorted({seen.seen_at, seen.last_seen_at}):
        for key, text in texts.items():
            yield Fact(at, key, text, Source.SEEN, None, stamp)


def value_at(facts: Iterable[Fact], key: str, at: datetime) -> KnownValue:
    """Return what the facts, oldest first, show of one field at a moment."""
    before, after = _nearest_facts(facts, key, at)
    if before and before.at == at:
        return KnownValue(key, (before.text,), before.certainty, before)
    if before and after and _same_text(before, after):
        return KnownValue(key, (before.text,), before.certainty, before, after)
    # A stamp that is older than the fact before, which shows another text, proves nothing.
    if (
        after
        and _unchanged_since(at, after)
        and not (before and _unchanged_since(before.at, after))
    ):
        return KnownValue(key, (after.text,), after.certainty, None, after)
    nearest = [fact for fact in (before, after) if fact]
    certainty = Certainty.ASSUMED if len(nearest) == 1 else Certainty.UNKNOWN
    return KnownValue(key, tuple(fact.text for fact in nearest), certainty, before, after)


def _nearest_facts(
    facts: Iterable[Fact], key: str, at: datetime
) -> tuple[Fact | None, Fact | None]:
    """The last fact about a field until a moment, and the first one after it."""
    before = None
    for fact in facts:
        if fact.key == key and fact.at > at:
            return before, fact
        if fact.key == key:
            before = fact
    return before, None


def _same_text(before: Fact, after: Fact) -> bool:
    if before.text is None or after.text is None:
        return before.text is after.text
    return field_spec(before.key).kind.same(before.text, after.text)


def _unchanged_since(moment: datetime, fact: Fact) -> bool:
    """Whether PAVE's own stamp says that nothing changed between a moment and a later fact."""
    return fact.stamp is not None and fact.stamp + STAMP_MARGIN <= moment


def open_edits(entries: Iterable[AuditEntry], at: datetime) -> list[int]:
    """The edits that were open at a moment: begun, and neither ended nor settled by then."""
    begun: dict[int, None] = {}
    for entry in entries:
        if entry.ts > at:
            continue
        if entry.kind == Kind.INTENT:
            begun[entry.id] = None
        elif entry.kind in END_KINDS and entry.outcome != "unknown":
            begun.pop(entry.op or 0, None)
    return list(begun)
