"""Test the shapes and formats of PAVE's answers."""

import re

from sessions_ui.pave.sandbox import start_sandbox
from tests.pave.sandbox.payloads import SESSION, SMS, VEHICLE
from tests.pave.sandbox.raw_client import get, put

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000000Z")


def test_answers_are_flat_and_formatted_as_paves(sandbox, failed):
    put(sandbox, failed, {"session": SESSION, "vehicle": VEHICLE})
    answer = put(sandbox, failed, {"sms": SMS})
    document = answer.json
    for name in ("created_at", "updated_at"):
        assert TIMESTAMP.fullmatch(document.pop(name))
    assert document == {
        "session_key": failed,
        "theme": "LITE",
        "active": True,
        "status": "IDLE",
        "redirect_url": "https://www.example.com/thanks",
        "inspect_started_at": "",
        "inspect_ended_at": "",
        "language": "EN",
        "options": {
            "client_id": "SOUTH234889",
            "sms": {**SMS, "delivery_status": "201 Created", "delivery_message": ""},
        },
        "vehicle": {**VEHICLE, "year": 2014, "odom_reading": "100,945"},
    }
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["date"].endswith("GMT")


def test_answers_leave_out_what_a_session_does_not_have(sandbox):
    empty = get(sandbox, sandbox.state.create(vehicle={}, delivery="none", session={})).json
    assert "vehicle" not in empty
    assert empty["options"] == {}
    named = sandbox.state.create(
        contact={"first_name": "Ann", "last_name": "Lee"}, reference={"stock": 7}
    )
    options = get(sandbox, named).json["options"]
    assert options["contact"] == {"first_name": "Ann", "last_name": "Lee"}
    assert options["reference"] == {"stock": 7}
    silent = get(sandbox, sandbox.state.create(delivery="absent")).json["options"]["sms"]
    assert "delivery_status" not in silent


def test_photos_notes_and_results_appear_as_they_are_made(sandbox):
    key = sandbox.state.create()
    assert get(sandbox, key, "/photos").json == []
    assert get(sandbox, key, "/notes").json == []
    early = get(sandbox, key, "/results")
    assert (early.status, early.json) == (400, {"message": "Session is not yet completed."})
    for action in ("start", "photo"):
        sandbox.state.act(key, action)
    assert [photo["photo_label"] for photo in get(sandbox, key, "/photos").json] == ["VIN"]
    for action in ("pass", "confirm", "complete"):
        sandbox.state.act(key, action)
    photos = get(sandbox, key, "/photos").json
    assert [photo["photo_code"] for photo in photos] == [1, 2, 3, 4, 10, 5, 11, 7, 12, 8, 13, 9, 6]
    assert photos[0]["created_at"].endswith("+00:00")
    results = get(sandbox, key, "/results").json
    assert results["event"] == "SESSION:COMPLETE"
    assert results["session"]["language"] == "en"
    assert results["session"]["vehicle"]["session_key"] == key
    assert results["session"]["inspect_started_at"].endswith("+00:00")


def test_results_hold_the_durations_in_seconds():
    with start_sandbox() as seeded:
        session = get(seeded, "NGF-J8R2YK5WQD", "/results").json["session"]
    assert session["inspect_duration"] == (26 - 12) * 60
    assert 0 < session["capture_duration"] < session["inspect_duration"]
