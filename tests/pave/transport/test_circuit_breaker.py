"""PAVE that fails again and again is left alone; a read looks in every 15 seconds."""

import json
import logging
from datetime import timedelta

import pytest

from paveadmin.logs import JsonLine
from sessions_ui.pave.errors import PaveError, PaveNotFound, PaveNotSent
from sessions_ui.pave.transport.circuit_breaker import (
    FAILURES_TO_OPEN,
    WINDOW_CALLS,
    CircuitBreaker,
    Permit,
)
from tests.pave.fake_clock import NOON
from tests.pave.scripted_server import KEY, answers, echoes_session, resets

CHANGE = {"session": {"theme": "LITE"}}
READ = lambda c: c.session_get(KEY)  # noqa: E731
CALLS = {
    "get": READ,
    "photos": lambda c: c.session_photos(KEY),
    "update": lambda c: c.session_update(KEY, CHANGE),
    "create": lambda c: c.session_create({}),
    "delete": lambda c: c.session_delete(KEY),
    "resend": lambda c: c.session_resend(KEY),
}


class Moody:
    """A script that a test changes while the server runs."""

    def __init__(self):
        self.mood = resets

    def __call__(self, line, asked, server):
        self.mood(line, asked, server)


@pytest.fixture
def pave(serve):
    """Give a server that resets every call until its ``mood`` is changed."""
    script = Moody()
    server = serve(script)
    server.script = script
    return server


@pytest.fixture
def client(calls, pave, time):
    """Give a client with a circuit, on a clock that stands still."""
    return calls(pave, circuit=True, timer=time, pause=time.pause, clock=time.moment)


def fail(client, times=1, call=READ):
    causes = []
    for _ in range(times):
        with pytest.raises(PaveError) as caught:
            call(client)
        causes.append(caught.value.cause)
    return causes


def feel(pave, mood):
    pave.script.mood = mood


@pytest.mark.parametrize("call", CALLS)
def test_it_opens_after_five_failures_in_a_row_and_sends_nothing_more(client, pave, call):
    assert fail(client, FAILURES_TO_OPEN, CALLS["update"]) == ["reset"] * FAILURES_TO_OPEN
    with pytest.raises(PaveNotSent) as caught:
        CALLS[call](client)
    assert (caught.value.cause, caught.value.duration_ms) == ("circuit_open", 0)
    assert "nothing was sent" in str(caught.value)
    assert len(pave.asked) == FAILURES_TO_OPEN


def test_it_stays_closed_for_four(client, pave):
    fail(client, FAILURES_TO_OPEN - 1)
    feel(pave, echoes_session)
    READ(client)
    feel(pave, resets)
    assert fail(client, FAILURES_TO_OPEN - 1) == ["reset"] * (FAILURES_TO_OPEN - 1)
    assert client.state.circuit == "closed"


def test_it_counts_a_call_once_however_often_it_is_tried(calls, pave, time):
    client = calls(pave, circuit=True, get_attempts=3, retry_base=0.0, timer=time, pause=time.pause)
    fail(client, FAILURES_TO_OPEN - 1)
    assert client.state.circuit == "closed"
    fail(client)
    assert client.state.circuit == "open"
    assert len(pave.asked) == 3 * FAILURES_TO_OPEN


@pytest.mark.parametrize("status", ["400 No", "401 No", "404 No", "422 No", "429 Wait"])
def test_it_takes_paves_definite_no_for_a_success(client, pave, status):
    fail(client, FAILURES_TO_OPEN - 1)
    feel(pave, answers({"message": "No"}, status=status))
    fail(client, 3 * FAILURES_TO_OPEN, CALLS["update"])
    feel(pave, resets)
    fail(client, FAILURES_TO_OPEN - 1)
    assert client.state.circuit == "closed"


@pytest.mark.parametrize("fault", [
    answers({"message": "No"}, status="500 Oh"), answers("<h1>", kind="Content-Type: text/html"),
    answers({"error": "No"}, status="404 No"), answers("{"), resets,
], ids=["500", "html", "404", "json", "reset"])  # fmt: skip
def test_it_takes_anything_unknown_for_a_failure(client, pave, fault):
    feel(pave, fault)
    fail(client, FAILURES_TO_OPEN)
    assert client.state.circuit == "open"


def test_it_counts_what_was_not_sent(calls, time):
    client = calls("http://127.0.0.1:9", circuit=True, timer=time, pause=time.pause)
    assert fail(client, FAILURES_TO_OPEN + 1) == ["connect"] * FAILURES_TO_OPEN + ["circuit_open"]


def test_it_does_not_count_what_we_ourselves_held_back(calls, pave, time):
    client = calls(pave, circuit=True, rate=5, timer=time, pause=time.pause, get_deadline=0.1)
    client._caller._rate_limiter._tokens = 0.0
    assert fail(client, 2 * FAILURES_TO_OPEN) == ["busy_here"] * 2 * FAILURES_TO_OPEN
    assert client.state.circuit == "closed"


# --- the last twenty -----------------------------------------------------------------------------


@pytest.fixture
def circuit(time):
    """Give a circuit of its own."""
    return CircuitBreaker(enabled=True, timer=time, clock=time.moment)


def note(circuit, pattern):
    for sign in pattern:
        circuit.record(failed=sign == "x", is_read=True)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("xxo" * 6 + "x", "closed"),  # 13 of 19: too few calls to judge by
        ("xxo" * 6 + "xo", "open"),
        ("xo" * 10, "closed"),  # just half of them
        ("xo" * 9 + "xx", "open"),
        ("o" * 50 + "xo" * 10, "closed"),
        ("x" * 4 + "o" * 20, "closed"),
    ],
)
def test_it_opens_when_most_of_the_last_twenty_failed(circuit, pattern, name):
    note(circuit, pattern)
    assert circuit.state == name


def test_it_weighs_only_what_came_within_a_minute(circuit, time):
    note(circuit, "xo")
    time.now += 60.1
    note(circuit, "xo" * 8 + "xx")
    assert circuit.state == "closed", "the oldest of the twenty is too old"
    time.now += 30
    note(circuit, "oxx")
    assert circuit.state == "open"


def test_it_starts_anew_when_it_closes(circuit, time):
    note(circuit, "xo" * 9 + "xx")
    assert circuit.state == "open"
    time.now += 15
    assert circuit.request_permit(is_read=True) is Permit.PROBE
    note(circuit, "o" + "x" * 4)
    assert circuit.state == "closed"
    assert len(circuit._calls) < WINDOW_CALLS


# --- looking in ----------------------------------------------------------------------------------


def test_it_lets_one_read_out_every_fifteen_seconds(client, pave, time):
    fail(client, FAILURES_TO_OPEN)
    for _ in range(3):
        time.now += 14.9
        assert fail(client) == ["circuit_open"]
        time.now += 0.1
        assert fail(client, 1, CALLS["update"]) == ["circuit_open"], "a change is no probe"
        assert fail(client, 2) == ["reset", "circuit_open"]
    assert len(pave.asked) == FAILURES_TO_OPEN + 3


def test_it_tries_a_probe_once_only(calls, pave, time):
    client = calls(pave, circuit=True, get_attempts=3, retry_base=0.0, timer=time, pause=time.pause)
    fail(client, FAILURES_TO_OPEN, CALLS["update"])
    time.now += 15
    assert fail(client) == ["reset"]
    assert len(pave.asked) == FAILURES_TO_OPEN + 1


def test_it_closes_at_a_good_read(client, pave, time):
    fail(client, FAILURES_TO_OPEN)
    time.now += 15
    feel(pave, echoes_session)
    assert READ(client)
    assert CALLS["update"](client)
    assert client.state.circuit == "closed"
    assert client.state.open_since is None


def test_it_closes_when_pave_says_no_in_its_own_words(client, pave, time):
    fail(client, FAILURES_TO_OPEN)
    time.now += 15
    feel(pave, answers({"message": "No such session"}, status="404 No"))
    with pytest.raises(PaveNotFound):
        READ(client)
    assert client.state.circuit == "closed"


def test_it_does_not_close_for_a_change_that_was_already_under_way(circuit):
    note(circuit, "x" * FAILURES_TO_OPEN)
    circuit.record(failed=False, is_read=False)
    assert circuit.state == "open"
    circuit.record(failed=False, is_read=True)
    assert circuit.state == "closed"


# --- off, and seen -------------------------------------------------------------------------------


def test_it_can_be_off(calls, pave, time):
    client = calls(pave, circuit=False, timer=time, pause=time.pause)
    assert fail(client, 6 * FAILURES_TO_OPEN) == ["reset"] * 6 * FAILURES_TO_OPEN
    assert client.state.circuit == "off"


def test_it_says_since_when_it_is_open(client, time):
    assert (client.state.circuit, client.state.open_since) == ("closed", None)
    time.now += 7
    fail(client, FAILURES_TO_OPEN)
    opened = NOON + timedelta(seconds=7)
    assert (client.state.circuit, client.state.open_since) == ("open", opened)
    time.now += 20
    fail(client)
    assert client.state.open_since == opened, "a probe that fails does not begin anew"


def test_it_tells_the_log_when_it_turns(client, pave, time, caplog):
    caplog.set_level(logging.INFO, logger="sessions_ui.pave.transport.circuit_breaker")
    fail(client, FAILURES_TO_OPEN + 3)
    time.now += 15
    feel(pave, echoes_session)
    READ(client)
    lines = [json.loads(JsonLine().format(record)) for record in caplog.records]
    assert [(line["circuit"], line["level"]) for line in lines] == [
        ("open", "warning"),
        ("closed", "warning"),
    ]


def test_the_sandboxs_own_list_says_nothing_about_pave(client, pave):
    fail(client, FAILURES_TO_OPEN - 1)
    feel(pave, answers([]))
    assert client.sandbox_sessions() == []
    feel(pave, resets)
    fail(client)
    assert client.state.circuit == "open"
    feel(pave, answers([]))
    assert client.sandbox_sessions() == []
    assert client.state.circuit == "open"
