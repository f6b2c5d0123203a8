"""Test that the deadline spans the whole call and cuts it off, wherever the time is spent."""

import socket
import threading
from time import monotonic

import pytest

from sessions_ui.pave.errors import PaveNotSent, PaveUnknown
from sessions_ui.pave.transport.deadline import Deadline
from tests.pave.client_calls import CHANGE, KEY, READ_AND_WRITE, WRITES, get, update
from tests.pave.scripted_server import drips, echoes_session, http_response, stays_silent

DEADLINE = 0.3
SLACK = 1.0  # far below the duration of each script, and below the timeouts of single steps
SHORT = {"get_deadline": DEADLINE, "put_deadline": DEADLINE}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
WHOLE = http_response({"session_key": KEY})


@pytest.fixture
def pair():
    """Give both ends of a connection."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_nothing_may_be_written_once_the_deadline_has_passed():
    deadline = Deadline(0)  # its timer has not even been started
    with pytest.raises(TimeoutError):
        deadline.start_write()
    assert deadline.expired
    assert not deadline.write_started


def test_no_socket_is_accepted_once_the_deadline_has_passed(pair):
    with Deadline(0) as deadline, pytest.raises(TimeoutError):
        deadline.attach(pair[0])
    assert deadline.expired


def test_the_start_of_the_write_is_recorded():
    with Deadline(60) as deadline:
        deadline.start_write()
    assert deadline.write_started
    assert not deadline.expired


def test_the_socket_is_shut_down_at_the_deadline(pair):
    ours, theirs = pair
    with Deadline(0.05) as deadline:
        deadline.attach(ours)
        assert ours.recv(1) == b""
        assert deadline.expired
    assert theirs.recv(1) == b""


def test_the_socket_is_left_alone_after_the_end_of_the_call(pair):
    ours, theirs = pair
    with Deadline(60) as deadline:
        deadline.attach(ours)
    deadline._cut_off()  # a timer that fires at the moment of its cancellation
    assert not deadline.expired
    ours.sendall(b"x")
    assert theirs.recv(1) == b"x"


# --- whole calls ---------------------------------------------------------------------------------


def assert_cut_off(call, client, kind):
    started = monotonic()
    with pytest.raises(kind) as caught:
        call(client)
    duration = monotonic() - started
    assert type(caught.value) is kind
    assert caught.value.cause == "deadline"
    assert DEADLINE - 0.05 <= duration < DEADLINE + SLACK


@READ_AND_WRITE
@pytest.mark.parametrize(
    "script",
    [
        drips(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),
        drips(b"HTTP/1.1 200 OK\r\nA-long-header: "),
        drips(b"HTTP/1.1 2", b"0"),
        drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        drips(HEAD + b"\r\n{", b" "),
        drips(HEAD + b"Content-Length: 99999\r\n\r\n{", b" "),
        drips(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        drips(HEAD.replace(b"200 OK", b"404 No") + b"\r\n", b" "),
        drips(WHOLE.replace(b"Content-Length", b"X"), b" "),
        stays_silent,
    ],
    ids=[
        "headers",
        "header",
        "status",
        "100s",
        "body",
        "length",
        "chunks",
        "404",
        "tail",
        "silence",
    ],
)
def test_a_response_that_never_ends_is_cut_off(serve, make_client, call, script):
    server = serve(script)
    assert_cut_off(call, make_client(server, **SHORT), PaveUnknown)
    assert server.connection_count == 1


def test_a_server_that_reads_nothing_is_cut_off(serve, make_client):
    server = serve(stays_silent, eager=True)
    large = {"session": {"client_id": "x" * 20_000_000}}
    assert_cut_off(
        lambda client: client.session_update(KEY, large), make_client(server, **SHORT), PaveUnknown
    )


@READ_AND_WRITE
def test_a_handshake_that_hangs_is_cut_off(serve, make_client, call):
    server = serve(stays_silent, eager=True)
    client = make_client(f"https://127.0.0.1:{server.port}", **SHORT)
    assert_cut_off(call, client, PaveNotSent)


@READ_AND_WRITE
def test_a_handshake_that_never_ends_is_cut_off(serve, make_client, call):
    server = serve(drips(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc", b"\x00"), eager=True)
    client = make_client(f"https://127.0.0.1:{server.port}", **SHORT)
    assert_cut_off(call, client, PaveNotSent)


def test_reads_and_writes_have_a_deadline_each(serve, make_client):
    client = make_client(
        serve(stays_silent), get_deadline=DEADLINE, put_deadline=60, read_timeout=30
    )
    assert_cut_off(get, client, PaveUnknown)
    client = make_client(
        serve(stays_silent), get_deadline=60, put_deadline=DEADLINE, read_timeout=30
    )
    for write in WRITES.values():
        assert_cut_off(write, client, PaveUnknown)


def test_a_write_that_is_cut_off_after_it_was_sent_is_unknown(serve, make_client):
    """PAVE may apply a PUT that it has read, however the call ends."""
    server = serve(stays_silent)
    assert_cut_off(update, make_client(server, **SHORT), PaveUnknown)
    assert [request.json for request in server.requests] == [CHANGE]


def test_only_the_late_call_is_cut_off(serve, make_client):
    slow, quick = serve(drips(HEAD)), serve(echoes_session)
    causes = []
    client = make_client(slow, **SHORT)
    thread = threading.Thread(target=lambda: causes.append(cause_of(client)))
    thread.start()
    other = make_client(quick)
    while thread.is_alive():
        get(other)
    thread.join()
    assert causes == ["deadline"]


def cause_of(client):
    try:
        get(client)
    except PaveUnknown as error:
        return error.cause
    return "none"
