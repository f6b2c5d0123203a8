"""Writing the record. Nothing else in the house inserts an audit entry.

Every function is called inside the transaction of the transition that it records, never across
a call to PAVE. Personal values stand beside the entries, under salted commitments.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Required, TypedDict, Unpack
from uuid import UUID

from sessions_ui.domain.actor import Actor
from sessions_ui.domain.rules.edit_reasons import ReasonGiven
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.models import AuditEntry, Kind

from .body import (
    FREE,
    Changes,
    Results,
    change_sides,
    hidden_values,
    payload_proof,
    result_sides,
    told,
    why_columns,
)
from .index_terms import (
    OUTCOME,
    change_terms,
    held_terms,
    name_terms,
    status_term,
    word_terms,
)
from .insert import PersonalValues, entry_insert
from .storing import RelatedRows

UPDATE = "session.update"


def record_intent(
    *,
    actor: Actor,
    session_key: str,
    session_label: str,
    changes: Changes,
    reason: ReasonGiven,
    status: str,
    base_version: str,
    op_key: UUID,
    known: Iterable[str] = (),
    detail: Mapping[str, object] | None = None,
) -> AuditEntry:
    """An edit is about to be tried. Its id is the number of the edit. ``known``: the session's
    personal texts of that moment (`masking.personal_texts`), to be kept out of the note;
    ``detail``: which edit it takes back (`reverting.revert_detail`)."""
    vault = PersonalValues()
    body = change_sides(changes, vault)
    hidden = hidden_values(bool(reason.note or reason.ticket), session_key, {*vault.values, *known})
    why = why_columns(reason, hidden)
    tokens = {(OUTCOME, Outcome.PENDING), *status_term(status), *change_terms(changes)}
    tokens |= word_terms(why.get("reason_note", ""), why.get("ticket", ""))
    return entry_insert(
        kind=Kind.INTENT,
        body=body,
        detail=detail or {},
        action=UPDATE,
        session_key=session_key,
        session_label=session_label,
        status=status,
        base_version=base_version,
        op_key=op_key,
        beside=RelatedRows(vault.rows, tokens),
        **_who(actor),
        **why,
    )


def record_sent(
    *,
    intent_id: int,
    actor: Actor,
    session_key: str,
    changes: Changes,
    base_version: str,
    status: str,
    payload_sha256: str,
    request_id: str,
) -> AuditEntry:
    """The first byte is about to leave. ``changes`` are the ones that PAVE is sent, over its own
    values of that moment; ``request_id`` is the one that PAVE is told."""
    vault = PersonalValues()
    return entry_insert(
        kind=Kind.SENT,
        op=intent_id,
        body=change_sides(changes, vault),
        detail={**payload_proof(changes, payload_sha256), "pave_request_id": request_id},
        action=UPDATE,
        session_key=session_key,
        status=status,
        base_version=base_version,
        beside=RelatedRows(vault.rows, {*status_term(status), *change_terms(changes)}),
        **_who(actor),
    )


class Ending(TypedDict, total=False):
    """What is told of an edit's end. ``results`` may be empty; ``detail`` is JSON; ``known`` are
    the session's personal texts, to be kept out of PAVE's words and of a note in the detail."""

    intent_id: Required[int]
    actor: Required[Actor]
    session_key: Required[str]
    outcome: Required[Outcome | str]
    results: Required[Results]
    http_status: int | None
    error_code: str
    duration_ms: int | None
    new_version: str
    status: str
    detail: Mapping[str, object]
    known: Iterable[str]


def record_outcome(**ending: Unpack[Ending]) -> AuditEntry:
    """What became of an edit by PAVE's answer, or by what stopped it. Once an edit: a second one
    raises IntegrityError."""
    return _ended(Kind.OUTCOME, ending)


def record_resolution(**ending: Unpack[Ending]) -> AuditEntry:
    """What reading PAVE back said of an edit; may come more than once, the latest counts."""
    return _ended(Kind.RESOLUTION, ending)


def record_refusal(
    *,
    actor: Actor,
    session_key: str,
    session_label: str,
    changes: Changes,
    status: str,
    detail: Mapping[str, object],
    outcome: Outcome | str = Outcome.REFUSED_BY_POLICY,
    reason: ReasonGiven | None = None,
    error_code: str = "",
    known: Iterable[str] = (),
) -> AuditEntry:
    """Something was asked for and refused before it became an edit. ``known`` as of an intent."""
    vault = PersonalValues()
    body = change_sides(changes, vault)
    free = bool(FREE & detail.keys() or reason and (reason.note or reason.ticket))
    hidden = hidden_values(free, session_key, {*vault.values, *known})
    why = why_columns(reason, hidden)
    tokens = {(OUTCOME, Outcome(outcome)), *status_term(status), *change_terms(changes)}
    tokens |= name_terms(detail)
    tokens |= word_terms(why.get("reason_note", ""), why.get("ticket", ""))
    return entry_insert(
        kind=Kind.REFUSAL,
        body=body,
        detail=told(detail, hidden),
        action=UPDATE,
        session_key=session_key,
        session_label=session_label,
        status=status,
        outcome=Outcome(outcome).value,
        error_code=error_code,
        beside=RelatedRows(vault.rows, tokens),
        **_who(actor),
        **why,
    )


def record_access(
    *,
    actor: Actor,
    action: str,
    session_key: str = "",
    detail: Mapping[str, object] | None = None,
) -> AuditEntry:
    """Someone read or took out what is personal or the audit itself. ``detail`` is without
    personal values."""
    return entry_insert(
        kind=Kind.ACCESS,
        body={},
        detail=told(detail or {}, ()),
        action=action,
        session_key=session_key,
        **_who(actor),
    )


def record_note(
    *,
    actor: Actor,
    action: str,
    about: int | None,
    session_key: str = "",
    detail: Mapping[str, object] | None = None,
) -> AuditEntry:
    """Something is said or done about an edit: ``about`` is the id of its first entry, in whose
    story the note then stands; None: it stands by itself. Free text is ``note`` in the detail."""
    facts = detail or {}
    hidden = hidden_values(bool(FREE & facts.keys()), session_key, set(), about)
    return entry_insert(
        kind=Kind.NOTE,
        op=about,
        body={},
        detail=told(facts, hidden),
        action=action,
        session_key=session_key,
        **_who(actor),
    )


def _ended(kind: Kind, ending: Ending) -> AuditEntry:
    columns: dict[str, Any] = dict(ending)
    intent_id, results = columns.pop("intent_id"), columns.pop("results")
    detail: Mapping[str, object] = columns.pop("detail", {})
    outcome = Outcome(ending["outcome"])
    columns["outcome"] = outcome.value
    vault = PersonalValues()
    body = result_sides(results, vault)
    known = {*vault.values, *columns.pop("known", ())}
    hidden = hidden_values(bool(FREE & detail.keys()), ending["session_key"], known, intent_id)
    stale = [(OUTCOME, known) for known in Outcome if known is not outcome]
    return entry_insert(
        kind=kind,
        op=intent_id,
        body=body,
        detail=told(detail, hidden),
        action=UPDATE,
        beside=RelatedRows(vault.rows, {(OUTCOME, outcome), *held_terms(results)}, stale),
        **_who(columns.pop("actor")),
        **columns,
    )


def _who(actor: Actor) -> dict[str, Any]:
    row = dict(vars(actor))
    return {f"actor_{name}": row.pop(name) for name in ("id", "label", "role")} | row
