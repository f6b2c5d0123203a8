"""Submit a reviewed edit: reserve the session's slot, compare with a fresh read, and send.

The order is what makes an edit safe: reserve (intent) → read → compare and policy → sent (durable)
→ PUT → outcome. No database transaction is ever open during a call to PAVE.
"""

import uuid

from django.db import IntegrityError, transaction

from sessions_ui.audit.entries.reverts import confirm_reverted_edit, revert_detail
from sessions_ui.audit.log.record import ChangeRequest, record_intent
from sessions_ui.domain.rules.outcomes import Outcome, State
from sessions_ui.domain.snapshot import Snapshot
from sessions_ui.domain.values.masking import personal_texts
from sessions_ui.models import Edit
from sessions_ui.pave.errors import PaveError, PaveNotFound
from sessions_ui.services.sessions.pave_reads import read_snapshot

from .evaluate_response import fault_detail
from .form_data import sent_text
from .form_state import Decision, FormState, SessionRead, form_state_of
from .form_token import digest_of
from .review import review_edit
from .send import send_edit
from .settle import find_open_edit, wait_for_slot
from .submission import Submission, SubmitResult, edit_by_nonce, save_submission_draft
from .transitions import lease_period, move_to_outcome

_STOPS = {
    Decision.UNREADABLE: (Outcome.WITHDRAWN, "unreadable"),
    Decision.CONFLICT: (Outcome.WITHDRAWN, "conflict"),
    Decision.NOTHING: (Outcome.WITHDRAWN, "nothing_to_change"),
    Decision.LOCKED: (Outcome.REFUSED_BY_POLICY, "locked"),
}


def submit_edit(submission: Submission) -> SubmitResult:
    """Send one reviewed edit to PAVE, at most once per nonce.

    The result has the edit if PAVE was called, now or earlier for the same nonce; else the form to
    show again. Raises PaveKeyError.
    """
    session_key = submission.session_key
    find_open_edit(session_key)  # releases an expired lease, which would hold the slot
    edit = _reserve(submission)
    if edit is None:
        first = edit_by_nonce(submission.token.nonce)
        return _repeated(first, submission) if first else _slot_taken(submission)
    try:
        snapshot = read_snapshot(session_key)
    except PaveError as fault:
        return _unreadable(edit, submission, fault)
    form_state = _form_state(submission, SessionRead(snapshot))
    decision = Decision.LOCKED if form_state.refused else form_state.decision
    if decision is not Decision.CHANGES:
        return _stop(edit, submission, snapshot, form_state, decision)
    return SubmitResult(edit=send_edit(edit, submission, snapshot, form_state))


def _reserve(submission: Submission) -> Edit | None:
    """Commit intent and slot together, before anything is read. None: nonce used or slot taken."""
    actor, token, form_data = submission.actor, submission.token, submission.form_data
    changes = {
        key: (token.texts.get(key, ""), sent_text(key, text))
        for key, text in form_data.typed.items()
    }
    try:
        with transaction.atomic():
            now = wait_for_slot(submission.session_key)  # the wait is no part of the lease
            entry = record_intent(
                ChangeRequest(
                    actor=actor,
                    session_key=submission.session_key,
                    changes=changes,
                    reason=submission.reason,
                    personal_texts=personal_texts(token.texts),
                ),
                op_key=uuid.uuid4(),
                detail=revert_detail(confirm_reverted_edit(form_data.reverts, form_data.typed)),
            )
            return Edit.objects.create(
                entry_id=entry.id,
                session_key=submission.session_key,
                actor_id=actor.person_id,
                actor_label=actor.label,
                nonce=token.nonce,
                values_digest=digest_of(form_data.inputs),
                state=State.INTENT,
                changes={key: list(pair) for key, pair in changes.items()},
                created_at=now,
                lease_until=now + lease_period(),
            )
    except IntegrityError:
        return None


def _form_state(submission: Submission, read: SessionRead) -> FormState:
    return form_state_of(
        submission.session_key, read, token=submission.token, form_data=submission.form_data
    )


def _repeated(first: Edit, submission: Submission) -> SubmitResult:
    """Give the edit that used the nonce, if it sent the same values."""
    same = first.values_digest == digest_of(submission.form_data.inputs)
    return SubmitResult(edit=first) if same else SubmitResult(code="nonce_used")


def _slot_taken(submission: Submission) -> SubmitResult:
    # Another edit held the slot. It may be settled now, or be the other half of a double click, so
    # describe only this request.
    form_state = review_edit(
        actor=submission.actor,
        session_key=submission.session_key,
        token=submission.token,
        form_data=submission.form_data,
    )
    if first := edit_by_nonce(submission.token.nonce):
        return _repeated(first, submission)
    save_submission_draft(submission, form_state)
    return SubmitResult(form_state=form_state, code="busy" if form_state.pending else "came_second")


def _unreadable(edit: Edit, submission: Submission, fault: PaveError) -> SubmitResult:
    code = "not_found" if isinstance(fault, PaveNotFound) else "unreadable"
    move_to_outcome(
        edit,
        Outcome.WITHDRAWN,
        actor=submission.actor,
        allowed={State.INTENT},
        error_code=code,
        detail=fault_detail(fault),
        personal_texts=personal_texts(submission.token.texts),
    )
    form_state = _form_state(submission, SessionRead(fault=fault))
    save_submission_draft(submission, form_state)
    return SubmitResult(form_state=form_state, code=code)


def _stop(
    edit: Edit,
    submission: Submission,
    snapshot: Snapshot,
    form_state: FormState,
    decision: Decision,
) -> SubmitResult:
    outcome, code = _STOPS[decision]
    locks = {key: str(form_state.verdicts[key].reason) for key in form_state.refused}
    move_to_outcome(
        edit,
        outcome,
        actor=submission.actor,
        allowed={State.INTENT},
        error_code=code,
        status=snapshot.raw_status,
        detail={"locks": locks},
    )
    save_submission_draft(submission, form_state)
    return SubmitResult(form_state=form_state, code=code)
