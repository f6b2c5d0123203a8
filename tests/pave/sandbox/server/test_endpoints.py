"""Each of PAVE's calls at the sandbox over a real socket: signature, values, shapes."""

import re

import pytest

from sessions_ui.pave.sandbox import API_KEY, start_sandbox
from sessions_ui.pave.sandbox.server.signing import token
from tests.pave.sandbox.raw_client import get, put, send, signed_headers

LONG_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000000Z")

# The samples of PUT Update Session, with the masked digits filled in.
SESSION = {
    "theme": "LITE",
    "redirect_url": "https://www.example.com/thanks",
    "language": "EN",
    "client_id": "SOUTH234889",
}
VEHICLE = {
    "vin": "4T1BK1EB5EU096061",
    "year": "2014",
    "make": "Toyota",
    "model": "Avalon",
    "body_type": "Sedan",
    "trim": "Limited",
    "transmission": "Automatic",
    "ext_col": "Black",
    "int_col": "Black",
    "odom_reading": 100945,
    "odom_unit": "KILOMETRES",
}
SMS = {
    "to": "647-455-0142",
    "to_name": "John Smith",
    "from": "647-455-0199",
    "by": "Discovery Motors",
}


@pytest.fixture(scope="module")
def sandbox():
    with start_sandbox(seed=False) as running:
        yield running


@pytest.fixture
def failed(sandbox):
    """An idle session whose text failed: all nineteen fields are open."""
    return sandbox.state.create(delivery="failed")


def test_it_takes_the_test_vector_of_the_signature(monkeypatch):
    module = "sessions_ui.pave.sandbox.server.signing"
    monkeypatch.setattr(f"{module}.USERNAME", "acme")
    monkeypatch.setattr(f"{module}.API_KEY", "11111111-2222-3333-4444-555555555555")
    monkeypatch.setattr(f"{module}.API_SECRET", "s3cr3t-key")
    expected = "fe153f7ccc92f874a636642bc3992749d94263fcfeaa9dbc283169d1e8ef06d1"
    assert token("2021-05-30T12:49:19Z") == expected


def foreign(**changed):
    """Give a good signature with some headers changed; None takes one away."""
    headers = signed_headers() | {name.replace("_", "-"): value for name, value in changed.items()}
    return {name: value for name, value in headers.items() if value is not None}


# Made when the test runs: a signature is good for five minutes only.
WRONG_SIGNATURES = {
    "none": dict,
    "other key": lambda: foreign(API_Key="11111111-2222-3333-4444-555555555555"),
    "other token": lambda: foreign(API_Token="0" * 64),
    "no token": lambda: foreign(API_Token=None),
    "token of another time": lambda: foreign(API_Token=token("2026-01-01T00:00:00Z")),
    "token in capitals": lambda: foreign(API_Token=signed_headers()["API-Token"].upper()),
    "unix seconds": lambda: signed_headers(form="%s"),
    "an offset": lambda: signed_headers(form="%Y-%m-%dT%H:%M:%S+00:00"),
    "milliseconds": lambda: signed_headers(form="%Y-%m-%dT%H:%M:%S.000Z"),
    "words": lambda: signed_headers(form="%a, %d %b %Y %H:%M:%S GMT"),
    "no such day": lambda: signed_headers(form="%Y-13-%dT%H:%M:%SZ"),
}


@pytest.mark.parametrize("case", WRONG_SIGNATURES)
def test_it_refuses_a_wrong_signature(sandbox, failed, case):
    path = f"/v1/sessions/{failed}"
    answer = send(sandbox, "PUT", path, {"session": SESSION}, headers=WRONG_SIGNATURES[case]())
    assert (answer.status, answer.json) == (401, {"message": "Unauthorized."})
    assert sandbox.state.applied(failed) == []
    assert sandbox.state.journal()[-1]["kind"] == "request"


@pytest.mark.parametrize(
    ("age", "status"), [(0, 200), (290, 200), (-290, 200), (310, 401), (-310, 401)]
)
def test_it_takes_a_signature_for_five_minutes(sandbox, failed, age, status):
    path = f"/v1/sessions/{failed}"
    assert send(sandbox, "GET", path, headers=signed_headers(age=age)).status == status


@pytest.mark.parametrize(
    "body",
    [{"session": SESSION}, {"vehicle": VEHICLE}, {"sms": SMS}, {"sms": {"to": SMS["to"]}}],
    ids=["session", "vehicle", "sms", "only sms.to"],
)
def test_it_takes_each_sample_payload(sandbox, failed, body):
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


def test_it_answers_flat_with_pave_s_own_forms(sandbox, failed):
    put(sandbox, failed, {"session": SESSION, "vehicle": VEHICLE})
    answer = put(sandbox, failed, {"sms": SMS})
    document = answer.json
    for name in ("created_at", "updated_at"):
        assert LONG_STAMP.fullmatch(document.pop(name))
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


def test_it_turns_the_switches_of_the_answers(failed):
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


def test_it_leaves_out_what_a_session_does_not_have(sandbox):
    bare = get(sandbox, sandbox.state.create(vehicle={}, delivery="none", session={})).json
    assert "vehicle" not in bare
    assert bare["options"] == {}
    named = sandbox.state.create(
        contact={"first_name": "Ann", "last_name": "Lee"}, reference={"stock": 7}
    )
    options = get(sandbox, named).json["options"]
    assert options["contact"] == {"first_name": "Ann", "last_name": "Lee"}
    assert options["reference"] == {"stock": 7}
    silent = get(sandbox, sandbox.state.create(delivery="absent")).json["options"]["sms"]
    assert "delivery_status" not in silent


def test_it_merges_a_part_and_moves_the_stamp_only_on_a_change(sandbox, failed):
    before = sandbox.state.session(failed)
    put(sandbox, failed, {"vehicle": {"trim": before["fields"]["vehicle.trim"]}})
    assert sandbox.state.session(failed)["version"] == before["version"]
    assert put(sandbox, failed, {}).status == 200
    assert put(sandbox, failed, {"vehicle": {}}).status == 200
    assert sandbox.state.session(failed) == before


def test_it_sends_one_text_for_one_new_number(sandbox, failed):
    number = sandbox.state.session(failed)["fields"]["sms.to"]
    put(sandbox, failed, {"sms": {"by": "Somebody"}})
    put(sandbox, failed, {"sms": {"to": f"+1 {number}"}})
    held = sandbox.state.session(failed)
    assert (held["texts_sent"], held["delivery"]) == (1, "failed")
    assert put(sandbox, failed, {"sms": {"to": "647-455-0142"}}).status == 200
    held = sandbox.state.session(failed)
    assert (held["texts_sent"], held["delivery"]) == (2, "accepted")
    assert put(sandbox, failed, {"sms": {"to": "647-455-0143"}}).status == 400


BAD_VALUES = [
    ("session", "theme", "GOLD"),
    ("session", "theme", None),
    ("session", "theme", ["PRO"]),
    ("session", "redirect_url", "example.com/thanks"),
    ("session", "redirect_url", "javascript:alert(1)"),
    ("session", "redirect_url", "http://[oops"),
    ("session", "language", "English"),
    ("session", "client_id", 17),
    ("session", "client_id", ""),
    ("vehicle", "vin", "SHORT"),
    ("vehicle", "vin", "4T1BK1EB5EU09606O"),
    ("vehicle", "year", "11"),
    ("vehicle", "year", "20111"),
    ("vehicle", "year", True),
    ("vehicle", "year", 2011.5),
    ("vehicle", "make", {"name": "Ford"}),
    ("vehicle", "odom_reading", "100,945"),
    ("vehicle", "odom_reading", -1),
    ("vehicle", "odom_reading", 1.5),
    ("sms", "to", "call me"),
    ("sms", "to", 6474550142),
    ("sms", "to_name", None),
]


@pytest.mark.parametrize(("section", "name", "value"), BAD_VALUES)
def test_it_refuses_a_bad_value_as_laravel_does(sandbox, failed, section, name, value):
    before = sandbox.state.session(failed)
    answer = put(sandbox, failed, {section: {name: value}, "vehicle2": {}})
    assert answer.status == 422
    assert list(answer.json["errors"]) == [f"{section}.{name}"]
    assert answer.json["message"] == answer.json["errors"][f"{section}.{name}"][0]
    assert sandbox.state.session(failed) == before


def test_it_counts_several_errors_in_the_message(sandbox, failed):
    answer = put(sandbox, failed, {"session": {"theme": 1, "language": 2}, "vehicle": []})
    assert answer.json["message"] == "The session.theme is invalid. (and 2 more errors)"
    assert answer.json["errors"]["vehicle"] == ["The vehicle must be an object."]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'"text"', b"null", b"{", b'{"a": NaN}', b"\xff", b"[" * 100_000]
)
def test_it_wants_a_json_object(sandbox, failed, body):
    assert put(sandbox, failed, body).status == 400


def test_it_knows_no_other_session(sandbox):
    for method, tail in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("GET", "/results")):
        answer = send(
            sandbox, method, f"/v1/sessions/SBX-NONE{tail}", {} if method == "PUT" else None
        )
        assert answer.status == 404
        assert answer.json == {"message": "Session SBX-NONE cannot be found."}


def test_it_knows_no_other_address(sandbox, failed):
    assert send(sandbox, "GET", "/v1/callbacks").status == 404
    assert send(sandbox, "GET", f"/v1/sessions/{failed}/images").status == 404
    assert send(sandbox, "GET", f"/v1/sessions/{failed}/photos/1").status == 404
    assert send(sandbox, "GET", "/v1/sessions").status == 405
    assert send(sandbox, "PATCH", f"/v1/sessions/{failed}", {}).status == 405
    assert get(sandbox, "a%2Fb").json == {"message": "Session a/b cannot be found."}


def test_it_refuses_bodies_that_it_cannot_measure(sandbox, failed):
    path = f"/v1/sessions/{failed}"
    chunked = signed_headers() | {"Transfer-Encoding": "chunked"}
    assert send(sandbox, "PUT", path, b"0\r\n\r\n", headers=chunked).status == 411
    vague = signed_headers() | {"Content-Length": "many"}
    assert send(sandbox, "PUT", path, headers=vague).status == 400
    huge = signed_headers() | {"Content-Length": "99999999"}
    assert send(sandbox, "PUT", path, headers=huge).status == 413


def test_it_creates_a_session(sandbox):
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


def test_it_creates_a_session_out_of_nothing(sandbox):
    made = send(sandbox, "POST", "/v1/sessions").json
    assert (made["theme"], made["language"], made["options"]) == ("PRO", "EN", {})


def test_it_creates_with_contact_and_reference(sandbox):
    extra = {"contact": {"first_name": "Ann", "last_name": "Lee"}, "reference": {"stock": "7"}}
    made = send(sandbox, "POST", "/v1/sessions", {"session": extra}).json
    assert made["options"] == extra
    for bad in ({"contact": {"first_name": "Ann"}}, {"contact": "Ann"}, {"reference": "7"}):
        assert send(sandbox, "POST", "/v1/sessions", {"session": bad}).status == 422
    lone = send(sandbox, "POST", "/v1/sessions", {"sms": {"by": "Somebody"}})
    assert (lone.status, lone.json) == (400, {"message": "Missing required fields."})
    assert send(sandbox, "POST", "/v1/sessions", {"vehicle": {"year": "99"}}).status == 422
    assert send(sandbox, "POST", "/v1/sessions", []).status == 400


def test_it_deletes_an_idle_session_only(sandbox):
    key, started = sandbox.state.create(), sandbox.state.create(status="STARTED")
    gone = send(sandbox, "DELETE", f"/v1/sessions/{key}")
    assert (gone.status, gone.json) == (
        200,
        {"message": f"Session {key} has been successfully removed."},
    )
    assert get(sandbox, key).status == 404
    kept = send(sandbox, "DELETE", f"/v1/sessions/{started}")
    assert (kept.status, kept.json) == (
        400,
        {"message": f"Session {started} has been started and cannot be deleted."},
    )


def test_it_shows_photos_notes_and_results_as_they_come(sandbox):
    key = sandbox.state.create()
    assert get(sandbox, key, "/photos").json == []
    assert get(sandbox, key, "/notes").json == []
    early = get(sandbox, key, "/results")
    assert (early.status, early.json) == (400, {"message": "Session is not yet completed."})
    for action in ("start", "photo"):
        sandbox.state.act(key, action)
    assert [one["photo_label"] for one in get(sandbox, key, "/photos").json] == ["VIN"]
    for action in ("pass", "confirm", "complete"):
        sandbox.state.act(key, action)
    photos = get(sandbox, key, "/photos").json
    assert [one["photo_code"] for one in photos] == [1, 2, 3, 4, 10, 5, 11, 7, 12, 8, 13, 9, 6]
    assert photos[0]["created_at"].endswith("+00:00")
    results = get(sandbox, key, "/results").json
    assert results["event"] == "SESSION:COMPLETE"
    assert results["session"]["language"] == "en"
    assert results["session"]["vehicle"]["session_key"] == key
    assert results["session"]["inspect_started_at"].endswith("+00:00")


def test_it_shows_seconds_in_the_results():
    with start_sandbox() as seeded:
        session = get(seeded, "NGF-J8R2YK5WQD", "/results").json["session"]
    assert session["inspect_duration"] == (26 - 12) * 60
    assert 0 < session["capture_duration"] < session["inspect_duration"]


def resend(sandbox, key, body=None, access=API_KEY):
    path = f"/v2/capture/sessions/{key}/resend"
    return send(sandbox, "POST", path, body, headers={"API-Access-Token": access})


def test_it_resends_an_accepted_text_once(sandbox):
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
def test_it_resends_nothing_that_has_ended(sandbox, status):
    answer = resend(sandbox, sandbox.state.create(status=status))
    assert (answer.status, answer.json["session_status"]) == (400, status)


def test_it_guards_the_resend(sandbox):
    failed = sandbox.state.create(delivery="failed")
    assert resend(sandbox, failed).status == 400
    unknown = resend(sandbox, "SBX-NONE")
    assert (unknown.status, unknown.json["message"]) == (404, "Session not found")
    assert resend(sandbox, failed, access="wrong").status == 401
    assert resend(sandbox, failed, access="").status == 401
    with start_sandbox() as seeded:
        seeded.state.poke("NGF-C6D9ZQ2HXT", "status", "PROCESS")
        assert "expired" in resend(seeded, "NGF-C6D9ZQ2HXT").json["message"]
