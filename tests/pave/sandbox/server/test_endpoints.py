"""Test each of PAVE's calls over a real socket."""

import re

import pytest

from sessions_ui.pave.sandbox import API_KEY, start_sandbox
from tests.pave.sandbox.payloads import SESSION, SMS, VEHICLE
from tests.pave.sandbox.raw_client import get, put, send, signed_headers


@pytest.mark.parametrize(
    "body",
    [{"session": SESSION}, {"vehicle": VEHICLE}, {"sms": SMS}, {"sms": {"to": SMS["to"]}}],
    ids=["session", "vehicle", "sms", "only sms.to"],
)
def test_each_sample_payload_of_the_manual_is_applied(sandbox, failed, body):
    before = sandbox.state.session(failed)["fields"]
    answer = put(sandbox, failed, body, headers=signed_headers() | {"X-Request-ID": "e7-1"})
    assert answer.status == 200
    sent = {f"{top}.{name}": value for top, part in body.items() for name, value in part.items()}
    sent = {key: int(value) if key == "vehicle.year" else value for key, value in sent.items()}
    assert sandbox.state.session(failed)["fields"] == before | sent
    request, application = sandbox.state.journal()[-2:]
    assert (request["payload"], request["request_id"]) == (body, "e7-1")
    assert (application["applied"], application["request_id"]) == (True, "e7-1")
    assert (application["version_before"], application["version_after"]) == (1, 2)
    assert application["values"] == before | sent


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'"text"', b"null", b"{", b'{"a": NaN}', b"\xff", b"[" * 100_000]
)
def test_a_body_must_be_a_json_object(sandbox, failed, body):
    assert put(sandbox, failed, body).status == 400


def test_a_session_is_created(sandbox):
    body = {"session": SESSION, "vehicle": VEHICLE, "sms": {**SMS, "to_name": None}}
    made = send(sandbox, "POST", "/v1/sessions", body)
    assert made.status == 200
    key = made.json["session_key"]
    assert re.fullmatch(r"[A-Z]{3}-[A-Z0-9]{10}", key)
    assert made.json["status"] == "IDLE"
    assert made.json["capture_url"].endswith(f".vehiclecapture.com/{key}")
    assert made.json["inspect_started_at"] is None
    assert "to_name" not in made.json["options"]["sms"]
    assert "capture_url" not in get(sandbox, key).json
    assert sandbox.state.session(key)["texts_sent"] == 1


def test_a_session_is_created_from_an_empty_body(sandbox):
    made = send(sandbox, "POST", "/v1/sessions").json
    assert (made["theme"], made["language"], made["options"]) == ("PRO", "EN", {})


def test_a_session_is_created_with_contact_and_reference(sandbox):
    extra = {"contact": {"first_name": "Ann", "last_name": "Lee"}, "reference": {"stock": "7"}}
    made = send(sandbox, "POST", "/v1/sessions", {"session": extra}).json
    assert made["options"] == extra
    for bad in ({"contact": {"first_name": "Ann"}}, {"contact": "Ann"}, {"reference": "7"}):
        assert send(sandbox, "POST", "/v1/sessions", {"session": bad}).status == 422
    lone = send(sandbox, "POST", "/v1/sessions", {"sms": {"by": "Somebody"}})
    assert (lone.status, lone.json) == (400, {"message": "Missing required fields."})
    assert send(sandbox, "POST", "/v1/sessions", {"vehicle": {"year": "99"}}).status == 422
    assert send(sandbox, "POST", "/v1/sessions", []).status == 400


def test_only_an_idle_session_is_deleted(sandbox):
    key, started = sandbox.state.create(), sandbox.state.create(status="STARTED")
    gone = send(sandbox, "DELETE", f"/v1/sessions/{key}")
    assert (gone.status, gone.json) == (
        200,
        {"message": f"Session {key} has been successfully removed."},
    )
    assert get(sandbox, key).status == 404
    refused = send(sandbox, "DELETE", f"/v1/sessions/{started}")
    assert (refused.status, refused.json) == (
        400,
        {"message": f"Session {started} has been started and cannot be deleted."},
    )


def resend(sandbox, key, body=None, access=API_KEY):
    path = f"/v2/capture/sessions/{key}/resend"
    return send(sandbox, "POST", path, body, headers={"API-Access-Token": access})


def test_an_accepted_text_is_resent_once(sandbox):
    key = sandbox.state.create()
    answer = resend(sandbox, key, {"phone": "+18005550123"})
    assert answer.status == 200
    assert answer.json == {
        "status": "success",
        "message": "SMS resend has been processed",
        "session_key": key,
        "phone": "+18005550123",
        "session_age_days": 0,
        "days_remaining": 7,
    }
    assert sandbox.state.session(key)["texts_sent"] == 2
    assert resend(sandbox, key).status == 400


@pytest.mark.parametrize("status", ["QC_PASSED", "CONFIRM", "COMPLETE", "EXPIRED"])
def test_no_text_is_resent_for_a_session_that_has_ended(sandbox, status):
    answer = resend(sandbox, sandbox.state.create(status=status))
    assert (answer.status, answer.json["session_status"]) == (400, status)


def test_a_resend_needs_an_accepted_text_a_session_and_a_key(sandbox):
    failed = sandbox.state.create(delivery="failed")
    assert resend(sandbox, failed).status == 400
    unknown = resend(sandbox, "SBX-NONE")
    assert (unknown.status, unknown.json["message"]) == (404, "Session not found")
    assert resend(sandbox, failed, access="wrong").status == 401
    assert resend(sandbox, failed, access="").status == 401
    with start_sandbox() as seeded:
        seeded.state.poke("NGF-C6D9ZQ2HXT", "status", "PROCESS")
        assert "expired" in resend(seeded, "NGF-C6D9ZQ2HXT").json["message"]
