"""The deadline spans the whole call and really cuts it, wherever the time goes."""

import gc
import socket
import threading
import warnings
from time import monotonic

import pytest

from sessions_ui.pave.errors import PaveNotSent, PaveUnknown
from tests.pave.scripted_server import KEY, drips, echoes_session, is_silent, told

CHANGE = {"session": {"theme": "LITE"}}
DEADLINE = 0.3
SLACK = 1.0  # far below what each script would take, and the time-outs of single steps
SHORT = {"get_deadline": DEADLINE, "put_deadline": DEADLINE}
READ_AND_WRITE = pytest.mark.parametrize(
    "call",
    [lambda c: c.session_get(KEY), lambda c: c.session_update(KEY, CHANGE)],
    ids=["get", "put"],
)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
WHOLE = told({"session_key": KEY})


def cut(call, client, kind):
    started = monotonic()
    with pytest.raises(kind) as caught:
        call(client)
    took = monotonic() - started
    assert type(caught.value) is kind
    assert caught.value.cause == "deadline"
    assert DEADLINE - 0.05 <= took < DEADLINE + SLACK
    return caught.value


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
        is_silent,
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
def test_it_cuts_a_drip_at_the_deadline(serve, calls, call, script):
    server = serve(script)
    cut(call, calls(server, **SHORT), PaveUnknown)
    assert server.opened == 1


def test_it_cuts_off_a_peer_that_takes_nothing_in(serve, calls):
    server = serve(is_silent, eager=True)
    large = {"session": {"client_id": "x" * 20_000_000}}
    cut(lambda c: c.session_update(KEY, large), calls(server, **SHORT), PaveUnknown)


@READ_AND_WRITE
def test_it_cuts_a_look_up_that_hangs(calls, call, monkeypatch):
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: answered.wait(5) and [])
    cut_name(call, calls("https://pave.invalid", **SHORT))
    answered.set()


def cut_name(call, client):
    """The look-up ends at the deadline itself, so either may be named: nothing was sent."""
    started = monotonic()
    with pytest.raises(PaveNotSent) as caught:
        call(client)
    assert caught.value.cause in ("dns", "deadline")
    assert monotonic() - started < DEADLINE + SLACK


@READ_AND_WRITE
def test_it_cuts_a_handshake_that_hangs(serve, calls, call):
    server = serve(is_silent, eager=True)
    cut(call, calls(f"https://127.0.0.1:{server.port}", **SHORT), PaveNotSent)


@READ_AND_WRITE
def test_it_cuts_a_handshake_that_drips(serve, calls, call):
    server = serve(drips(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc", b"\x00"), eager=True)
    cut(call, calls(f"https://127.0.0.1:{server.port}", **SHORT), PaveNotSent)


def test_it_has_a_deadline_for_reads_and_one_for_writes(serve, calls):
    client = calls(serve(is_silent), get_deadline=DEADLINE, put_deadline=60, read_timeout=30)
    cut(lambda c: c.session_get(KEY), client, PaveUnknown)
    client = calls(serve(is_silent), get_deadline=60, put_deadline=DEADLINE, read_timeout=30)
    for write in (
        lambda c: c.session_update(KEY, CHANGE),
        lambda c: c.session_create(CHANGE),
        lambda c: c.session_delete(KEY),
        lambda c: c.session_resend(KEY),
    ):
        cut(write, client, PaveUnknown)


def test_it_counts_the_written_request_even_when_it_is_cut(serve, calls):
    """A PUT that PAVE has read may be applied, however the call ends."""
    server = serve(is_silent)
    cut(lambda c: c.session_update(KEY, CHANGE), calls(server, **SHORT), PaveUnknown)
    assert [asked.json for asked in server.asked] == [CHANGE]


def test_it_cuts_only_the_call_that_is_late(serve, calls):
    slow, quick = serve(drips(HEAD)), serve(echoes_session)
    late = []
    client = calls(slow, **SHORT)
    thread = threading.Thread(target=lambda: late.append(cut_of(client)))
    thread.start()
    other = calls(quick)
    while thread.is_alive():
        other.session_get(KEY)
    thread.join()
    assert late == ["deadline"]


def cut_of(client):
    try:
        client.session_get(KEY)
    except PaveUnknown as error:
        return error.cause
    return "none"


def test_many_threads_may_share_one_client(serve, calls):
    server = serve(echoes_session)
    client, found = calls(server), {}

    def ask(number):
        keys = [f"XXX-{number}-{turn}" for turn in range(10)]
        found[number] = [client.session_get(key).document["session_key"] == key for key in keys]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: [True] * 10 for number in range(8)}
    assert server.opened == 80


def test_it_leaves_no_socket_open(serve, calls):
    good, bad = calls(serve(echoes_session)), calls(serve(drips(HEAD)), get_deadline=0.5)
    refused = calls("http://127.0.0.1:9")
    with warnings.catch_warnings(record=True, action="always", category=ResourceWarning) as seen:
        good.session_get(KEY)
        with pytest.raises(PaveUnknown):
            bad.session_get(KEY)
        with pytest.raises(PaveNotSent):
            refused.session_get(KEY)
        gc.collect()
    assert [str(warning.message) for warning in seen] == []
