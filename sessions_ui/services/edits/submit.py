"""One edit: reviewed against a fresh read, recorded, sent once, and judged by PAVE's own answer.

The order is the promise: reserve (intent) → read → compare and policy → sent (durable) → PUT →
outcome. No database transaction is ever open during a call to PAVE.
"""

import hashlib
import logging
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, IntegrityError, InterfaceError, transaction
from django.utils import timezone

from sessions_ui.audit.entries.reverts import revert_detail, reverts_still
from sessions_ui.audit.log.record import record_intent
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.rules.edit_reasons import ReasonGiven
from sessions_ui.domain.rules.outcomes import Outcome, State
from sessions_ui.domain.snapshot import payload
from sessions_ui.domain.values.masking import personal_texts
from sessions_ui.models import Edit
from sessions_ui.pave.client import body_bytes
from sessions_ui.pave.errors import PaveError, PaveNotFound
from sessions_ui.services.sessions.pave_reads import pave_client, read_snapshot

from .drafts import remove_sent_fields, save_form_draft
from .evaluate import evaluate_response, fault_detail
from .form_data import FormData, sent_text
from .form_state import Decision, FormState, form_state_of
from .form_token import FormToken, digest_of
from .prepare import review_edit
from .settle import find_open_edit, settle_edit, wait_for_slot
from .transitions import lease_period, move_to_outcome, move_to_sent, request_id

logger = logging.getLogger(__name__)

PAGE_BUDGET = timedelta(seconds=25)
"""How long a page may take: longer than a PUT's deadline, shorter than the server waits."""

_STOPS = {
    Decision.UNREADABLE: (Outcome.WITHDRAWN, "unreadable"),
    Decision.CONFLICT: (Outcome.WITHDRAWN, "conflict"),
    Decision.NOTHING: (Outcome.WITHDRAWN, "nothing_to_change"),
    Decision.LOCKED: (Outcome.REFUSED_BY_POLICY, "locked"),
}


@dataclass(frozen=True, slots=True)
class SubmitResult:
    """What a send came to: the edit whose page to show, or a sheet to draw again and why."""

    edit: Edit | None = None
    form_state: FormState | None = None
    code: str = ""


def submit_edit(
    *, actor: Actor, session_key: str, seen: FormToken, posted: FormData, reason: ReasonGiven
) -> SubmitResult:
    """Send one reviewed edit to PAVE, at most once per nonce.

    ``seen`` is a review's copy that binds ``posted``. Gives the edit once PAVE was called (or was
    called for this nonce before), else the sheet to draw again. Raises PaveKeyError.
    """
    find_open_edit(session_key)
    edit = _reserve(actor, session_key, seen, posted, reason)
    if edit is None:
        first = edit_by_nonce(seen.nonce)
        return _again(first, posted) if first else _busy(actor, session_key, seen, posted)
    try:
        snapshot = read_snapshot(session_key)
    except PaveError as fault:
        return _unreadable(actor, edit, seen, posted, fault)
    form_state = form_state_of(
        session_key=session_key,
        snapshot=snapshot,
        may_edit=True,
        seen=seen.texts,
        typed=posted.typed,
        reverts=posted.reverts,
    )
    if form_state.refused or form_state.decision is not Decision.CHANGES:
        decision = Decision.LOCKED if form_state.refused else form_state.decision
        return _stop(actor, edit, form_state, posted, decision)
    return _send(actor, edit, form_state, posted)


def edit_by_nonce(nonce: str) -> Edit | None:
    """The edit that used this form's nonce."""
    return Edit.objects.filter(nonce=nonce).first()


def _reserve(
    actor: Actor, session_key: str, seen: FormToken, posted: FormData, reason: ReasonGiven
) -> Edit | None:
    """Intent and slot in one commit, before anything is read. None: nonce used, or slot taken."""
    changes = {
        key: (seen.texts.get(key, ""), sent_text(key, text)) for key, text in posted.typed.items()
    }
    try:
        with transaction.atomic():
            now = wait_for_slot(session_key)  # behind every wait: none is part of the lease
            entry = record_intent(
                actor=actor,
                session_key=session_key,
                session_label="",
                changes=changes,
                reason=reason,
                status="",
                base_version="",
                op_key=uuid.uuid4(),
                known=personal_texts(seen.texts),
                detail=revert_detail(reverts_still(posted.reverts, posted.typed)),
            )
            return Edit.objects.create(
                entry_id=entry.id,
                session_key=session_key,
                actor_id=actor.id,
                actor_label=actor.label,
                nonce=seen.nonce,
                values_digest=digest_of(posted.inputs),
                state=State.INTENT,
                changes={key: list(pair) for key, pair in changes.items()},
                created_at=now,
                lease_until=now + lease_period(),
            )
    except IntegrityError:
        return None


def _again(first: Edit, posted: FormData) -> SubmitResult:
    same = first.values_digest == digest_of(posted.inputs)
    return SubmitResult(edit=first) if same else SubmitResult(code="nonce_used")


def _busy(actor: Actor, session_key: str, seen: FormToken, posted: FormData) -> SubmitResult:
    """Another edit held the slot; by now it may be settled, and the page says which. Or this very
    form has it: the other press of a double click came through while PAVE was read. It still may
    behind this look, so the page speaks of its own press alone."""
    form_state = review_edit(actor=actor, session_key=session_key, seen=seen, posted=posted)
    if first := edit_by_nonce(seen.nonce):
        return _again(first, posted)
    save_form_draft(actor, form_state, posted, nonce=seen.nonce)
    return SubmitResult(form_state=form_state, code="busy" if form_state.pending else "came_second")


def _unreadable(
    actor: Actor, edit: Edit, seen: FormToken, posted: FormData, fault: PaveError
) -> SubmitResult:
    code = "not_found" if isinstance(fault, PaveNotFound) else "unreadable"
    known = personal_texts(seen.texts)
    _withdraw(actor, edit, Outcome.WITHDRAWN, code, detail=fault_detail(fault), known=known)
    form_state = form_state_of(
        session_key=edit.session_key,
        snapshot=None,
        may_edit=True,
        seen=seen.texts,
        typed=posted.typed,
        fault=fault,
        reverts=posted.reverts,
    )
    save_form_draft(actor, form_state, posted, nonce=edit.nonce)
    return SubmitResult(form_state=form_state, code=code)


def _stop(
    actor: Actor, edit: Edit, form_state: FormState, posted: FormData, decision: Decision
) -> SubmitResult:
    outcome, code = _STOPS[decision]
    locks = {key: str(form_state.verdicts[key].reason) for key in form_state.refused}
    _withdraw(
        actor, edit, outcome, code, status=form_state.snapshot.raw_status, detail={"locks": locks}
    )
    save_form_draft(actor, form_state, posted, nonce=edit.nonce)
    return SubmitResult(form_state=form_state, code=code)


def _withdraw(actor: Actor, edit: Edit, outcome: Outcome, code: str, **facts: object) -> None:
    move_to_outcome(edit, outcome, actor=actor, allowed={State.INTENT}, error_code=code, **facts)


def _send(actor: Actor, edit: Edit, form_state: FormState, posted: FormData) -> SubmitResult:
    changes = {key: (one.now, sent_text(key, one.mine)) for key, one in form_state.changes.items()}
    body = payload({key: wanted for key, (_, wanted) in changes.items()})
    sha256 = hashlib.sha256(body_bytes(body)).hexdigest()
    if not move_to_sent(
        edit, actor=actor, base=form_state.snapshot, changes=changes, sha256=sha256
    ):
        return SubmitResult(edit=edit_by_nonce(edit.nonce))
    try:
        answer = pave_client().session_update(edit.session_key, body, request_id=request_id(edit))
    except PaveError as fault:
        answer = fault
    try:
        evaluate_response(actor, edit, form_state.snapshot, answer)
        _look_back(edit)
        _tidy(actor, edit, form_state, posted)
    except (DatabaseError, InterfaceError):
        # It stays `sent`: when its lease is over it is read back like any edit without an answer.
        logger.error("outcome not recorded", extra={"edit_id": edit.entry_id}, exc_info=True)
    return SubmitResult(edit=edit)


def _look_back(edit: Edit) -> None:
    """An unknown edit is read back at once: an answer that got lost needs no more than that."""
    with suppress(PaveError):  # then the page, or `reconcile`, looks again
        if edit.state == State.UNKNOWN and _has_time(edit):
            settle_edit(edit, read_snapshot(edit.session_key))


def _has_time(edit: Edit) -> bool:
    """Whether one more read, however slow, still fits into what a page may take."""
    ended = timezone.now() + timedelta(seconds=settings.PAVE.get_deadline)
    return ended <= edit.created_at + PAGE_BUDGET


def _tidy(actor: Actor, edit: Edit, form_state: FormState, posted: FormData) -> None:
    """What is not in effect is kept for its author; what is, or may be, needs no draft."""
    if edit.state in (Outcome.NOT_SENT, Outcome.REFUSED, Outcome.NOT_IN_EFFECT):
        save_form_draft(actor, form_state, posted, nonce=edit.nonce)
    else:
        remove_sent_fields(
            actor_id=actor.id, session_key=edit.session_key, nonce=edit.nonce, keys=edit.changes
        )
