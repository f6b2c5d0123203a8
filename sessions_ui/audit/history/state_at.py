"""Rebuild one session at a moment: each field with what is known of it, and whether it was locked.

The locks come from the same policy as on today's page. Where the status or the delivery of that
moment is not known, the policy is asked once for each possible one, and a field has a verdict only
where all of them agree.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any

from sessions_ui.domain.catalogue import CATALOGUE, FieldSpec
from sessions_ui.domain.rules.policy import Reason, Situation, Verdict, verdict
from sessions_ui.domain.snapshot import STAMP_MARGIN, Snapshot, parse_time
from sessions_ui.domain.status import RAIL, Stage, Status

from .facts import DELIVERY, STARTED, STATUS, Fact, KnownValue, value_at

SMS = "sms"
POSSIBLE_DELIVERIES = ("", "200", "error")
"""One text for each kind of delivery, for a moment of which no delivery is known."""

_OFF_RAIL = tuple(status for status in Status if status not in RAIL)


@dataclass(frozen=True)
class FieldState:
    """One field at the moment. ``verdicts`` has the one that applied, or all that are possible."""

    spec: FieldSpec
    known: KnownValue
    verdicts: Sequence[Verdict]

    @property
    def verdict(self) -> Verdict | None:
        """The verdict, where there is only one."""
        return self.verdicts[0] if len(self.verdicts) == 1 else None


@dataclass(frozen=True)
class SessionState:
    """The session at the moment.

    ``statuses`` has the one it was in, or all that are possible. ``started`` is when the customer
    had started; None where they had not, or that is not known. ``pending`` are the ids of the
    edits that were open.
    """

    at: datetime
    status: KnownValue
    statuses: Sequence[str]
    delivery: KnownValue
    started: datetime | None
    fields: Sequence[FieldState]
    pending: Sequence[int]


@dataclass(frozen=True)
class _Circumstances:
    """What the policy looks at, as far as it is known: all values that each may have had."""

    statuses: Sequence[str]
    deliveries: Sequence[str | None]
    starts: Sequence[str]
    with_text_message: Sequence[bool]


def state_at(
    facts: Sequence[Fact], session_key: str, at: datetime, pending: Sequence[int] = ()
) -> SessionState:
    """Rebuild the session at a moment from its facts, oldest first, and the edits open then."""
    start = _known_start(facts)
    status = value_at(facts, STATUS, at)
    delivery = value_at(facts, DELIVERY, at)
    known = {spec.key: value_at(facts, spec.key, at) for spec in CATALOGUE.writable}
    circumstances = _Circumstances(
        statuses=_possible_statuses(status, at, start),
        deliveries=delivery.texts or POSSIBLE_DELIVERIES,
        starts=_possible_starts(facts, at),
        with_text_message=_text_message_shown(known),
    )
    situations = [
        Situation(snapshot, pending=bool(pending))
        for snapshot in _possible_snapshots(session_key, at, circumstances)
    ]
    return SessionState(
        at=at,
        status=status,
        statuses=circumstances.statuses,
        delivery=delivery,
        started=start if start and start <= at else None,
        fields=[
            FieldState(spec, known[spec.key], _verdicts(spec, situations))
            for spec in CATALOGUE.writable
        ],
        pending=pending,
    )


def _known_start(facts: Sequence[Fact]) -> datetime | None:
    """When the customer started, as PAVE reports it; None where no fact shows a start."""
    starts = (parse_time(fact.text) for fact in reversed(facts) if fact.key == STARTED)
    return next((start for start in starts if start), None)


def _possible_statuses(known: KnownValue, at: datetime, start: datetime | None) -> tuple[str, ...]:
    """The statuses from the one before the moment to the one after it, without those that the
    known start rules out."""
    if known.settled:
        return tuple(text or "" for text in known.texts)
    first = Status.of(known.before.text or "") if known.before else Status.IDLE
    last = Status.of(known.after.text or "") if known.after else None
    possible = _statuses_between(first, last, ended=known.after is None)
    if start and at < start - STAMP_MARGIN:
        possible = [status for status in possible if status.stage is Stage.NOT_STARTED]
    elif start and at >= start + STAMP_MARGIN:
        possible = [status for status in possible if status.stage is not Stage.NOT_STARTED]
    return tuple(status.value for status in possible) or tuple(text or "" for text in known.texts)


def _statuses_between(first: Status | None, last: Status | None, *, ended: bool) -> list[Status]:
    """The statuses that a session passes from the first to the last, as it never goes back.

    ``ended``: there is no last one. A status that PAVE's manual does not name rules
    nothing out, so every status is possible.
    """
    if first not in RAIL or last is None and not ended:
        return list(Status)
    if last is None:
        return [*RAIL[RAIL.index(first) :], *_OFF_RAIL]
    if last in RAIL:
        return list(RAIL[RAIL.index(first) : RAIL.index(last) + 1])
    return [*RAIL[RAIL.index(first) : -1], last]


def _possible_starts(facts: Sequence[Fact], at: datetime) -> tuple[str, ...]:
    """The start times that PAVE may have shown at the moment."""
    known = value_at(facts, STARTED, at)
    start = _known_start(facts)
    texts = tuple(text or "" for text in known.texts) or ("",)
    if start and start + STAMP_MARGIN <= at:
        return tuple(filter(None, texts)) or (start.isoformat(),)
    return ("",) if start and at < start - STAMP_MARGIN else texts


def _possible_snapshots(
    session_key: str, at: datetime, circumstances: _Circumstances
) -> Iterator[Snapshot]:
    """Every answer that PAVE may have given at the moment, with only what the policy looks at."""
    for status, delivery, start, with_text_message in product(
        circumstances.statuses,
        circumstances.deliveries,
        circumstances.starts,
        circumstances.with_text_message,
    ):
        sms: dict[str, Any] = {"to": "shown"} if with_text_message else {}
        if delivery:
            sms["delivery_status"] = delivery
        document = {
            "session_key": session_key,
            "status": status,
            "inspect_started_at": start,
            "options": {"sms": sms},
        }
        yield Snapshot(session_key, document, at)


def _text_message_shown(known: Mapping[str, KnownValue]) -> tuple[bool, ...]:
    """Whether PAVE showed a text message, which its values tell; both where none is known.

    An erased value, None, was a value.
    """
    texts = [
        text
        for key, value in known.items()
        if CATALOGUE[key].section == SMS
        for text in value.texts
    ]
    return (any(text != "" for text in texts),) if texts else (True, False)


def _verdicts(spec: FieldSpec, situations: Sequence[Situation]) -> list[Verdict]:
    """The different verdicts of the policy on a field, one for each reason."""
    by_reason: dict[Reason | None, Verdict] = {}
    for situation in situations:
        judged = verdict(spec, situation)
        by_reason.setdefault(judged.reason, judged)
    return list(by_reason.values())
