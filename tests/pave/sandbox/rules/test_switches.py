"""The switches for what PAVE's manual leaves open."""

import pytest

from sessions_ui.pave.sandbox import start_sandbox
from tests.pave.sandbox.raw_client import get, put


def test_unknown_names_are_ignored_or_refused(sandbox):
    sandbox.state.turn("mode", "strict")
    key = sandbox.state.create()
    body = {"session": {"theme": "LITE", "colour": "red"}, "extra": 1}
    sandbox.state.turn("unknown_keys", "refuse")
    assert put(sandbox, key, body).status == 400
    assert sandbox.state.document(key)["theme"] == "PRO"
    sandbox.state.turn("unknown_keys", "ignore")
    assert put(sandbox, key, body).json["theme"] == "LITE"


def test_switches_change_the_answers(failed):
    with start_sandbox(seed=False) as own:
        key = own.state.create(delivery="failed")
        read = get(own, key).json
        assert read["inspect_started_at"] is None
        assert read["options"]["sms"]["delivery_status"] == "400 Bad Request"
        own.state.turn("show_delivery", False)
        own.state.turn("empty_time", "blank")
        own.state.turn("upper_transmission", True)
        read = get(own, key).json
        assert read["inspect_started_at"] == ""
        assert not {"delivery_status", "delivery_message"} & set(read["options"]["sms"])
        assert read["vehicle"]["transmission"].isupper()
        own.state.turn("empty_time", "null")
        assert put(own, key, {}).json["inspect_ended_at"] is None
        own.state.turn("refuse_capt", True)
        assert put(own, key, {"session": {"theme": "CAPT"}}).status == 422
        with pytest.raises(ValueError, match="no position"):
            own.state.turn("mode", "kind")
