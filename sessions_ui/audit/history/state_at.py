"""One session at one moment: every field with what is known of it, and which were locked then.

The locks come from the same `verdict` as today's page. Where the status or the delivery of that
moment is not known, each that is possible is asked, and only what all agree on is said.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any

from sessions_ui.domain.catalogue import CATALOGUE, Catalogue, FieldSpec
from sessions_ui.domain.rules.policy import Reason, Situation, Verdict, verdict
from sessions_ui.domain.snapshot import Snapshot, parse_time
from sessions_ui.domain.status import RAIL, Stage, Status

from .facts import DELIVERY, STAMP_MARGIN, STARTED, STATUS, Certainty, Fact, Known, known_at

SMS = "sms"
POSSIBLE_DELIVERIES = ("", "200", "error")
"""One text of each sort of delivery, for a moment of which none is known."""

_SURE = frozenset({Certainty.EXACT, Certainty.BOTH, Certainty.STAMPED})
_DEAD = tuple(status for status in Status if status not in RAIL)


@dataclass(frozen=True)
class FieldThen:
    """One field at the moment. ``verdicts``: the one that held; several where it is not known which
    of them did."""

    spec: FieldSpec
    known: Known
    verdicts: Sequence[Verdict]

    @property
    def verdict(self) -> Verdict | None:
        """The verdict, where there is but one."""
        return self.verdicts[0] if len(self.verdicts) == 1 else None


@dataclass(frozen=True)
class Moment:
    """The session at the moment. ``statuses``: the one it had, or all that are possible;
    ``started``: since when the customer had started, None where they had not, or it is not known;
    ``pending``: the edits that were open then."""

    at: datetime
    status: Known
    statuses: Sequence[str]
    delivery: Known
    started: datetime | None
    fields: Sequence[FieldThen]
    pending: Sequence[int]


def moment_of(
    facts: Sequence[Fact],
    session_key: str,
    at: datetime,
    pending: Sequence[int] = (),
    catalogue: Catalogue = CATALOGUE,
) -> Moment:
    """The session at a moment, from its facts in order of time."""
    start = _start_of(facts)
    status = known_at(facts, STATUS, at)
    statuses = _statuses(status, at, start)
    delivery = known_at(facts, DELIVERY, at)
    known = {spec.key: known_at(facts, spec.key, at) for spec in catalogue.writable}
    situations = [
        Situation(snapshot, pending=bool(pending))
        for snapshot in _possible(session_key, at, statuses, delivery, _starts(facts, at), known)
    ]
    return Moment(
        at=at,
        status=status,
        statuses=statuses,
        delivery=delivery,
        started=start if start and start <= at else None,
        fields=[
            FieldThen(spec, known[spec.key], _verdicts(spec, situations))
            for spec in catalogue.writable
        ],
        pending=pending,
    )


def _start_of(facts: Sequence[Fact]) -> datetime | None:
    """When the customer started, by PAVE's own word; None when nobody ever saw it."""
    found = (parse_time(fact.text) for fact in reversed(facts) if fact.key == STARTED)
    return next((moment for moment in found if moment), None)


def _statuses(known: Known, at: datetime, start: datetime | None) -> tuple[str, ...]:
    """The statuses that were possible: those between the looks before and after the moment, of
    which PAVE's own word of the start may leave fewer."""
    if known.certainty in _SURE:
        return tuple(text or "" for text in known.texts)
    first = Status.of(known.before.text or "") if known.before else Status.IDLE
    last = Status.of(known.after.text or "") if known.after else None
    possible = _between(first, last, ended=known.after is None)
    if start and at < start - STAMP_MARGIN:
        possible = [one for one in possible if one.stage is Stage.NOT_STARTED]
    elif start and at >= start + STAMP_MARGIN:
        possible = [one for one in possible if one.stage is not Stage.NOT_STARTED]
    return tuple(one.value for one in possible) or tuple(text or "" for text in known.texts)


def _between(first: Status | None, last: Status | None, *, ended: bool) -> list[Status]:
    """The statuses that a session passes from the first to the last: there is no way back. Of a
    word that the manual does not have nothing follows."""
    if first not in RAIL or last is None and not ended:
        return list(Status)
    if last is None:
        return [*RAIL[RAIL.index(first) :], *_DEAD]
    if last in RAIL:
        return list(RAIL[RAIL.index(first) : RAIL.index(last) + 1])
    return [*RAIL[RAIL.index(first) : -1], last]


def _starts(facts: Sequence[Fact], at: datetime) -> tuple[str, ...]:
    """The start times that PAVE may have shown at the moment."""
    known = known_at(facts, STARTED, at)
    start = _start_of(facts)
    texts = tuple(text or "" for text in known.texts) or ("",)
    if start and start + STAMP_MARGIN <= at:
        return tuple(filter(None, texts)) or (start.isoformat(),)
    return ("",) if start and at < start - STAMP_MARGIN else texts


def _possible(
    session_key: str,
    at: datetime,
    statuses: Sequence[str],
    delivery: Known,
    starts: Sequence[str],
    known: Mapping[str, Known],
) -> Iterator[Snapshot]:
    """Every answer that PAVE may have given at the moment, as far as verdicts look at it."""
    deliveries = delivery.texts or POSSIBLE_DELIVERIES
    for code, words, start, text in product(statuses, deliveries, starts, _texts_shown(known)):
        sms: dict[str, Any] = {"to": "shown"} if text else {}
        if words:
            sms["delivery_status"] = words
        document = {
            "session_key": session_key,
            "status": code,
            "inspect_started_at": start,
            "options": {"sms": sms},
        }
        yield Snapshot(session_key, document, at)


def _texts_shown(known: Mapping[str, Known]) -> tuple[bool, ...]:
    """Whether PAVE showed a text message at all: by the values in it; both where nothing is
    known. An erased value was one."""
    shown = [one for key, one in known.items() if CATALOGUE[key].section == SMS]
    texts = [text for one in shown for text in one.texts]
    if not texts:
        return True, False
    return (any(text != "" for text in texts),)


def _verdicts(spec: FieldSpec, situations: Sequence[Situation]) -> list[Verdict]:
    found: dict[Reason | None, Verdict] = {}
    for situation in situations:
        one = verdict(spec, situation)
        found.setdefault(one.reason, one)
    return list(found.values())
