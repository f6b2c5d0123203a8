"""Where an answer begins and ends: told in one clear way, or the answer is none."""

import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions_ui.pave.client import Answer
from sessions_ui.pave.errors import PaveError, PaveNotSent, PaveUnknown
from tests.pave.scripted_server import KEY, Scripted, answers, echoes_session, says, told

SESSION = {"session_key": KEY, "status": "IDLE"}
CHANGE = {"session": {"theme": "LITE"}}
READ_AND_WRITE = pytest.mark.parametrize(
    "call",
    [lambda c: c.session_get(KEY), lambda c: c.session_update(KEY, CHANGE)],
    ids=["get", "put"],
)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
BODY = told(SESSION).partition(b"\r\n\r\n")[2]
SIZE = b"%x" % len(BODY)


def cause_of(call, client, kind=PaveUnknown):
    with pytest.raises(kind) as caught:
        call(client)
    assert type(caught.value) is kind
    return caught.value.cause


# --- chunks --------------------------------------------------------------------------------------


@READ_AND_WRITE
@pytest.mark.parametrize(
    "size", [b"-5", b"-1", b"-0", b"+2", b"0x2", b"1_0", b"zz", b" ", b"", b"9" * 40, b"2 ;a\x00"]
)
def test_it_takes_no_size_of_a_chunk_but_a_plain_number(serve, calls, call, size):
    server = serve(says(CHUNKED + size + b"\r\n" + BODY + b"\r\n0\r\n\r\n"))
    assert cause_of(call, calls(server)) == "framing"


def test_it_reads_nothing_behind_a_chunk_of_minus_one(serve, calls):
    """http.client takes -1 for "all there is", past the cap: 2 MB would come in one read."""
    server = serve(says(CHUNKED + b"-1\r\n" + b" " * 2_000_000))
    assert cause_of(lambda c: c.session_get(KEY), calls(server, max_bytes=100)) == "framing"


@pytest.mark.parametrize("size", [SIZE, b"000" + SIZE, SIZE.upper(), SIZE + b";name=value"])
def test_it_takes_the_sizes_that_the_standard_knows(serve, calls, size):
    server = serve(says(CHUNKED + size + b"\r\n" + BODY + b"\r\n0\r\n\r\n"))
    assert calls(server).session_get(KEY).document == SESSION


@pytest.mark.parametrize("end", [b"", b"0", b"00"])
def test_it_takes_no_body_whose_last_chunk_is_cut_off(serve, calls, end):
    server = serve(says(CHUNKED + SIZE + b"\r\n" + BODY + b"\r\n" + end))
    assert cause_of(lambda c: c.session_get(KEY), calls(server)) == "truncated"


# --- headers -------------------------------------------------------------------------------------


@READ_AND_WRITE
@pytest.mark.parametrize(
    "header",
    [
        "Transfer-Encoding: gzip",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding:",
        "Content-Length: -1",
        "Content-Length: +42",
        "Content-Length: 4_2",
        "Content-Length: many",
        "Content-Length:",
        "Content-Length: 42, 42",
        "Content-Length: 1, 2",
        "Content-Length: 9999999999999999",
        "Content-Length: " + "9" * 5000,
    ],
)
def test_it_takes_no_answer_that_is_framed_in_a_doubtful_way(serve, calls, call, header):
    server = serve(says(HEAD + header.encode() + b"\r\n\r\n" + BODY))
    assert cause_of(call, calls(server)) == "framing"


@READ_AND_WRITE
def test_it_takes_no_answer_that_is_framed_in_two_ways(serve, calls, call):
    both = b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n" % len(BODY)
    server = serve(says(HEAD + both + SIZE + b"\r\n" + BODY + b"\r\n0\r\n\r\n"))
    assert cause_of(call, calls(server)) == "framing"


def test_it_takes_a_body_as_it_is(serve, calls):
    assert calls(serve(answers(SESSION, "Transfer-Encoding: identity"))).session_get(KEY)
    assert calls(serve(says(HEAD + b"\r\n" + BODY))).session_get(KEY), "up to the line's end"


def test_it_reads_nothing_of_an_answer_that_says_it_is_too_large(serve, calls):
    def grows(line, asked, server):
        line.sendall(HEAD + b"Content-Length: 101\r\n\r\n")
        server.over.wait(5)

    client = calls(serve(grows), max_bytes=100, get_deadline=3)
    assert cause_of(lambda c: c.session_get(KEY), client) == "size"


# --- threads -------------------------------------------------------------------------------------


@READ_AND_WRITE
@pytest.mark.parametrize("spared", [0, 1], ids=["timer", "look-up"])
def test_it_sends_nothing_when_no_thread_can_start(serve, calls, call, monkeypatch, spared):
    server, started = serve(echoes_session), []
    client, start = calls(server), threading.Thread.start

    def starts(thread):
        if thread.name.startswith("pave-"):
            started.append(thread)
            if len(started) > spared:
                raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", starts)
    assert cause_of(call, client, PaveNotSent) == "thread"
    assert server.opened == 0


# --- anything at all -----------------------------------------------------------------------------

STATUSES = st.sampled_from(["200 OK", "200", "201 x", "204 No", "401 No", "404 No", "503 Oh"]) | (
    st.text(max_size=8)
)
NAMES = st.sampled_from(
    ["Content-Type", "Content-Length", "Transfer-Encoding", "Content-Encoding", "Retry-After"]
    + ["Date", "Set-Cookie", "Location", "Connection", "Trailer", "X", "", "a b", "Content-Length "]
)
VALUES = st.sampled_from(
    ["application/json", "application/json; charset", "text/html;;=", "chunked", "Chunked", "gzip"]
    + ["identity", "0", "46", "-1", "1e3", "٤", "a=b; expires=x; max-age=-", "=;=", "close", ",,"]
) | st.text(max_size=12)
HEADERS = st.lists(st.tuples(NAMES, VALUES), max_size=6)
BODIES = (
    st.sampled_from([BODY, SIZE + b"\r\n" + BODY + b"\r\n0\r\n\r\n", b"{}", b"", b"-1\r\n{}", b"["])
    | st.binary(max_size=40)
    | st.lists(st.sampled_from([b"0", b"-", b"2e", b"\r\n", b"{}", b";", BODY])).map(b"".join)
)
LINES = st.sampled_from(["HTTP/1.1 ", "HTTP/1.0 ", "HTTP/1.1 ", "HTTP/2 ", "HTTP/", "ICY ", ""])
JSON_FIRST = st.sampled_from([b"Content-Type: application/json\r\n", b""])


@st.composite
def whole_answers(draw):
    """Give the bytes of an answer: often nearly right, sometimes noise."""
    line = draw(LINES) + draw(STATUSES)
    rows = "".join(f"{name}: {value}\r\n" for name, value in draw(HEADERS))
    ends = draw(st.sampled_from([b"\r\n", b"\r\n", b"\n", b""]))
    head = f"{line}\r\n".encode() + draw(JSON_FIRST) + rows.encode()
    return head + ends + draw(BODIES)


SIZES = st.sampled_from([b"0", b"1", b"2", b"-1", b"-2", b"-5", b"+1", b"1_0", b"", b"x", SIZE])
PIECES = st.tuples(SIZES, st.sampled_from([BODY, b"{}", b"1", b""]))


@st.composite
def answers_in_chunks(draw):
    """Give the bytes of a good answer in chunks, but for their sizes."""
    pieces = draw(st.lists(PIECES, min_size=1, max_size=4))
    body = b"".join(b"%s\r\n%s\r\n" % piece for piece in pieces)
    return CHUNKED + body + draw(st.sampled_from([b"0\r\n\r\n", b"0\r\n", b"-1\r\n", b""]))


@pytest.fixture(scope="module")
def puppet():
    """Give a server that says whatever stands in its ``words``."""

    def speaks(line, asked, server):
        line.sendall(server.words)

    server = Scripted(speaks)
    server.words = b""
    yield server
    server.close()


@pytest.mark.parametrize("method", ["session_get", "session_update"])
@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(words=whole_answers() | answers_in_chunks())
def test_it_gives_an_answer_or_one_of_its_own_errors(puppet, calls, method, words):
    puppet.words = words
    found = outcome_of(calls(puppet, read_timeout=1), method)
    if isinstance(found, Answer):
        assert found.document["session_key"] == KEY
        assert 200 <= found.status < 300
    else:
        assert not isinstance(found, PaveNotSent), "the request had been written"
        assert found.cause


def outcome_of(client, method):
    try:
        return getattr(client, method)(KEY, *([CHANGE] if method == "session_update" else []))
    except PaveError as error:
        return error
