"""Build the state of a session's form from a read, a token and what was typed."""

from datetime import UTC, datetime

import pytest

from sessions_ui.domain.snapshot import Snapshot
from sessions_ui.models import Edit
from sessions_ui.pave.errors import PaveUnknown
from sessions_ui.services.edits.form_data import FormData
from sessions_ui.services.edits.form_state import Decision, SessionRead, form_state_of
from sessions_ui.services.edits.form_token import FormToken

KEY = "LKS-7Q2M9XK4RD"
PRO, LITE, CAPT = ({"session.theme": theme} for theme in ("PRO", "LITE", "CAPT"))


def snapshot(theme="PRO", status="IDLE"):
    """Give a snapshot of a session that is not started, unless a status says so."""
    document = {"session_key": KEY, "status": status, "theme": theme, "language": "EN"}
    return Snapshot(KEY, document, datetime(2026, 1, 1, tzinfo=UTC))


def token(texts):
    """Give the token of a form that showed these values."""
    return FormToken(KEY, 7, texts)


@pytest.mark.parametrize(
    ("seen", "now", "typed", "decision"),
    [
        (PRO, snapshot("PRO"), {}, Decision.NOTHING),
        (PRO, snapshot("PRO"), PRO, Decision.NOTHING),
        (PRO, snapshot("PRO"), LITE, Decision.CHANGES),
        (PRO, snapshot("LITE"), LITE, Decision.NOTHING),
        (PRO, snapshot("LITE"), CAPT, Decision.CONFLICT),
        (PRO, snapshot("PRO", "PROCESS"), LITE, Decision.LOCKED),
        (PRO, None, LITE, Decision.UNREADABLE),
    ],
)
def test_the_decision_follows_from_merge_and_policy(seen, now, typed, decision):
    read = SessionRead(now)
    state = form_state_of(KEY, read, token=token(seen), form_data=FormData(typed))
    assert state.decision is decision


def test_an_unknown_name_alone_is_locked():
    form_data = FormData({}, unknown_names=("session-status",))
    state = form_state_of(KEY, SessionRead(snapshot()), token=token(PRO), form_data=form_data)
    assert state.decision is Decision.LOCKED


def test_a_change_and_a_locked_field_are_both_kept_apart():
    typed = {"session.theme": "LITE", "session.language": "FR"}
    read = SessionRead(snapshot(status="PROCESS"))
    seen = token({"session.theme": "PRO", "session.language": "EN"})
    state = form_state_of(KEY, read, token=seen, form_data=FormData(typed))
    assert state.decision is Decision.CHANGES
    assert (list(state.changes), list(state.refused)) == (["session.language"], ["session.theme"])
    assert state.shown["session.language"] == "FR"


def test_without_a_token_typed_values_are_compared_with_the_present_ones():
    state = form_state_of(KEY, SessionRead(snapshot("LITE")), form_data=FormData(CAPT))
    assert state.decision is Decision.CHANGES
    assert state.changes["session.theme"].seen == "LITE"


def test_an_unreadable_session_shows_the_last_read_with_every_field_locked():
    fault = PaveUnknown("", cause="html")
    state = form_state_of(KEY, SessionRead(fault=fault, last_read=snapshot("LITE")))
    assert state.texts["session.theme"] == "LITE"
    assert {str(verdict.reason) for verdict in state.verdicts.values()} == {"PAVE_UNREACHABLE"}
    assert state.open_labels == []


def test_an_unreadable_session_shows_what_the_posted_page_showed():
    read = SessionRead(fault=PaveUnknown("", cause="html"), last_read=snapshot("LITE"))
    state = form_state_of(KEY, read, token=token(PRO), form_data=FormData(CAPT))
    assert state.texts == PRO
    assert state.shown == CAPT


def test_an_open_edit_locks_every_field():
    state = form_state_of(KEY, SessionRead(snapshot()), pending=Edit())
    assert {str(verdict.reason) for verdict in state.verdicts.values()} == {"EDIT_PENDING"}
