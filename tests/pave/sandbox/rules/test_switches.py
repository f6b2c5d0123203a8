"""Test the switches for what PAVE's manual leaves open."""

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


def test_switches_change_the_answers():
    with start_sandbox(seed=False) as separate:
        key = separate.state.create(delivery="failed")
        document = get(separate, key).json
        assert document["inspect_started_at"] is None
        assert document["options"]["sms"]["delivery_status"] == "400 Bad Request"
        separate.state.turn("show_delivery", False)
        separate.state.turn("empty_time", "blank")
        separate.state.turn("upper_transmission", True)
        document = get(separate, key).json
        assert document["inspect_started_at"] == ""
        assert not {"delivery_status", "delivery_message"} & set(document["options"]["sms"])
        assert document["vehicle"]["transmission"].isupper()
        separate.state.turn("empty_time", "null")
        assert put(separate, key, {}).json["inspect_ended_at"] is None
        separate.state.turn("refuse_capt", True)
        assert put(separate, key, {"session": {"theme": "CAPT"}}).status == 422
        with pytest.raises(ValueError, match="no position"):
            separate.state.turn("mode", "kind")
