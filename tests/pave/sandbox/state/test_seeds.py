"""The sessions that the sandbox begins with."""

from datetime import UTC, datetime

from sessions_ui.pave.sandbox import SandboxState
from sessions_ui.pave.sandbox.session import parse_time

STATUSES = ["IDLE", "STARTED", "PROCESS", "QC_PASSED", "CONFIRM", "COMPLETE", "EXPIRED", "INVALID"]


def test_every_status_is_there_with_every_delivery(seeded):
    listing = seeded.listing()
    have = {(each["status"], each["delivery"]) for each in listing}
    assert {(s, d) for s in STATUSES for d in ("failed", "accepted", "absent")} <= have
    assert {("ON_HOLD", "accepted"), ("IDLE", "none")} <= have
    assert any(not each["vehicle"] for each in listing)
    assert all(each["title"] for each in listing)
    keys = {each["session_key"] for each in listing}
    assert {"LKS-7Q2M9XK4RD", "NGF-4TB8WZ1HQC"} <= keys
    assert seeded.session("LKS-7Q2M9XK4RD")["delivery"] == "failed"
    assert seeded.session("NGF-4TB8WZ1HQC")["status"] == "PROCESS"


def test_a_session_has_contact_and_reference(seeded):
    options = [seeded.document(each["session_key"])["options"] for each in seeded.listing()]
    assert any({"contact", "reference"} <= set(each) for each in options)


def test_seeds_are_always_the_same_except_for_their_times(seeded):
    keys = [each["session_key"] for each in seeded.listing()]
    again = SandboxState()
    assert [each["session_key"] for each in again.listing()] == keys
    for key in keys:
        assert again.session(key)["fields"] == seeded.session(key)["fields"]


def test_the_times_of_a_seed_are_in_order(seeded):
    now = datetime.now(UTC)
    for each in seeded.listing():
        held = seeded.session(each["session_key"])
        times = [held["created_at"], held["inspect_started_at"], held["inspect_ended_at"]]
        times = [parse_time(text) for text in [*times, held["updated_at"]] if text]
        assert times == sorted(times), held["session_key"]
        assert times[-1] <= now
