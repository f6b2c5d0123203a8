"""Test that a read is retried where that may help, and that a write never is."""

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
from tests.pave.client_calls import KEY, SESSION, WRITES, get, update
from tests.pave.scripted_server import (
    echoes_session,
    hangs_up,
    http_response,
    resets,
    responds,
    sends,
)

NO = {"message": "No."}


@pytest.fixture
def make_retrying_client(make_client, clock):
    """Give a function that makes a client with three attempts for a read, on the fake clock."""

    def make(server, **options):
        return make_client(server, timer=clock, pause=clock.pause, **{"get_attempts": 3, **options})

    return make


def in_turn(*scripts):
    """Script: run one script per request, and the last one for all further requests."""
    return lambda sock, request, server: scripts[min(len(server.requests), len(scripts)) - 1](
        sock, request, server
    )


def busy(*headers, status="503 Busy"):
    return responds(NO, *headers, status=status)


@pytest.mark.parametrize("fault", [
    resets, hangs_up, sends(http_response(SESSION)[:-3]), busy(), busy(status="502 Oh"),
    busy(status="504 Oh"), busy(status="429 Wait"), busy("Retry-After: 0"),
], ids=["reset", "hang-up", "truncated", "503", "502", "504", "429", "at once"])  # fmt: skip
def test_a_read_is_retried(serve, make_retrying_client, clock, fault):
    server = serve(in_turn(fault, fault, echoes_session))
    assert get(make_retrying_client(server)).document["session_key"] == KEY
    assert len(server.requests) == len(clock.pauses) + 1 == 3


def test_a_read_that_timed_out_is_retried(serve, make_retrying_client):
    slow = lambda sock, request, server: server.closing.wait(0.3)  # noqa: E731
    server = serve(in_turn(slow, echoes_session))
    assert get(make_retrying_client(server, read_timeout=0.1))
    assert len(server.requests) == 2


def test_a_read_that_could_not_connect_is_retried(make_retrying_client, clock):
    with pytest.raises(PaveNotSent) as caught:
        get(make_retrying_client("http://127.0.0.1:9"))
    assert caught.value.cause == "connect"
    assert len(clock.pauses) == 2


@pytest.mark.parametrize("read", [
    "session_get", "session_photos", "session_notes", "session_results"
])  # fmt: skip
def test_a_read_fails_after_three_attempts(serve, make_retrying_client, read):
    server = serve(busy())
    with pytest.raises(PaveUnknown) as caught:
        getattr(make_retrying_client(server), read)(KEY)
    assert caught.value.http_status == 503
    assert len(server.requests) == 3


@pytest.mark.parametrize("fault", [
    busy(status="500 Oh"), busy(status="408 Oh"), busy(status="400 No"), busy(status="401 No"),
    busy(status="404 No"), busy(status="302 There"), responds("{"),
    responds({"session_key": "XXX"}), responds("<h1>", kind="Content-Type: text/html"),
    sends(b"SSH-2.0\r\n"), responds(SESSION, "Transfer-Encoding: chunked"),
    responds("x" * 300_000),
], ids=["500", "408", "400", "401", "404", "302", "json", "other", "html", "ssh", "framing",
        "size"])  # fmt: skip
def test_a_read_is_not_retried_where_that_cannot_help(serve, make_retrying_client, fault):
    server = serve(fault)
    with pytest.raises(PaveError):
        get(make_retrying_client(server))
    assert len(server.requests) == 1


def test_a_read_is_not_retried_after_a_failure_of_tls(serve, make_retrying_client):
    def speaks_plain_http(sock, request, server):
        sock.recv(65_536)
        sock.sendall(http_response(NO))

    server = serve(speaks_plain_http, eager=True)
    with pytest.raises(PaveNotSent) as caught:
        get(make_retrying_client(f"https://127.0.0.1:{server.port}"))
    assert caught.value.cause == "tls"
    assert server.connection_count == 1


# --- pauses and deadlines ------------------------------------------------------------------------


def test_pauses_are_random_and_grow(serve, make_retrying_client, clock, monkeypatch):
    ranges = []
    monkeypatch.setattr("random.uniform", lambda low, high: ranges.append((low, high)) or high)
    with pytest.raises(PaveUnknown):
        get(make_retrying_client(serve(busy()), get_attempts=7, get_deadline=60))
    assert ranges[:6] == [(0, 0.25), (0, 0.5), (0, 1), (0, 2), (0, 4), (0, 4)]
    assert clock.pauses == [0.25, 0.5, 1, 2, 4, 4]


def test_the_pause_is_as_long_as_pave_asks(serve, make_retrying_client, clock):
    server = serve(in_turn(busy("Retry-After: 3"), echoes_session))
    assert get(make_retrying_client(server))
    assert clock.pauses == [3]


@pytest.mark.parametrize("status", ["429 Wait", "503 Busy"])
def test_a_read_fails_at_once_if_pave_asks_for_more_time_than_is_left(
    serve, make_retrying_client, clock, status
):
    server = serve(busy("Retry-After: 8", status=status))
    with pytest.raises(PaveError) as caught:
        get(make_retrying_client(server, get_deadline=8))
    assert (caught.value.retry_after, clock.pauses) == (8, [])
    assert isinstance(caught.value, PaveBusy) == status.startswith("429")
    assert len(server.requests) == 1


def test_all_attempts_together_have_one_deadline(serve, make_retrying_client, clock):
    server = serve(in_turn(busy("Retry-After: 5"), busy("Retry-After: 5"), echoes_session))
    with pytest.raises(PaveUnknown):
        get(make_retrying_client(server, get_deadline=8))
    assert clock.pauses == [5], "the second pause would end after the deadline"
    assert len(server.requests) == 2


def test_each_attempt_gets_the_time_that_is_left(serve, make_retrying_client, monkeypatch):
    deadlines = []
    client = make_retrying_client(serve(busy("Retry-After: 3")), get_deadline=8)
    send_once = client._caller.send_once
    monkeypatch.setattr(
        client._caller, "send_once", lambda c, s: deadlines.append(s) or send_once(c, s)
    )
    with pytest.raises(PaveUnknown):
        get(client)
    assert deadlines == [8, 5, 2]


def test_the_last_attempt_is_cut_off_at_the_common_deadline(serve, make_client):
    server = serve(in_turn(busy(), lambda sock, request, server: server.closing.wait(5)))
    client = make_client(server, get_attempts=3, retry_base=0.0, get_deadline=0.4)
    with pytest.raises(PaveUnknown) as caught:
        get(client)
    assert caught.value.cause == "deadline"
    assert len(server.requests) == 2
    assert caught.value.duration_ms < 2000


def test_each_attempt_has_a_signature_of_its_own(serve, make_retrying_client):
    moments = iter(datetime(2021, 5, 30, 12, 49, second, tzinfo=UTC) for second in range(3))
    server = serve(busy())
    with pytest.raises(PaveUnknown):
        get(make_retrying_client(server, clock=lambda: next(moments)))
    requests = server.requests
    assert len({request.headers["api-token"] for request in requests}) == 3
    stamps = [request.headers["api-timestamp"][-3:] for request in requests]
    assert stamps == ["00Z", "01Z", "02Z"]
    assert len({request.headers["x-request-id"] for request in requests}) == 1


def test_only_a_tenth_of_the_calls_are_retries(serve, make_retrying_client):
    server = serve(busy())
    client, reads = make_retrying_client(server), 100
    for _ in range(reads):
        with pytest.raises(PaveUnknown):
            get(client)
    retries = len(server.requests) - reads
    assert MAX_BUDGET < retries <= MAX_BUDGET + reads / 10


# --- writes --------------------------------------------------------------------------------------


@pytest.fixture
def pave(sandbox, settings):
    """Give a client of the sandbox that makes three attempts for a read."""
    return PaveClient(dataclasses.replace(settings.PAVE, get_attempts=3))


@pytest.mark.parametrize(("fault", "kind", "applied"), [
    ("reset_before", PaveUnknown, 0), ("reset_after", PaveUnknown, 1),
    ("error_before", PaveUnknown, 0), ("error_after", PaveUnknown, 1), ("cut", PaveUnknown, 1),
    ("html", PaveUnknown, 1), ("busy", PaveBusy, 0), ("refused", PaveRefused, 0),
    ("not_found", PaveNotFound, 0), ("redirect", PaveUnknown, 0),
])  # fmt: skip
def test_an_update_is_sent_once_whatever_happens(sandbox, pave, fault, kind, applied):
    sandbox.state.create(key=KEY)
    sandbox.state.fault(fault, method="PUT")
    with pytest.raises(kind):
        update(pave)
    requests = [row for row in sandbox.state.journal() if row["kind"] == "request"]
    assert [(row["method"], row["session_key"]) for row in requests] == [("PUT", KEY)]
    assert len(sandbox.state.applied(KEY)) == applied


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize(
    "fault", [resets, busy("Retry-After: 0"), busy("Retry-After: 0", status="429 Wait")],
    ids=["reset", "503", "429"],
)  # fmt: skip
def test_no_write_is_retried(serve, make_retrying_client, clock, write, fault):
    server = serve(fault)
    with pytest.raises(PaveError):
        WRITES[write](make_retrying_client(server))
    assert (len(server.requests), clock.pauses) == (1, [])


def test_a_read_of_the_sandbox_is_retried(sandbox, pave):
    sandbox.state.create(key=KEY)
    sandbox.state.fault("error_before", method="GET", times=2)
    assert get(pave).document["session_key"] == KEY
    methods = [row["method"] for row in sandbox.state.journal() if row["kind"] == "request"]
    assert methods == ["GET"] * 3
