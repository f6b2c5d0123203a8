"""Hold what one press of Send submits, and find the edit that came of it."""

import pytest

from sessions_ui.domain.actor import Actor
from sessions_ui.domain.rules.edit_reasons import ReasonGiven
from sessions_ui.services.edits.drafts import find_draft
from sessions_ui.services.edits.form_data import FormData
from sessions_ui.services.edits.form_state import SessionRead, form_state_of
from sessions_ui.services.edits.form_token import FormToken
from sessions_ui.services.edits.submission import (
    Submission,
    edit_by_nonce,
    save_submission_draft,
)
from sessions_ui.services.sessions.pave_reads import read_snapshot
from tests.edits import ALICE, leave_edit

pytestmark = pytest.mark.django_db


def test_an_edit_is_found_by_its_nonce(idle):
    edit = leave_edit(idle, "unknown", session__theme="LITE")
    assert edit_by_nonce(edit.nonce) == edit
    assert edit_by_nonce("another nonce") is None


def test_the_draft_holds_what_pave_does_not_hold_yet(idle):
    token = FormToken(idle, ALICE.id, {"session.theme": "LITE", "vehicle.trim": "LX"})
    form_data = FormData({"session.theme": "PRO", "vehicle.trim": "Sport"})
    submission = Submission(ALICE, token, form_data, ReasonGiven("other"))
    read = SessionRead(read_snapshot(idle))
    form_state = form_state_of(idle, read, token=token, form_data=form_data)
    save_submission_draft(submission, form_state)
    draft = find_draft(actor_id=ALICE.id, session_key=idle)
    assert draft.typed == {"vehicle.trim": "Sport"}, "PAVE holds theme PRO"
    assert (draft.shown, draft.nonce) == ({"vehicle.trim": "LX"}, token.nonce)


def test_a_submission_is_of_a_person():
    assert ALICE.person_id == 7
    with pytest.raises(ValueError, match="no person"):
        _ = Actor(None, "PAVE Admin", "System").person_id
