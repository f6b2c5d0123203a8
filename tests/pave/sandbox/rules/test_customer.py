"""Test what the customer can do in each status, and its effect on the session."""

import pytest

from sessions_ui.pave.sandbox.rules.customer import ACTIONS, Refused
from sessions_ui.pave.sandbox.state.store import UnknownSession

STATUSES = ["IDLE", "STARTED", "PROCESS", "QC_PASSED", "CONFIRM", "COMPLETE", "EXPIRED", "INVALID"]
TRANSITIONS = [
    ("start", "IDLE", "STARTED"),
    ("photo", "STARTED", "PROCESS"),
    ("photos", "STARTED", "PROCESS"),
    ("photo", "PROCESS", "PROCESS"),
    ("pass", "PROCESS", "QC_PASSED"),
    ("confirm", "QC_PASSED", "CONFIRM"),
    ("complete", "CONFIRM", "COMPLETE"),
    ("expire", "IDLE", "EXPIRED"),
    ("expire", "STARTED", "EXPIRED"),
    ("expire", "PROCESS", "EXPIRED"),
    ("invalid", "PROCESS", "INVALID"),
    ("invalid", "QC_PASSED", "INVALID"),
    ("photos", "PROCESS", "PROCESS"),
]
CUSTOMER_ACTIONS = sorted(name for name, action in ACTIONS.items() if action.about == "customer")


@pytest.mark.parametrize("action", CUSTOMER_ACTIONS)
@pytest.mark.parametrize("status", [*STATUSES, "ON_HOLD"])
def test_actions_follow_the_life_cycle_of_a_session(state, action, status):
    key = state.create(status=status)
    before = state.session(key)
    ends = [end for name, begin, end in TRANSITIONS if (name, begin) == (action, status)]
    if ends:
        state.act(key, action)
        assert state.session(key)["status"] == ends[0]
        assert state.session(key)["version"] == before["version"] + 1
        return
    with pytest.raises(Refused, match=f"this session is {status}"):
        state.act(key, action)
    assert state.session(key) == before


def test_actions_set_the_start_and_end_times(state):
    key = state.create()
    assert state.document(key)["inspect_started_at"] is None
    state.act(key, "start")
    assert state.document(key)["inspect_started_at"]
    for action in ("photos", "pass"):
        state.act(key, action)
        assert state.document(key)["inspect_ended_at"] is None
    state.act(key, "confirm")
    ended = state.document(key)["inspect_ended_at"]
    state.act(key, "complete")
    assert state.document(key)["inspect_ended_at"] == ended


def test_a_session_has_at_most_thirteen_photos(state):
    key = state.create(status="STARTED")
    for _ in range(13):
        state.act(key, "photo")
    with pytest.raises(Refused, match="taken already"):
        state.act(key, "photo")
    state.act(key, "photos")
    assert len(state.session(key)["photos"]) == 13


def test_the_text_can_fail_and_be_accepted_in_any_status(state):
    key = state.create(status="PROCESS", delivery="absent")
    for action, delivery in (
        ("fail-text", "failed"),
        ("deliver-text", "accepted"),
        ("forget-text", "absent"),
    ):
        state.act(key, action)
        assert state.session(key)["delivery"] == delivery
    silent = state.create(delivery="none")
    with pytest.raises(Refused, match="without a text"):
        state.act(silent, "fail-text")
    with pytest.raises(Refused, match="no action"):
        state.act(silent, "dance")
    with pytest.raises(UnknownSession):
        state.act("SBX-NONE", "start")
