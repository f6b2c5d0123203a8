"""How an edit moves from state to state: a guarded update and its audit entry, in one transaction.

The guard is the fence: when it changes no row, somebody else has decided, and the caller stops.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from sessions_ui.audit.log.record import record_outcome, record_resolution, record_sent
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.rules.outcomes import FieldResult, Outcome, State
from sessions_ui.domain.snapshot import Snapshot
from sessions_ui.models import AuditEntry, Edit

Results = Mapping[str, tuple[FieldResult, str]]


def lease_period() -> timedelta:
    """How long an edit may stay in one state before others may take it for abandoned."""
    return timedelta(seconds=settings.PAVE_LEASE_SECONDS)


def _move(
    edit: Edit,
    allowed: Collection[str],
    state: str,
    record: Callable[[], AuditEntry],
    stamped: Callable[[datetime], dict[str, object]] = lambda _: {},
    **fields: object,
) -> bool:
    with transaction.atomic():
        # The clock is read here: the wait for the database must not count as time since then.
        fields |= stamped(timezone.now())
        moved = Edit.objects.filter(pk=edit.pk, state__in=allowed).update(state=state, **fields)
        if moved:
            record()
    if moved:
        for name, value in {"state": state, **fields}.items():
            setattr(edit, name, value)
    return bool(moved)


def move_to_sent(
    edit: Edit, *, actor: Actor, base: Snapshot, changes: Mapping[str, tuple[str, str]], sha256: str
) -> bool:
    """intent → sent, durable before the first byte leaves. False: do not send."""
    return _move(
        edit,
        {State.INTENT},
        State.SENT,
        lambda: record_sent(
            intent_id=edit.entry_id,
            actor=actor,
            session_key=edit.session_key,
            changes=changes,
            base_version=base.updated_at,
            status=base.raw_status,
            payload_sha256=sha256,
            request_id=request_id(edit),
        ),
        lambda now: {"sent_at": now, "lease_until": now + lease_period()},
        changes={key: list(pair) for key, pair in changes.items()},
        base_version=base.updated_at,
    )


def move_to_outcome(
    edit: Edit,
    outcome: Outcome,
    *,
    actor: Actor,
    allowed: Collection[State],
    results: Results | None = None,
    **facts: object,
) -> bool:
    """To an outcome by the answer itself (or `unknown`, which keeps the slot). False: overtaken.

    ``facts`` go to the audit: status, http_status, error_code, duration_ms, new_version, detail.
    """
    return _end(record_outcome, edit, outcome, allowed, actor=actor, results=results, **facts)


def move_to_resolution(
    edit: Edit,
    outcome: Outcome,
    *,
    actor: Actor,
    allowed: Collection[str] = (State.UNKNOWN,),
    results: Results | None = None,
    **facts: object,
) -> bool:
    """To an outcome by reading back, or by a person's word. False: somebody else was first."""
    return _end(record_resolution, edit, outcome, allowed, actor=actor, results=results, **facts)


def _end(
    record: Callable[..., AuditEntry],
    edit: Edit,
    outcome: Outcome,
    allowed: Collection[str],
    *,
    actor: Actor,
    results: Results | None,
    **facts: object,
) -> bool:
    return _move(
        edit,
        allowed,
        outcome.value,
        lambda: record(
            intent_id=edit.entry_id,
            actor=actor,
            session_key=edit.session_key,
            outcome=outcome,
            results=results or {},
            **facts,
        ),
        **_settled(outcome),
    )


def _settled(outcome: Outcome) -> dict[str, object]:
    """When it was settled, and, where PAVE may still apply it, when to look again."""
    if outcome is Outcome.UNKNOWN:
        return {}
    now, looks = timezone.now(), settings.PAVE_SECOND_LOOKS
    again = outcome is Outcome.NOT_IN_EFFECT and looks
    return {
        "settled_at": now,
        "next_look_at": now + timedelta(seconds=looks[0]) if again else None,
    }


def request_id(edit: Edit) -> str:
    """What PAVE is told in X-Request-ID: the entry and the attempt."""
    return f"{edit.entry_id}-{edit.attempt}"
