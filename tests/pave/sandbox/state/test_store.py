"""Test that a session can be reset, and that the state outlives a restart."""

from sessions_ui.pave.sandbox import start_sandbox
from tests.pave.sandbox.raw_client import get, put, send


def test_a_session_is_reset_to_its_origin(state):
    key = state.create(delivery="failed")
    first = state.session(key)
    state.act(key, "start")
    state.poke(key, "vehicle.trim", "Odd")
    state.act(key, "reset")
    again = state.session(key)
    assert again["version"] > first["version"] + 1
    for name in ("status", "fields", "inspect_started_at", "delivery", "created_at", "photos"):
        assert again[name] == first[name]
    state.act(key, "start")
    state.act(key, "reset")
    assert state.session(key)["status"] == "IDLE"


def test_the_state_outlives_a_restart(tmp_path):
    path = tmp_path / "deep" / "sandbox.json"
    with start_sandbox(state_path=path) as first:
        key = send(first, "POST", "/v1/sessions", {"sms": {"to": "416-555-0101"}}).json[
            "session_key"
        ]
        put(first, key, {"session": {"theme": "LITE"}})
        first.state.act("LKS-7Q2M9XK4RD", "start")
        first.state.turn("mode", "ignore")
        first.state.turn("show_delivery", "no")
        first.state.fault("busy", key=key, retry_after=9)
        keys = [summary["session_key"] for summary in first.state.listing()]
        documents = {key: first.state.document(key) for key in keys}
        rows = first.state.journal()
    with start_sandbox(state_path=path) as second:
        assert {key: second.state.document(key) for key in documents} == documents
        assert second.state.switches == first.state.switches
        assert second.state.journal() == rows
        assert put(second, key, {}).headers["retry-after"] == "9"
        assert second.state.journal()[-1]["n"] == rows[-1]["n"] + 1
        second.state.act("LKS-7Q2M9XK4RD", "reset")
        assert second.state.session("LKS-7Q2M9XK4RD")["status"] == "IDLE"
    assert [path.name for path in path.parent.iterdir()] == ["sandbox.json"]
    with start_sandbox(state_path=path, mode="strict") as third:
        assert third.state.switches.mode == "strict"
        assert get(third, key).status == 200
