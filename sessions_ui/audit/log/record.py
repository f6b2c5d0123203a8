"""Record the steps of an edit, refusals, accesses and notes. Only this module inserts entries.

Call every function inside the transaction of the transition that it records, never across a call
to PAVE. Personal values are stored beside the entries, under salted commitments.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sessions_ui.domain.actor import Actor
from sessions_ui.domain.rules.edit_reasons import ReasonGiven
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.models import AuditEntry, Kind

from .body import (
    FREE_TEXT_KEYS,
    Changes,
    Results,
    change_body,
    payload_hash,
    reason_columns,
    result_body,
    scrub_detail,
    stored_personal_values,
)
from .index_terms import (
    OUTCOME,
    change_terms,
    field_name_terms,
    reason_terms,
    result_terms,
    status_terms,
)
from .insert import PersonalValues, RelatedRows, insert_entry

UPDATE = "session.update"
RECORD_AGAIN_AFTER = timedelta(hours=1)
"""An access that is repeated within this time is the same access, and recorded once."""
NO_DETAIL: Mapping[str, object] = {}


@dataclass(frozen=True, kw_only=True)
class ChangeRequest:
    """A change of a session that somebody asks for, against PAVE's ``status`` and ``base_version``.

    ``personal_texts`` are the session's personal values at that moment
    (`masking.personal_texts`), to be kept out of free text.
    """

    actor: Actor
    session_key: str
    changes: Changes
    session_label: str = ""
    status: str = ""
    base_version: str = ""
    reason: ReasonGiven | None = None
    personal_texts: Iterable[str] = ()


@dataclass(frozen=True, kw_only=True)
class EditEnd:
    """How an edit ended: its outcome, the result of each field, and what PAVE answered.

    ``detail`` is JSON; ``personal_texts`` as of a `ChangeRequest`.
    """

    edit_id: int
    actor: Actor
    session_key: str
    outcome: Outcome
    results: Results = field(default_factory=dict)
    http_status: int | None = None
    error_code: str = ""
    duration_ms: int | None = None
    new_version: str = ""
    status: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)
    personal_texts: Iterable[str] = ()


def record_intent(
    request: ChangeRequest, *, op_key: UUID, detail: Mapping[str, object] = NO_DETAIL
) -> AuditEntry:
    """Record that an edit is about to be tried. The entry's id is the number of the edit;
    ``detail`` says which edit it takes back (`reverts.revert_detail`)."""
    return _insert_request(Kind.INTENT, Outcome.PENDING, request, detail, op_key=op_key)


def record_refusal(
    request: ChangeRequest, *, detail: Mapping[str, object], error_code: str = ""
) -> AuditEntry:
    """Record that our rules refused a change before it became an edit."""
    refused = Outcome.REFUSED_BY_POLICY
    columns = {"outcome": refused.value, "error_code": error_code}
    return _insert_request(Kind.REFUSAL, refused, request, detail, **columns)


def record_sent(
    request: ChangeRequest, *, edit_id: int, payload_sha256: str, request_id: str
) -> AuditEntry:
    """Record that the first byte of an edit is about to leave. The changes are against PAVE's own
    values at that moment; ``request_id`` goes to PAVE as X-Request-ID."""
    personal = PersonalValues()
    body = change_body(request.changes, personal)
    terms = {*status_terms(request.status), *change_terms(request.changes)}
    return insert_entry(
        kind=Kind.SENT,
        op=edit_id,
        body=body,
        detail={**payload_hash(request.changes, payload_sha256), "pave_request_id": request_id},
        action=UPDATE,
        session_key=request.session_key,
        status=request.status,
        base_version=request.base_version,
        related=RelatedRows(personal.rows, terms),
        **_actor_columns(request.actor),
    )


def record_outcome(end: EditEnd) -> AuditEntry:
    """Record how PAVE answered an edit, or what stopped it. An edit has one outcome: a second one
    raises IntegrityError."""
    return _insert_end(Kind.OUTCOME, end)


def record_resolution(end: EditEnd) -> AuditEntry:
    """Record what reading PAVE back showed of an edit. There may be several; the latest counts."""
    return _insert_end(Kind.RESOLUTION, end)


def record_access(
    *,
    actor: Actor,
    action: str,
    session_key: str = "",
    detail: Mapping[str, object] = NO_DETAIL,
) -> AuditEntry:
    """Record that somebody read or exported personal values or the audit itself. ``detail`` must
    hold nothing personal."""
    return insert_entry(
        kind=Kind.ACCESS,
        body={},
        detail=scrub_detail(detail, ()),
        action=action,
        session_key=session_key,
        **_actor_columns(actor),
    )


def record_note(
    *,
    actor: Actor,
    action: str,
    about: int | None,
    session_key: str = "",
    detail: Mapping[str, object] = NO_DETAIL,
) -> AuditEntry:
    """Record what somebody wrote or did about an edit (``about``: its id), among whose steps it is
    shown, or about none. Free text is ``note`` in the detail."""
    hidden = stored_personal_values(session_key, about) if _has_free_text(detail) else set()
    return insert_entry(
        kind=Kind.NOTE,
        op=about,
        body={},
        detail=scrub_detail(detail, hidden),
        action=action,
        session_key=session_key,
        **_actor_columns(actor),
    )


def _insert_request(
    kind: Kind,
    indexed_outcome: Outcome,
    request: ChangeRequest,
    detail: Mapping[str, object],
    **columns: Any,
) -> AuditEntry:
    personal = PersonalValues()
    body = change_body(request.changes, personal)
    hidden = {*personal.values, *request.personal_texts}
    if _has_free_text(detail, request.reason):
        hidden |= stored_personal_values(request.session_key)
    reason = reason_columns(request.reason, hidden)
    terms = {(OUTCOME, indexed_outcome), *status_terms(request.status)}
    terms |= change_terms(request.changes) | field_name_terms(detail)
    terms |= reason_terms(reason.get("reason_note", ""), reason.get("ticket", ""))
    return insert_entry(
        kind=kind,
        body=body,
        detail=scrub_detail(detail, hidden),
        action=UPDATE,
        session_key=request.session_key,
        session_label=request.session_label,
        status=request.status,
        base_version=request.base_version,
        related=RelatedRows(personal.rows, terms),
        **_actor_columns(request.actor),
        **reason,
        **columns,
    )


def _insert_end(kind: Kind, end: EditEnd) -> AuditEntry:
    personal = PersonalValues()
    body = result_body(end.results, personal)
    hidden = {*personal.values, *end.personal_texts}
    if _has_free_text(end.detail):
        hidden |= stored_personal_values(end.session_key, end.edit_id)
    # The index knows an edit by its latest outcome only.
    stale = [(OUTCOME, outcome) for outcome in Outcome if outcome is not end.outcome]
    terms = {(OUTCOME, end.outcome), *result_terms(end.results)}
    return insert_entry(
        kind=kind,
        op=end.edit_id,
        body=body,
        detail=scrub_detail(end.detail, hidden),
        action=UPDATE,
        session_key=end.session_key,
        outcome=end.outcome.value,
        http_status=end.http_status,
        error_code=end.error_code,
        duration_ms=end.duration_ms,
        new_version=end.new_version,
        status=end.status,
        related=RelatedRows(personal.rows, terms, stale),
        **_actor_columns(end.actor),
    )


def _has_free_text(detail: Mapping[str, object], reason: ReasonGiven | None = None) -> bool:
    """Whether text goes into the entry that must be scrubbed; else nothing is looked up for it."""
    return bool(FREE_TEXT_KEYS & detail.keys() or (reason and (reason.note or reason.ticket)))


def _actor_columns(actor: Actor) -> dict[str, Any]:
    columns = dict(vars(actor))
    return {f"actor_{name}": columns.pop(name) for name in ("id", "label", "role")} | columns
