"""Each fault as it looks from outside, over a real socket, and what was applied meanwhile."""

import gzip
import http.client
import json
import threading
import time

import pytest

from sessions_ui.pave.sandbox import start_sandbox
from sessions_ui.pave.sandbox.state.faults import KINDS
from tests.pave.sandbox.raw_client import get, put, send

BODY = {"session": {"theme": "LITE"}, "vehicle": {"trim": "Black Edition"}}


@pytest.fixture(scope="module")
def running():
    with start_sandbox(seed=False) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running):
    running.state.clear_faults()
    return running


@pytest.fixture
def key(sandbox):
    return sandbox.state.create()


def applied(sandbox, key):
    return len(sandbox.state.applied(key))


def test_every_kind_is_tried_here():
    """The tests below name their fault in so many words; a new kind needs a test."""
    with open(__file__, encoding="utf-8") as source:
        words = source.read()
    assert [kind for kind in KINDS if f'"{kind}"' not in words] == []


@pytest.mark.parametrize(("kind", "times"), [("reset_before", 0), ("reset_after", 1)])
def test_it_resets_the_connection(sandbox, key, kind, times):
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
def test_it_hangs_for_a_while(sandbox, key, kind, times, answers):
    sandbox.state.fault(kind, key=key, seconds=0.15)
    began = time.monotonic()
    if answers:
        assert put(sandbox, key, BODY).json["theme"] == "LITE"
    else:
        with pytest.raises(ConnectionResetError):
            put(sandbox, key, BODY)
    assert time.monotonic() - began >= 0.15
    assert applied(sandbox, key) == times


@pytest.mark.parametrize(("kind", "times"), [("hang_before", 1), ("hang_lost", 0)])
def test_it_outlasts_a_client_that_gives_up(sandbox, key, kind, times):
    sandbox.state.fault(kind, key=key, seconds=0.2)
    with pytest.raises(TimeoutError):
        put(sandbox, key, BODY, timeout=0.05)
    assert applied(sandbox, key) == 0
    assert until(lambda: applied(sandbox, key), seconds=0.5) == times


def until(condition, *, seconds):
    """Give the condition's value as soon as it is true, or its last one."""
    end = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < end:
        threading.Event().wait(0.01)
    return value


def test_it_ends_every_wait_when_it_closes():
    sandbox = start_sandbox(seed=False)
    key = sandbox.state.create()
    sandbox.state.fault("hang_after", key=key, seconds=600)
    sandbox.state.fault("slow_body", key=key, interval=600)
    sandbox.state.fault("late", key=key, seconds=600)
    heard = []

    def ask():
        try:
            heard.append(put(sandbox, key, BODY, timeout=30))
        except (OSError, http.client.HTTPException) as error:
            heard.append(error)

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    until(lambda: not sandbox.state.faults.waiting and heard, seconds=5)
    began = time.monotonic()
    sandbox.close()
    for asker in askers:
        asker.join(5)
    assert time.monotonic() - began < 2
    assert len(heard) == 3
    sandbox.close()


@pytest.mark.parametrize("answer", ["reset", "504"])
def test_it_applies_late(sandbox, key, answer):
    sandbox.state.fault("late", key=key, seconds=0.1, answer=answer)
    if answer == "reset":
        with pytest.raises(ConnectionResetError):
            put(sandbox, key, BODY)
    else:
        assert put(sandbox, key, BODY).status == 504
    assert applied(sandbox, key) == 0
    assert until(lambda: applied(sandbox, key), seconds=2) == 1
    assert sandbox.state.applied(key)[0]["fault"] == "late"


def test_it_weighs_a_late_change_when_it_comes(sandbox, key):
    sandbox.state.fault("late", key=key, seconds=0.1)
    with pytest.raises(ConnectionResetError):
        put(sandbox, key, BODY)
    sandbox.state.act(key, "start")
    refused = until(lambda: [r for r in sandbox.state.journal() if not r.get("applied", True)
                             and r["session_key"] == key], seconds=2)  # fmt: skip
    assert refused
    assert applied(sandbox, key) == 0


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize(("kind", "times"), [("error_before", 0), ("error_after", 1)])
def test_it_fails_with_a_server_error(sandbox, key, kind, times, status):
    sandbox.state.fault(kind, key=key, status=status)
    answer = put(sandbox, key, BODY)
    assert answer.status == status
    assert answer.headers["content-type"].startswith("text/html")
    assert applied(sandbox, key) == times


def test_it_asks_to_wait(sandbox, key):
    sandbox.state.fault("busy", key=key, retry_after=7)
    answer = put(sandbox, key, BODY)
    assert (answer.status, answer.headers["retry-after"]) == (429, "7")
    assert "message" in answer.json
    assert applied(sandbox, key) == 0


@pytest.mark.parametrize("status", [401, 403])
def test_it_denies(sandbox, key, status):
    sandbox.state.fault("denied", key=key, status=status)
    assert put(sandbox, key, BODY).status == status
    assert applied(sandbox, key) == 0


@pytest.mark.parametrize("status", [400, 409, 422])
def test_it_refuses_with_words(sandbox, key, status):
    sandbox.state.fault("refused", key=key, status=status, message="Not <b>now</b>.")
    answer = put(sandbox, key, BODY)
    assert (answer.status, answer.json) == (status, {"message": "Not <b>now</b>."})
    assert applied(sandbox, key) == 0


def test_it_forgets_the_session(sandbox, key):
    sandbox.state.fault("not_found", key=key, method="*")
    assert get(sandbox, key).status == 404
    assert get(sandbox, key).status == 200


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_it_redirects(sandbox, key, status):
    sandbox.state.fault("redirect", key=key, status=status, location="http://127.0.0.1:9/x")
    answer = put(sandbox, key, BODY)
    assert (answer.status, answer.headers["location"]) == (status, "http://127.0.0.1:9/x")
    assert applied(sandbox, key) == 0


def test_it_answers_with_a_web_page(sandbox, key):
    sandbox.state.fault("html", key=key)
    answer = put(sandbox, key, BODY)
    assert answer.status == 200
    assert b"<html" in answer.body or b"<!doctype html>" in answer.body
    assert applied(sandbox, key) == 1


def test_it_answers_with_half_the_json(sandbox, key):
    sandbox.state.fault("truncated", key=key)
    with pytest.raises(json.JSONDecodeError):
        _ = put(sandbox, key, BODY).json
    assert applied(sandbox, key) == 1


def test_it_ends_in_mid_answer(sandbox, key):
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
def test_it_answers_with_json_that_is_none(sandbox, key, kind, piece):
    sandbox.state.fault(kind, key=key)
    answer = put(sandbox, key, BODY)
    assert answer.status == 200
    assert piece in answer.body
    assert answer.body.startswith(b'{"session_key"')
    assert applied(sandbox, key) == 1


def test_it_answers_small_and_unpacks_huge(sandbox, key):
    sandbox.state.fault("gzip_bomb", key=key)
    answer = put(sandbox, key, BODY)
    assert answer.headers["content-encoding"] == "gzip"
    assert len(answer.body) < 100_000 < 20_000_000 < len(gzip.decompress(answer.body))


@pytest.mark.parametrize(("kind", "interval"), [("slow_headers", 0.005), ("slow_body", 0.002)])
def test_it_drips(sandbox, key, kind, interval):
    sandbox.state.fault(kind, key=key, interval=interval)
    began = time.monotonic()
    assert put(sandbox, key, BODY).json["theme"] == "LITE"
    assert time.monotonic() - began > 0.05
    assert applied(sandbox, key) == 1


def test_it_drips_to_a_client_that_leaves(sandbox, key):
    sandbox.state.fault("slow_headers", key=key, interval=0.02)
    with pytest.raises(TimeoutError):
        put(sandbox, key, BODY, timeout=0.01)
    assert get(sandbox, key).json["theme"] == "LITE"


def test_it_answers_for_another_session(sandbox, key):
    sandbox.state.create()
    sandbox.state.fault("wrong_session", key=key)
    assert put(sandbox, key, BODY).json["session_key"] != key
    assert applied(sandbox, key) == 1


def test_it_invents_another_session_when_there_is_none():
    with start_sandbox(seed=False) as alone:
        key = alone.state.create()
        alone.state.fault("wrong_session")
        assert put(alone, key, BODY).json["session_key"] != key


@pytest.mark.parametrize("kind", ["html", "truncated", "nan", "wrong_session"])
def test_it_can_spoil_the_answer_of_a_call_not_carried_out(sandbox, key, kind):
    sandbox.state.fault(kind, key=key, apply=False)
    assert put(sandbox, key, BODY).status == 200
    assert applied(sandbox, key) == 0


def test_it_leaves_fields_out_of_the_answer(sandbox, key):
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


def test_it_ignores_a_field(sandbox, key):
    sandbox.state.fault("ignored", key=key, field="session.theme")
    document = put(sandbox, key, BODY).json
    assert (document["theme"], document["vehicle"]["trim"]) == ("PRO", "Black Edition")
    sandbox.state.fault("ignored", key=key)
    assert put(sandbox, key, {"vehicle": {"trim": "Sport"}}).status == 200
    assert get(sandbox, key).json["vehicle"]["trim"] == "Black Edition"


def test_it_alters_a_field(sandbox, key):
    sandbox.state.fault("altered", key=key, field="vehicle.trim")
    assert put(sandbox, key, BODY).json["vehicle"]["trim"] == "Black Edition/"
    sandbox.state.fault("altered", key=key, value="CAPT")
    assert put(sandbox, key, {"session": {"theme": "LITE"}}).json["theme"] == "CAPT"
    sandbox.state.fault("altered", key=key)
    put(sandbox, key, {"vehicle": {"odom_reading": 5}})
    assert sandbox.state.session(key)["fields"]["vehicle.odom_reading"] == 6


def test_it_changes_another_field_too(sandbox, key):
    sandbox.state.fault("collateral", key=key)
    document = put(sandbox, key, BODY).json
    assert (document["theme"], document["options"]["client_id"]) == ("LITE", "MOVED-1")
    row = sandbox.state.applied(key)[0]
    assert set(row["changed"]) == {"session.theme", "vehicle.trim", "session.client_id"}
    assert row["version_after"] == row["version_before"] + 1


def test_it_strikes_only_where_it_is_meant(sandbox, key):
    other = sandbox.state.create()
    sandbox.state.fault("error_before", key=key, times=2, skip=1)
    assert get(sandbox, key).status == 200
    assert put(sandbox, other, BODY).status == 200
    seen = [put(sandbox, key, {}).status for _ in range(5)]
    assert seen == [200, 503, 503, 200, 200]
    sandbox.state.fault("busy", method="POST")
    assert send(sandbox, "POST", "/v1/sessions").status == 429
    faults = [row["fault"] for row in sandbox.state.journal() if row["kind"] == "request"]
    assert faults[-1] == "busy"


def test_it_strikes_nobody_who_is_not_signed(sandbox, key):
    sandbox.state.fault("error_before", key=key)
    assert put(sandbox, key, BODY, headers={}).status == 401
    assert put(sandbox, key, BODY).status == 503


@pytest.mark.parametrize(
    ("kind", "scope"),
    [
        ("gremlins", {}),
        ("busy", {"method": "BREW"}),
        ("busy", {"seconds": 3}),
        ("busy", {"times": 0}),
        ("hang_after", {"seconds": "soon"}),
    ],
)
def test_it_takes_no_fault_that_it_does_not_know(sandbox, kind, scope):
    with pytest.raises(ValueError, match=r"fault|takes no|float"):
        sandbox.state.fault(kind, **scope)
    assert sandbox.state.faults.waiting == []
