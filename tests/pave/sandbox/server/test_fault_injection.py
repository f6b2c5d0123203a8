"""Test each fault as a client sees it over a real socket, and what was applied."""

import gzip
import http.client
import json
import time

import pytest

from sessions_ui.pave.sandbox import start_sandbox
from sessions_ui.pave.sandbox.state.faults import KINDS
from tests.pave.sandbox.payloads import BODY
from tests.pave.sandbox.raw_client import get, put
from tests.pave.sandbox.wait import wait_until


def applied(sandbox, key):
    return len(sandbox.state.applied(key))


def test_every_kind_of_fault_is_tested_here():
    """The tests below name every kind of fault, so a new kind needs a test."""
    with open(__file__, encoding="utf-8") as source:
        code = source.read()
    assert [kind for kind in KINDS if f'"{kind}"' not in code] == []


@pytest.mark.parametrize(("kind", "times"), [("reset_before", 0), ("reset_after", 1)])
def test_the_connection_is_reset(sandbox, key, kind, times):
    sandbox.state.fault(kind, key=key)
    with pytest.raises(ConnectionResetError) as caught:
        put(sandbox, key, BODY)
    assert caught.type is ConnectionResetError  # a goodbye would be a RemoteDisconnected
    assert applied(sandbox, key) == times
    assert get(sandbox, key).json["theme"] == ("LITE" if times else "PRO")


@pytest.mark.parametrize(
    ("kind", "times", "answers"),
    [("hang_before", 1, True), ("hang_after", 1, True), ("hang_lost", 0, False)],
)
def test_the_response_is_delayed(sandbox, key, kind, times, answers):
    sandbox.state.fault(kind, key=key, seconds=0.15)
    start = time.monotonic()
    if answers:
        assert put(sandbox, key, BODY).json["theme"] == "LITE"
    else:
        with pytest.raises(ConnectionResetError):
            put(sandbox, key, BODY)
    assert time.monotonic() - start >= 0.15
    assert applied(sandbox, key) == times


@pytest.mark.parametrize(("kind", "times"), [("hang_before", 1), ("hang_lost", 0)])
def test_a_call_outlasts_the_client_that_gave_up(sandbox, key, kind, times):
    sandbox.state.fault(kind, key=key, seconds=0.2)
    with pytest.raises(TimeoutError):
        put(sandbox, key, BODY, timeout=0.05)
    assert applied(sandbox, key) == 0
    assert wait_until(lambda: applied(sandbox, key), seconds=0.5) == times


@pytest.mark.parametrize("answer", ["reset", "504"])
def test_a_change_is_applied_late(sandbox, key, answer):
    sandbox.state.fault("late", key=key, seconds=0.1, answer=answer)
    if answer == "reset":
        with pytest.raises(ConnectionResetError):
            put(sandbox, key, BODY)
    else:
        assert put(sandbox, key, BODY).status == 504
    assert applied(sandbox, key) == 0
    assert wait_until(lambda: applied(sandbox, key), seconds=2) == 1
    assert sandbox.state.applied(key)[0]["fault"] == "late"


def test_a_late_change_is_judged_when_it_is_applied(sandbox, key):
    sandbox.state.fault("late", key=key, seconds=0.1)
    with pytest.raises(ConnectionResetError):
        put(sandbox, key, BODY)
    sandbox.state.act(key, "start")
    refused = wait_until(lambda: [r for r in sandbox.state.journal() if not r.get("applied", True)
                             and r["session_key"] == key], seconds=2)  # fmt: skip
    assert refused
    assert applied(sandbox, key) == 0


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize(("kind", "times"), [("error_before", 0), ("error_after", 1)])
def test_a_server_error_is_answered(sandbox, key, kind, times, status):
    sandbox.state.fault(kind, key=key, status=status)
    answer = put(sandbox, key, BODY)
    assert answer.status == status
    assert answer.headers["content-type"].startswith("text/html")
    assert applied(sandbox, key) == times


def test_the_client_is_asked_to_wait(sandbox, key):
    sandbox.state.fault("busy", key=key, retry_after=7)
    answer = put(sandbox, key, BODY)
    assert (answer.status, answer.headers["retry-after"]) == (429, "7")
    assert "message" in answer.json
    assert applied(sandbox, key) == 0


@pytest.mark.parametrize("status", [401, 403])
def test_access_is_denied(sandbox, key, status):
    sandbox.state.fault("denied", key=key, status=status)
    assert put(sandbox, key, BODY).status == status
    assert applied(sandbox, key) == 0


@pytest.mark.parametrize("status", [400, 409, 422])
def test_a_change_is_refused_with_a_message(sandbox, key, status):
    sandbox.state.fault("refused", key=key, status=status, message="Not <b>now</b>.")
    answer = put(sandbox, key, BODY)
    assert (answer.status, answer.json) == (status, {"message": "Not <b>now</b>."})
    assert applied(sandbox, key) == 0


def test_the_session_is_not_found_once(sandbox, key):
    sandbox.state.fault("not_found", key=key, method="*")
    assert get(sandbox, key).status == 404
    assert get(sandbox, key).status == 200


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_the_client_is_redirected(sandbox, key, status):
    sandbox.state.fault("redirect", key=key, status=status, location="http://127.0.0.1:9/x")
    answer = put(sandbox, key, BODY)
    assert (answer.status, answer.headers["location"]) == (status, "http://127.0.0.1:9/x")
    assert applied(sandbox, key) == 0


def test_a_web_page_is_answered(sandbox, key):
    sandbox.state.fault("html", key=key)
    answer = put(sandbox, key, BODY)
    assert answer.status == 200
    assert b"<html" in answer.body or b"<!doctype html>" in answer.body
    assert applied(sandbox, key) == 1


def test_the_json_is_truncated(sandbox, key):
    sandbox.state.fault("truncated", key=key)
    with pytest.raises(json.JSONDecodeError):
        _ = put(sandbox, key, BODY).json
    assert applied(sandbox, key) == 1


def test_the_response_is_cut_off(sandbox, key):
    sandbox.state.fault("cut", key=key)
    with pytest.raises(http.client.IncompleteRead):
        put(sandbox, key, BODY)
    assert applied(sandbox, key) == 1


@pytest.mark.parametrize(
    ("kind", "piece"),
    [
        ("nan", b"NaN"),
        ("duplicate_keys", b'"status": "COMPLETE"'),
        ("deep", b"[" * 100_000),
        ("long_number", b"9" * 10_000),
        ("huge", b"x" * 2_000_000),
    ],
)
def test_the_json_is_malformed_or_huge(sandbox, key, kind, piece):
    sandbox.state.fault(kind, key=key)
    answer = put(sandbox, key, BODY)
    assert answer.status == 200
    assert piece in answer.body
    assert answer.body.startswith(b'{"session_key"')
    assert applied(sandbox, key) == 1


def test_a_small_response_decompresses_to_a_huge_one(sandbox, key):
    sandbox.state.fault("gzip_bomb", key=key)
    answer = put(sandbox, key, BODY)
    assert answer.headers["content-encoding"] == "gzip"
    assert len(answer.body) < 100_000 < 20_000_000 < len(gzip.decompress(answer.body))


@pytest.mark.parametrize(("kind", "interval"), [("slow_headers", 0.005), ("slow_body", 0.002)])
def test_the_response_drips(sandbox, key, kind, interval):
    sandbox.state.fault(kind, key=key, interval=interval)
    start = time.monotonic()
    assert put(sandbox, key, BODY).json["theme"] == "LITE"
    assert time.monotonic() - start > 0.05
    assert applied(sandbox, key) == 1


def test_the_server_survives_a_client_that_leaves_a_dripping_response(sandbox, key):
    sandbox.state.fault("slow_headers", key=key, interval=0.02)
    with pytest.raises(TimeoutError):
        put(sandbox, key, BODY, timeout=0.01)
    assert get(sandbox, key).json["theme"] == "LITE"


def test_the_answer_is_about_another_session(sandbox, key):
    sandbox.state.create()
    sandbox.state.fault("wrong_session", key=key)
    assert put(sandbox, key, BODY).json["session_key"] != key
    assert applied(sandbox, key) == 1


def test_another_session_is_invented_when_there_is_none():
    with start_sandbox(seed=False) as alone:
        key = alone.state.create()
        alone.state.fault("wrong_session")
        assert put(alone, key, BODY).json["session_key"] != key


@pytest.mark.parametrize("kind", ["html", "truncated", "nan", "wrong_session"])
def test_a_fault_can_spoil_the_response_of_a_call_that_was_not_carried_out(sandbox, key, kind):
    sandbox.state.fault(kind, key=key, apply=False)
    assert put(sandbox, key, BODY).status == 200
    assert applied(sandbox, key) == 0


def test_fields_are_left_out_of_the_answer(sandbox, key):
    sandbox.state.fault("not_shown", key=key)
    body = {**BODY, "session": {"client_id": "A-1", "theme": "LITE"}, "sms": {"by": "Me"}}
    document = put(sandbox, key, body).json
    assert "theme" not in document
    assert "client_id" not in document["options"]
    assert "by" not in document["options"]["sms"]
    assert "trim" not in document["vehicle"]
    assert applied(sandbox, key) == 1
    sandbox.state.fault("not_shown", key=key, method="GET", fields="session.language sms.to")
    document = get(sandbox, key).json
    assert "language" not in document
    assert "to" not in document["options"]["sms"]
    assert document["theme"] == "LITE"


def test_a_field_is_ignored(sandbox, key):
    sandbox.state.fault("ignored", key=key, field="session.theme")
    document = put(sandbox, key, BODY).json
    assert (document["theme"], document["vehicle"]["trim"]) == ("PRO", "Black Edition")
    sandbox.state.fault("ignored", key=key)
    assert put(sandbox, key, {"vehicle": {"trim": "Sport"}}).status == 200
    assert get(sandbox, key).json["vehicle"]["trim"] == "Black Edition"


def test_a_field_is_altered(sandbox, key):
    sandbox.state.fault("altered", key=key, field="vehicle.trim")
    assert put(sandbox, key, BODY).json["vehicle"]["trim"] == "Black Edition/"
    sandbox.state.fault("altered", key=key, value="CAPT")
    assert put(sandbox, key, {"session": {"theme": "LITE"}}).json["theme"] == "CAPT"
    sandbox.state.fault("altered", key=key)
    put(sandbox, key, {"vehicle": {"odom_reading": 5}})
    assert sandbox.state.session(key)["fields"]["vehicle.odom_reading"] == 6


def test_another_field_changes_too(sandbox, key):
    sandbox.state.fault("collateral", key=key)
    document = put(sandbox, key, BODY).json
    assert (document["theme"], document["options"]["client_id"]) == ("LITE", "MOVED-1")
    row = sandbox.state.applied(key)[0]
    assert set(row["changed"]) == {"session.theme", "vehicle.trim", "session.client_id"}
    assert row["version_after"] == row["version_before"] + 1
