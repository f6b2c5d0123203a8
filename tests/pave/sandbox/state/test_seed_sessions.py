"""Test the sessions that the sandbox begins with."""

import re
from datetime import UTC, datetime

from sessions_ui.pave.sandbox import SandboxState
from sessions_ui.pave.sandbox.session import parse_time

STATUSES = ["IDLE", "STARTED", "PROCESS", "QC_PASSED", "CONFIRM", "COMPLETE", "EXPIRED", "INVALID"]


def test_every_status_is_there_with_every_delivery(seeded):
    listing = seeded.listing()
    combinations = {(summary["status"], summary["delivery"]) for summary in listing}
    assert {(s, d) for s in STATUSES for d in ("failed", "accepted", "absent")} <= combinations
    assert {("ON_HOLD", "accepted"), ("IDLE", "none")} <= combinations
    assert any(not summary["vehicle"] for summary in listing)
    assert all(summary["title"] for summary in listing)
    keys = {summary["session_key"] for summary in listing}
    assert {"LKS-7Q2M9XK4RD", "NGF-4TB8WZ1HQC"} <= keys
    assert seeded.session("LKS-7Q2M9XK4RD")["delivery"] == "failed"
    assert seeded.session("NGF-4TB8WZ1HQC")["status"] == "PROCESS"


def test_every_key_is_of_paves_shape_and_unique(seeded):
    keys = [summary["session_key"] for summary in seeded.listing()]
    assert all(re.fullmatch(r"(LKS|NGF|MRT)-[A-Z0-9]{10}", key) for key in keys)
    assert len(set(keys)) == len(keys)


def test_a_session_has_contact_and_reference(seeded):
    keys = [summary["session_key"] for summary in seeded.listing()]
    options = [seeded.document(key)["options"] for key in keys]
    assert any({"contact", "reference"} <= set(option) for option in options)


def test_seeds_are_always_the_same_except_for_their_times(seeded):
    keys = [summary["session_key"] for summary in seeded.listing()]
    again = SandboxState()
    assert [summary["session_key"] for summary in again.listing()] == keys
    for key in keys:
        assert again.session(key)["fields"] == seeded.session(key)["fields"]


def test_the_times_of_a_seed_are_in_order(seeded):
    now = datetime.now(UTC)
    for summary in seeded.listing():
        session = seeded.session(summary["session_key"])
        times = [session["created_at"], session["inspect_started_at"], session["inspect_ended_at"]]
        times = [parse_time(text) for text in [*times, session["updated_at"]] if text]
        assert times == sorted(times), session["session_key"]
        assert times[-1] <= now
