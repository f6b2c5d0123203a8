"""Send an edit to PAVE: record it as sent, call PAVE once, and evaluate the response."""

import hashlib
import logging
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from sessions_ui.domain.rules.outcomes import Outcome, State
from sessions_ui.domain.snapshot import Snapshot, payload
from sessions_ui.models import Edit
from sessions_ui.pave.client import Answer, body_bytes
from sessions_ui.pave.config import PAGE_BUDGET
from sessions_ui.pave.errors import PaveError
from sessions_ui.services.sessions.pave_reads import pave_client, read_snapshot

from .drafts import remove_sent_fields
from .evaluate_response import evaluate_response
from .form_data import sent_text
from .form_state import FormState
from .settle import settle_edit
from .submission import Submission, edit_by_nonce, save_submission_draft
from .transitions import move_to_sent, pave_request_id

logger = logging.getLogger(__name__)


def send_edit(
    edit: Edit, submission: Submission, snapshot: Snapshot, form_state: FormState
) -> Edit | None:
    """Send the changes of ``form_state``, at most once, and return the edit as it is afterwards.

    Nothing is sent if another process moved the edit on in the meantime. ``snapshot`` is the fresh
    read that the changes are based on.
    """
    changes = {
        key: (merged.now, sent_text(key, merged.mine)) for key, merged in form_state.changes.items()
    }
    body = payload({key: wanted for key, (_, wanted) in changes.items()})
    sha256 = hashlib.sha256(body_bytes(body)).hexdigest()
    actor = submission.actor
    if not move_to_sent(edit, actor=actor, base=snapshot, changes=changes, sha256=sha256):
        return edit_by_nonce(edit.nonce)
    response: Answer | PaveError
    try:
        response = pave_client().session_update(
            edit.session_key, body, request_id=pave_request_id(edit)
        )
    except PaveError as fault:
        response = fault
    try:
        evaluate_response(actor, edit, snapshot, response)
        _read_back(edit)
        _update_draft(edit, submission, form_state)
    except (DatabaseError, InterfaceError):
        # The edit stays `sent`: when its lease is over, it is settled by reading as any edit
        # without an answer is.
        logger.error("outcome not recorded", extra={"edit_id": edit.entry_id}, exc_info=True)
    return edit


def _read_back(edit: Edit) -> None:
    """Try to settle an unknown edit at once: often only the answer was lost."""
    with suppress(PaveError):  # then opening the page, or `reconcile`, tries again
        if edit.state == State.UNKNOWN and _has_time_to_read(edit):
            settle_edit(edit, read_snapshot(edit.session_key))


def _has_time_to_read(edit: Edit) -> bool:
    """Return whether one more read, however slow, fits into what a page may take."""
    end = timezone.now() + timedelta(seconds=settings.PAVE.get_deadline)
    return end <= edit.created_at + timedelta(seconds=PAGE_BUDGET)


def _update_draft(edit: Edit, submission: Submission, form_state: FormState) -> None:
    """Save what is not in effect as a draft; remove from the draft what is, or may be."""
    if edit.state in (Outcome.NOT_SENT, Outcome.REFUSED, Outcome.NOT_IN_EFFECT):
        save_submission_draft(submission, form_state)
    else:
        remove_sent_fields(
            actor_id=submission.actor.person_id,
            session_key=edit.session_key,
            nonce=edit.nonce,
            keys=edit.changes,
        )
