"""A read is tried again where that may help; a change never is."""

import dataclasses
from datetime import UTC, datetime

import pytest

from sessions_ui.pave.client import PaveClient
from sessions_ui.pave.errors import (
    PaveBusy,
    PaveError,
    PaveNotFound,
    PaveNotSent,
    PaveRefused,
    PaveUnknown,
)
from sessions_ui.pave.transport.retries import MAX_BUDGET
from tests.pave.scripted_server import KEY, answers, echoes_session, hangs_up, resets, says, told

CHANGE = {"session": {"theme": "LITE"}}
SESSION = {"session_key": KEY}
NO = {"message": "No."}


@pytest.fixture
def patient(calls, time):
    """Make a client that tries three times, on that clock."""

    def make(server, **options):
        return calls(server, timer=time, pause=time.pause, **{"get_attempts": 3, **options})

    return make


def in_turn(*scripts):
    """Script: one script for each request, the last for all that follow."""
    return lambda line, asked, server: scripts[min(len(server.asked), len(scripts)) - 1](
        line, asked, server
    )


def busy(*headers, status="503 Busy"):
    return answers(NO, *headers, status=status)


@pytest.mark.parametrize("fault", [
    resets, hangs_up, says(told(SESSION)[:-3]), busy(), busy(status="502 Oh"),
    busy(status="504 Oh"), busy(status="429 Wait"), busy("Retry-After: 0"),
], ids=["reset", "hang-up", "truncated", "503", "502", "504", "429", "at once"])  # fmt: skip
def test_it_tries_a_read_again(serve, patient, time, fault):
    server = serve(in_turn(fault, fault, echoes_session))
    assert patient(server).session_get(KEY).document["session_key"] == KEY
    assert len(server.asked) == len(time.pauses) + 1 == 3


def test_it_tries_a_read_again_that_pave_keeps_waiting(serve, patient):
    server = serve(in_turn(lambda line, asked, server: server.over.wait(0.3), echoes_session))
    assert patient(server, read_timeout=0.1).session_get(KEY)
    assert len(server.asked) == 2


def test_it_tries_to_connect_again(patient, time):
    with pytest.raises(PaveNotSent) as caught:
        patient("http://127.0.0.1:9").session_get(KEY)
    assert caught.value.cause == "connect"
    assert len(time.pauses) == 2


@pytest.mark.parametrize("read", [
    "session_get", "session_photos", "session_notes", "session_results"
])  # fmt: skip
def test_it_gives_up_after_three_attempts(serve, patient, read):
    server = serve(busy())
    with pytest.raises(PaveUnknown) as caught:
        getattr(patient(server), read)(KEY)
    assert caught.value.http_status == 503
    assert len(server.asked) == 3


@pytest.mark.parametrize("fault", [
    busy(status="500 Oh"), busy(status="408 Oh"), busy(status="400 No"), busy(status="401 No"),
    busy(status="404 No"), busy(status="302 There"), answers("{"), answers({"session_key": "XXX"}),
    answers("<h1>", kind="Content-Type: text/html"), says(b"SSH-2.0\r\n"),
    answers(SESSION, "Transfer-Encoding: chunked"), answers("x" * 300_000),
], ids=["500", "408", "400", "401", "404", "302", "json", "other", "html", "ssh", "framing",
        "size"])  # fmt: skip
def test_it_does_not_try_again_where_that_cannot_help(serve, patient, fault):
    server = serve(fault)
    with pytest.raises(PaveError):
        patient(server).session_get(KEY)
    assert len(server.asked) == 1


def test_it_does_not_try_again_where_the_other_side_cannot_be_trusted(serve, patient):
    def speaks_plainly(line, asked, server):
        line.recv(65_536)
        line.sendall(told(NO))

    server = serve(speaks_plainly, eager=True)
    with pytest.raises(PaveNotSent) as caught:
        patient(f"https://127.0.0.1:{server.port}").session_get(KEY)
    assert caught.value.cause == "tls"
    assert server.opened == 1


# --- time ----------------------------------------------------------------------------------------


def test_it_pauses_at_random_and_ever_longer(serve, patient, time, monkeypatch):
    asked = []
    monkeypatch.setattr("random.uniform", lambda low, high: asked.append((low, high)) or high)
    with pytest.raises(PaveUnknown):
        patient(serve(busy()), get_attempts=7, get_deadline=60).session_get(KEY)
    assert asked[:6] == [(0, 0.25), (0, 0.5), (0, 1), (0, 2), (0, 4), (0, 4)]
    assert time.pauses == [0.25, 0.5, 1, 2, 4, 4]


def test_it_waits_as_long_as_pave_asks(serve, patient, time):
    server = serve(in_turn(busy("Retry-After: 3"), echoes_session))
    assert patient(server).session_get(KEY)
    assert time.pauses == [3]


@pytest.mark.parametrize("status", ["429 Wait", "503 Busy"])
def test_it_gives_up_at_once_when_pave_asks_for_more_time_than_there_is(
    serve, patient, time, status
):
    server = serve(busy("Retry-After: 8", status=status))
    with pytest.raises(PaveError) as caught:
        patient(server, get_deadline=8).session_get(KEY)
    assert (caught.value.retry_after, time.pauses) == (8, [])
    assert isinstance(caught.value, PaveBusy) == status.startswith("429")
    assert len(server.asked) == 1


def test_it_gives_all_attempts_together_one_deadline(serve, patient, time):
    server = serve(in_turn(busy("Retry-After: 5"), busy("Retry-After: 5"), echoes_session))
    with pytest.raises(PaveUnknown):
        patient(server, get_deadline=8).session_get(KEY)
    assert time.pauses == [5], "the second pause would end after the deadline"
    assert len(server.asked) == 2


def test_it_gives_each_attempt_what_is_left_of_it(serve, patient, monkeypatch):
    given, client = [], patient(serve(busy("Retry-After: 3")), get_deadline=8)
    once = client._caller.send_once
    monkeypatch.setattr(client._caller, "send_once", lambda c, s: given.append(s) or once(c, s))
    with pytest.raises(PaveUnknown):
        client.session_get(KEY)
    assert given == [8, 5, 2]


def test_it_cuts_the_last_attempt_at_that_deadline(serve, calls):
    server = serve(in_turn(busy(), lambda line, asked, server: server.over.wait(5)))
    client = calls(server, get_attempts=3, retry_base=0.0, get_deadline=0.4)
    with pytest.raises(PaveUnknown) as caught:
        client.session_get(KEY)
    assert caught.value.cause == "deadline"
    assert len(server.asked) == 2
    assert caught.value.duration_ms < 2000


def test_it_signs_each_attempt_anew(serve, patient):
    moments = iter(datetime(2021, 5, 30, 12, 49, second, tzinfo=UTC) for second in range(3))
    server = serve(busy())
    with pytest.raises(PaveUnknown):
        patient(server, clock=lambda: next(moments)).session_get(KEY)
    assert len({asked.headers["api-token"] for asked in server.asked}) == 3
    assert [asked.headers["api-timestamp"][-3:] for asked in server.asked] == ["00Z", "01Z", "02Z"]
    assert len({asked.headers["x-request-id"] for asked in server.asked}) == 1


def test_it_tries_again_for_a_tenth_of_its_calls_only(serve, patient):
    server = serve(busy())
    client, reads = patient(server), 100
    for _ in range(reads):
        with pytest.raises(PaveUnknown):
            client.session_get(KEY)
    more = len(server.asked) - reads
    assert MAX_BUDGET < more <= MAX_BUDGET + reads / 10


# --- changes -------------------------------------------------------------------------------------


@pytest.fixture
def pave(sandbox, settings):
    """Give the client of the sandbox, as eager to try again as it gets."""
    return PaveClient(dataclasses.replace(settings.PAVE, get_attempts=3))


@pytest.mark.parametrize(("fault", "kind", "applied"), [
    ("reset_before", PaveUnknown, 0), ("reset_after", PaveUnknown, 1),
    ("error_before", PaveUnknown, 0), ("error_after", PaveUnknown, 1), ("cut", PaveUnknown, 1),
    ("html", PaveUnknown, 1), ("busy", PaveBusy, 0), ("refused", PaveRefused, 0),
    ("not_found", PaveNotFound, 0), ("redirect", PaveUnknown, 0),
])  # fmt: skip
def test_it_sends_a_change_once_whatever_happens(sandbox, pave, fault, kind, applied):
    sandbox.state.create(key=KEY)
    sandbox.state.fault(fault, method="PUT")
    with pytest.raises(kind):
        pave.session_update(KEY, CHANGE)
    asked = [row for row in sandbox.state.journal() if row["kind"] == "request"]
    assert [(row["method"], row["session_key"]) for row in asked] == [("PUT", KEY)]
    assert len(sandbox.state.applied(KEY)) == applied


WRITES = {
    "update": lambda c: c.session_update(KEY, CHANGE),
    "create": lambda c: c.session_create({}),
    "delete": lambda c: c.session_delete(KEY),
    "resend": lambda c: c.session_resend(KEY),
}


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize(
    "fault", [resets, busy("Retry-After: 0"), busy("Retry-After: 0", status="429 Wait")],
    ids=["reset", "503", "429"],
)  # fmt: skip
def test_it_makes_no_write_twice(serve, patient, time, write, fault):
    server = serve(fault)
    with pytest.raises(PaveError):
        WRITES[write](patient(server))
    assert (len(server.asked), time.pauses) == (1, [])


def test_it_tries_a_read_of_the_sandbox_again(sandbox, pave):
    sandbox.state.create(key=KEY)
    sandbox.state.fault("error_before", method="GET", times=2)
    assert pave.session_get(KEY).document["session_key"] == KEY
    asked = [row["method"] for row in sandbox.state.journal() if row["kind"] == "request"]
    assert asked == ["GET"] * 3
