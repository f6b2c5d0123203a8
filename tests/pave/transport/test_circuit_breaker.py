"""Test that calls stop while PAVE keeps failing, and that a read probes it every 15 seconds."""

import json
import logging
from datetime import timedelta

import pytest

from paveadmin.logs import JsonFormatter
from sessions_ui.pave.errors import PaveError, PaveNotFound, PaveNotSent
from sessions_ui.pave.transport.circuit_breaker import (
    FAILURES_TO_OPEN,
    PROBE_INTERVAL,
    WINDOW_CALLS,
    CircuitBreaker,
    Permit,
)
from tests.pave.client_calls import KEY, WRITES, get, update
from tests.pave.fake_clock import NOON
from tests.pave.scripted_server import echoes_session, resets, responds

CALLS = {"get": get, "photos": lambda client: client.session_photos(KEY), **WRITES}


class ReplaceableScript:
    """A script that a test can replace while the server runs."""

    def __init__(self):
        self.script = resets

    def __call__(self, sock, request, server):
        self.script(sock, request, server)


@pytest.fixture
def script():
    """Give the script of the server; it resets every connection until it is replaced."""
    return ReplaceableScript()


@pytest.fixture
def pave(serve, script):
    """Give the server of the tests."""
    return serve(script)


@pytest.fixture
def options(clock):
    """Give the options of a client with a circuit breaker on the fake clock."""
    return {"circuit": True, "timer": clock, "pause": clock.pause, "clock": clock.moment}


@pytest.fixture
def client(make_client, pave, options):
    """Give a client with a circuit breaker."""
    return make_client(pave, **options)


def fail(client, times=1, call=get):
    """Make a call that fails so many times, and return the causes."""
    causes = []
    for _ in range(times):
        with pytest.raises(PaveError) as caught:
            call(client)
        causes.append(caught.value.cause)
    return causes


@pytest.mark.parametrize("call", CALLS)
def test_the_circuit_opens_after_five_failures_in_a_row_and_then_nothing_is_sent(
    client, pave, call
):
    assert fail(client, FAILURES_TO_OPEN, update) == ["reset"] * FAILURES_TO_OPEN
    with pytest.raises(PaveNotSent) as caught:
        CALLS[call](client)
    assert (caught.value.cause, caught.value.duration_ms) == ("circuit_open", 0)
    assert "nothing was sent" in str(caught.value)
    assert len(pave.requests) == FAILURES_TO_OPEN


def test_four_failures_in_a_row_leave_the_circuit_closed(client, script):
    fail(client, FAILURES_TO_OPEN - 1)
    script.script = echoes_session
    get(client)
    script.script = resets
    assert fail(client, FAILURES_TO_OPEN - 1) == ["reset"] * (FAILURES_TO_OPEN - 1)
    assert client.state.circuit == "closed"


def test_a_call_counts_once_however_often_it_is_retried(make_client, pave, options):
    client = make_client(pave, get_attempts=3, retry_base=0.0, **options)
    fail(client, FAILURES_TO_OPEN - 1)
    assert client.state.circuit == "closed"
    fail(client)
    assert client.state.circuit == "open"
    assert len(pave.requests) == 3 * FAILURES_TO_OPEN


@pytest.mark.parametrize("status", ["400 No", "401 No", "404 No", "422 No", "429 Wait"])
def test_a_definite_refusal_counts_as_a_success(client, script, status):
    fail(client, FAILURES_TO_OPEN - 1)
    script.script = responds({"message": "No"}, status=status)
    fail(client, 3 * FAILURES_TO_OPEN, update)
    script.script = resets
    fail(client, FAILURES_TO_OPEN - 1)
    assert client.state.circuit == "closed"


@pytest.mark.parametrize("fault", [
    responds({"message": "No"}, status="500 Oh"), responds("<h1>", kind="Content-Type: text/html"),
    responds({"error": "No"}, status="404 No"), responds("{"), resets,
], ids=["500", "html", "404", "json", "reset"])  # fmt: skip
def test_anything_unknown_counts_as_a_failure(client, script, fault):
    script.script = fault
    fail(client, FAILURES_TO_OPEN)
    assert client.state.circuit == "open"


def test_a_call_that_could_not_be_sent_counts_as_a_failure(make_client, options):
    client = make_client("http://127.0.0.1:9", **options)
    causes = ["connect"] * FAILURES_TO_OPEN + ["circuit_open"]
    assert fail(client, FAILURES_TO_OPEN + 1) == causes


def test_a_call_that_the_rate_limiter_held_back_does_not_count(make_client, pave, options):
    client = make_client(pave, rate=5, get_deadline=0.1, **options)
    client._caller._rate_limiter._tokens = 0.0
    assert fail(client, 2 * FAILURES_TO_OPEN) == ["busy_here"] * 2 * FAILURES_TO_OPEN
    assert client.state.circuit == "closed"


# --- the window of the last twenty calls ---------------------------------------------------------


@pytest.fixture
def circuit(clock):
    """Give a circuit breaker of its own."""
    return CircuitBreaker(enabled=True, timer=clock, clock=clock.moment)


def record(circuit, pattern):
    """Record one call for each letter, with an x for a failure."""
    for letter in pattern:
        circuit.record(failed=letter == "x", is_read=True)


@pytest.mark.parametrize(
    ("pattern", "state"),
    [
        ("xxo" * 6 + "x", "closed"),  # 13 of 19: too few calls to judge by
        ("xxo" * 6 + "xo", "open"),
        ("xo" * 10, "closed"),  # exactly half of them
        ("xo" * 9 + "xx", "open"),
        ("o" * 50 + "xo" * 10, "closed"),
        ("x" * 4 + "o" * 20, "closed"),
    ],
)
def test_the_circuit_opens_when_most_of_the_last_twenty_calls_failed(circuit, pattern, state):
    record(circuit, pattern)
    assert circuit.state == state


def test_the_window_counts_only_if_it_spans_less_than_a_minute(circuit, clock):
    record(circuit, "xo")
    clock.now += 60.1
    record(circuit, "xo" * 8 + "xx")
    assert circuit.state == "closed", "the oldest of the twenty is too old"
    clock.now += 30
    record(circuit, "oxx")
    assert circuit.state == "open"


def test_the_window_is_empty_after_the_circuit_has_closed(circuit, clock):
    record(circuit, "xo" * 9 + "xx")
    assert circuit.state == "open"
    clock.now += PROBE_INTERVAL
    assert circuit.request_permit(is_read=True) is Permit.PROBE
    record(circuit, "o" + "x" * 4)
    assert circuit.state == "closed"
    assert len(circuit._calls) < WINDOW_CALLS


# --- the probe -----------------------------------------------------------------------------------


def test_one_read_goes_out_every_fifteen_seconds(client, pave, clock):
    fail(client, FAILURES_TO_OPEN)
    for _ in range(3):
        clock.now += 14.9
        assert fail(client) == ["circuit_open"]
        clock.now += 0.1
        assert fail(client, 1, update) == ["circuit_open"], "a write is no probe"
        assert fail(client, 2) == ["reset", "circuit_open"]
    assert len(pave.requests) == FAILURES_TO_OPEN + 3


def test_a_probe_is_not_retried(make_client, pave, clock, options):
    client = make_client(pave, get_attempts=3, retry_base=0.0, **options)
    fail(client, FAILURES_TO_OPEN, update)
    clock.now += 15
    assert fail(client) == ["reset"]
    assert len(pave.requests) == FAILURES_TO_OPEN + 1


def test_a_good_read_closes_the_circuit(client, script, clock):
    fail(client, FAILURES_TO_OPEN)
    clock.now += 15
    script.script = echoes_session
    assert get(client)
    assert update(client)
    assert client.state.circuit == "closed"
    assert client.state.open_since is None


def test_a_refusal_in_paves_own_json_closes_the_circuit(client, script, clock):
    fail(client, FAILURES_TO_OPEN)
    clock.now += 15
    script.script = responds({"message": "No such session"}, status="404 No")
    with pytest.raises(PaveNotFound):
        get(client)
    assert client.state.circuit == "closed"


def test_a_write_that_was_already_under_way_does_not_close_the_circuit(circuit):
    record(circuit, "x" * FAILURES_TO_OPEN)
    circuit.record(failed=False, is_read=False)
    assert circuit.state == "open"
    circuit.record(failed=False, is_read=True)
    assert circuit.state == "closed"


# --- the switch, the state and the log -----------------------------------------------------------


def test_the_circuit_breaker_can_be_switched_off(make_client, pave, options):
    client = make_client(pave, **{**options, "circuit": False})
    assert fail(client, 6 * FAILURES_TO_OPEN) == ["reset"] * 6 * FAILURES_TO_OPEN
    assert client.state.circuit == "off"


def test_the_state_says_since_when_the_circuit_is_open(client, clock):
    assert (client.state.circuit, client.state.open_since) == ("closed", None)
    clock.now += 7
    fail(client, FAILURES_TO_OPEN)
    opened = NOON + timedelta(seconds=7)
    assert (client.state.circuit, client.state.open_since) == ("open", opened)
    clock.now += 20
    fail(client)
    assert client.state.open_since == opened, "a failed probe does not start it again"


def test_opening_and_closing_are_logged(client, script, clock, caplog):
    caplog.set_level(logging.INFO, logger="sessions_ui.pave.transport.circuit_breaker")
    fail(client, FAILURES_TO_OPEN + 3)
    clock.now += 15
    script.script = echoes_session
    get(client)
    lines = [json.loads(JsonFormatter().format(record)) for record in caplog.records]
    assert [(line["circuit"], line["level"]) for line in lines] == [
        ("open", "warning"),
        ("closed", "warning"),
    ]


def test_the_sandboxs_list_of_sessions_counts_neither_way(client, script):
    fail(client, FAILURES_TO_OPEN - 1)
    script.script = responds([])
    assert client.sandbox_sessions() == []
    script.script = resets
    fail(client)
    assert client.state.circuit == "open"
    script.script = responds([])
    assert client.sandbox_sessions() == []
    assert client.state.circuit == "open"
