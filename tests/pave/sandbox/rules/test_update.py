"""Test that one PUT is refused as a whole, applied in part, or merged."""

import pytest

from tests.pave.sandbox.raw_client import get, put

MIXED = {"session": {"theme": "LITE", "language": "FR"}, "vehicle": {"trim": "Black Edition"}}


def test_strict_mode_refuses_the_whole_update(sandbox):
    sandbox.state.turn("mode", "strict")
    key = sandbox.state.create(status="STARTED")
    before = sandbox.state.session(key)
    answer = put(sandbox, key, MIXED)
    assert answer.status == 400
    assert answer.json == {"message": f"Session {key} has been started and cannot be updated."}
    assert sandbox.state.session(key) == before
    row = sandbox.state.journal()[-1]
    assert (row["applied"], sorted(row["refused"])) == (False, ["session.theme", "vehicle.trim"])
    assert sandbox.state.applied(key) == []


def test_ignore_mode_applies_the_rest(sandbox):
    sandbox.state.turn("mode", "ignore")
    key = sandbox.state.create(status="STARTED")
    answer = put(sandbox, key, MIXED)
    assert answer.status == 200
    assert (answer.json["theme"], answer.json["language"]) == ("PRO", "FR")
    assert answer.json["vehicle"]["trim"] != "Black Edition"
    assert get(sandbox, key).json["language"] == "FR"
    assert sandbox.state.applied(key)[0]["changed"] == {"session.language": "FR"}


@pytest.mark.parametrize(
    "body",
    [
        {"session": {"status": "COMPLETE"}},
        {"session": {"contact": {"first_name": "A", "last_name": "B"}}},
        {"sms": {"delivery_status": "400 Bad Request"}},
        {"vehicle": {"vehicle_id": 7}},
        {"status": "COMPLETE"},
    ],
)
def test_read_only_names_never_change_in_either_mode(sandbox, body):
    key = sandbox.state.create(delivery="failed")
    before = get(sandbox, key).json
    sandbox.state.turn("mode", "strict")
    assert put(sandbox, key, body).status == 400
    sandbox.state.turn("mode", "ignore")
    assert put(sandbox, key, body).status == 200
    assert get(sandbox, key).json == before


def test_a_partial_update_moves_the_timestamp_only_on_a_change(sandbox, failed):
    before = sandbox.state.session(failed)
    put(sandbox, failed, {"vehicle": {"trim": before["fields"]["vehicle.trim"]}})
    assert sandbox.state.session(failed)["version"] == before["version"]
    assert put(sandbox, failed, {}).status == 200
    assert put(sandbox, failed, {"vehicle": {}}).status == 200
    assert sandbox.state.session(failed) == before


def test_each_new_number_is_sent_one_text(sandbox, failed):
    number = sandbox.state.session(failed)["fields"]["sms.to"]
    put(sandbox, failed, {"sms": {"by": "Somebody"}})
    put(sandbox, failed, {"sms": {"to": f"+1 {number}"}})
    session = sandbox.state.session(failed)
    assert (session["texts_sent"], session["delivery"]) == (1, "failed")
    assert put(sandbox, failed, {"sms": {"to": "647-455-0142"}}).status == 200
    session = sandbox.state.session(failed)
    assert (session["texts_sent"], session["delivery"]) == (2, "accepted")
    assert put(sandbox, failed, {"sms": {"to": "647-455-0143"}}).status == 400
