"""Move an edit from state to state: a guarded UPDATE and its audit entry, in one transaction.

Optimistic lock: if the UPDATE matches no row, another process moved the edit first, and the caller
must stop.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypedDict, Unpack

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from sessions_ui.audit.log.record import (
    ChangeRequest,
    EditEnd,
    record_outcome,
    record_resolution,
    record_sent,
)
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.rules.outcomes import FieldResult, Outcome, State
from sessions_ui.domain.snapshot import Snapshot
from sessions_ui.models import AuditEntry, Edit

Results = Mapping[str, tuple[FieldResult, str]]
"""By field key: the result, and the value that PAVE holds."""


class EndFacts(TypedDict, total=False):
    """What the audit records of an end, besides its outcome and the results of its fields."""

    status: str
    http_status: int | None
    error_code: str
    duration_ms: int | None
    new_version: str
    detail: Mapping[str, object]
    personal_texts: Iterable[str]


def lease_period() -> timedelta:
    """Return how long an edit may stay in one state before others may take it for abandoned."""
    return timedelta(seconds=settings.PAVE_LEASE_SECONDS)


def pave_request_id(edit: Edit) -> str:
    """Return the X-Request-ID of the edit's PUT: the number of its entry and the attempt."""
    return f"{edit.entry_id}-{edit.attempt}"


def sent_at(edit: Edit) -> datetime:
    """Return when the edit was recorded as sent. Raises ValueError for one that was not sent."""
    if edit.sent_at is None:
        raise ValueError(f"{edit} was not sent")
    return edit.sent_at


def move_to_sent(
    edit: Edit, *, actor: Actor, base: Snapshot, changes: Mapping[str, tuple[str, str]], sha256: str
) -> bool:
    """Move from intent to sent, durably, before the first byte leaves. False: do not send.

    ``changes`` are the values before and the values sent, by field key; ``sha256`` is of the
    payload's bytes.
    """
    return _move(
        edit,
        {State.INTENT},
        State.SENT,
        lambda: record_sent(
            ChangeRequest(
                actor=actor,
                session_key=edit.session_key,
                changes=changes,
                status=base.raw_status,
                base_version=base.updated_at,
            ),
            edit_id=edit.entry_id,
            payload_sha256=sha256,
            request_id=pave_request_id(edit),
        ),
        lambda now: {
            "changes": {key: list(pair) for key, pair in changes.items()},
            "base_version": base.updated_at,
            "sent_at": now,
            "lease_until": now + lease_period(),
        },
    )


def move_to_outcome(
    edit: Edit,
    outcome: Outcome,
    *,
    actor: Actor,
    allowed: Collection[str],
    results: Results | None = None,
    **facts: Unpack[EndFacts],
) -> bool:
    """Move to the outcome that PAVE's answer, or its absence, gives. An edit has one such entry.

    `unknown` keeps the session's slot. False: another process moved the edit out of the
    ``allowed`` states first.
    """
    end = _edit_end(edit, outcome, actor, results, facts)
    return _move_to_end(edit, allowed, end, record_outcome)


def move_to_resolution(
    edit: Edit,
    outcome: Outcome,
    *,
    actor: Actor,
    allowed: Collection[str] = (State.UNKNOWN,),
    results: Results | None = None,
    **facts: Unpack[EndFacts],
) -> bool:
    """Move to the outcome that a later read, or a person, gives. False: another process moved the
    edit out of the ``allowed`` states first."""
    end = _edit_end(edit, outcome, actor, results, facts)
    return _move_to_end(edit, allowed, end, record_resolution)


def _edit_end(
    edit: Edit, outcome: Outcome, actor: Actor, results: Results | None, facts: EndFacts
) -> EditEnd:
    return EditEnd(
        edit_id=edit.entry_id,
        actor=actor,
        session_key=edit.session_key,
        outcome=outcome,
        results=results or {},
        **facts,
    )


def _move_to_end(
    edit: Edit,
    allowed: Collection[str],
    end: EditEnd,
    record: Callable[[EditEnd], AuditEntry],
) -> bool:
    columns = _end_columns(end.outcome)
    return _move(edit, allowed, end.outcome.value, lambda: record(end), lambda _: columns)


def _end_columns(outcome: Outcome) -> dict[str, object]:
    """Return when the edit was settled, and, where PAVE may still apply it, when to look again."""
    if outcome is Outcome.UNKNOWN:
        return {}
    now, looks = timezone.now(), settings.PAVE_SECOND_LOOKS
    again = outcome is Outcome.NOT_IN_EFFECT and looks
    return {
        "settled_at": now,
        "next_look_at": now + timedelta(seconds=looks[0]) if again else None,
    }


def _move(
    edit: Edit,
    allowed: Collection[str],
    state: str,
    record: Callable[[], AuditEntry],
    columns_at: Callable[[datetime], dict[str, object]],
) -> bool:
    """Move the edit if it is still in one of the ``allowed`` states, and call ``record``.

    ``columns_at`` gives the other columns to set, for a time that is taken inside the transaction:
    the wait for the database must not count as time since the move.
    """
    with transaction.atomic():
        columns = {"state": state, **columns_at(timezone.now())}
        moved = Edit.objects.filter(pk=edit.pk, state__in=allowed).update(**columns)
        if moved:
            record()
    if moved:
        for name, value in columns.items():
            setattr(edit, name, value)
    return bool(moved)
