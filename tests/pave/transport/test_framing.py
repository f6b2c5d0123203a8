"""Test that a response is read only if its end is marked in exactly one clear way."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions_ui.pave.client import Answer
from sessions_ui.pave.errors import PaveError, PaveNotSent, PaveUnknown
from tests.pave.client_calls import KEY, READ_AND_WRITE, SESSION, error_of, get, update
from tests.pave.scripted_server import ScriptedServer, http_response, responds, sends

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
BODY = http_response(SESSION).partition(b"\r\n\r\n")[2]
SIZE = b"%x" % len(BODY)


# --- chunks --------------------------------------------------------------------------------------


@READ_AND_WRITE
@pytest.mark.parametrize(
    "size", [b"-5", b"-1", b"-0", b"+2", b"0x2", b"1_0", b"zz", b" ", b"", b"9" * 40, b"2 ;a\x00"]
)
def test_a_chunk_size_must_be_a_plain_number(serve, make_client, call, size):
    server = serve(sends(CHUNKED + size + b"\r\n" + BODY + b"\r\n0\r\n\r\n"))
    assert error_of(call, make_client(server), PaveUnknown).cause == "framing"


def test_nothing_is_read_after_a_chunk_size_of_minus_one(serve, make_client):
    """http.client takes -1 for "all there is": it would read 2 MB at once, far above the limit."""
    server = serve(sends(CHUNKED + b"-1\r\n" + b" " * 2_000_000))
    assert error_of(get, make_client(server, max_bytes=100), PaveUnknown).cause == "framing"


@pytest.mark.parametrize("size", [SIZE, b"000" + SIZE, SIZE.upper(), SIZE + b";name=value"])
def test_chunk_sizes_that_the_standard_allows_are_read(serve, make_client, size):
    server = serve(sends(CHUNKED + size + b"\r\n" + BODY + b"\r\n0\r\n\r\n"))
    assert get(make_client(server)).document == SESSION


def test_a_response_in_many_chunks_is_read(serve, make_client):
    body = json.dumps(SESSION).encode()
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
    assert get(make_client(serve(sends(CHUNKED + chunks)))).document == SESSION


@pytest.mark.parametrize("end", [b"", b"0", b"00"])
def test_a_body_whose_last_chunk_is_cut_off_is_truncated(serve, make_client, end):
    server = serve(sends(CHUNKED + SIZE + b"\r\n" + BODY + b"\r\n" + end))
    assert error_of(get, make_client(server), PaveUnknown).cause == "truncated"


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
def test_a_response_with_doubtful_framing_is_not_read(serve, make_client, call, header):
    server = serve(sends(HEAD + header.encode() + b"\r\n\r\n" + BODY))
    assert error_of(call, make_client(server), PaveUnknown).cause == "framing"


@READ_AND_WRITE
def test_a_response_with_both_a_length_and_chunks_is_not_read(serve, make_client, call):
    both = b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n" % len(BODY)
    server = serve(sends(HEAD + both + SIZE + b"\r\n" + BODY + b"\r\n0\r\n\r\n"))
    assert error_of(call, make_client(server), PaveUnknown).cause == "framing"


def test_a_body_without_coding_is_read(serve, make_client):
    assert get(make_client(serve(responds(SESSION, "Transfer-Encoding: identity"))))
    until_close = sends(HEAD + b"\r\n" + BODY)
    assert get(make_client(serve(until_close))), "up to the end of the connection"


def test_nothing_is_read_of_a_response_that_announces_too_much(serve, make_client):
    def announces(sock, request, server):
        sock.sendall(HEAD + b"Content-Length: 101\r\n\r\n")
        server.closing.wait(5)

    client = make_client(serve(announces), max_bytes=100, get_deadline=3)
    assert error_of(get, client, PaveUnknown).cause == "size"


# --- generated responses -------------------------------------------------------------------------

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
VERSIONS = st.sampled_from(["HTTP/1.1 ", "HTTP/1.0 ", "HTTP/1.1 ", "HTTP/2 ", "HTTP/", "ICY ", ""])
JSON_HEADER = st.sampled_from([b"Content-Type: application/json\r\n", b""])


@st.composite
def whole_responses(draw):
    """Generate the bytes of a response, often nearly correct and sometimes noise."""
    status_line = draw(VERSIONS) + draw(STATUSES)
    rows = "".join(f"{name}: {value}\r\n" for name, value in draw(HEADERS))
    end = draw(st.sampled_from([b"\r\n", b"\r\n", b"\n", b""]))
    head = f"{status_line}\r\n".encode() + draw(JSON_HEADER) + rows.encode()
    return head + end + draw(BODIES)


SIZES = st.sampled_from([b"0", b"1", b"2", b"-1", b"-2", b"-5", b"+1", b"1_0", b"", b"x", SIZE])
CHUNKS = st.tuples(SIZES, st.sampled_from([BODY, b"{}", b"1", b""]))


@st.composite
def chunked_responses(draw):
    """Generate the bytes of a chunked response that is correct except for the chunk sizes."""
    chunks = draw(st.lists(CHUNKS, min_size=1, max_size=4))
    body = b"".join(b"%s\r\n%s\r\n" % chunk for chunk in chunks)
    return CHUNKED + body + draw(st.sampled_from([b"0\r\n\r\n", b"0\r\n", b"-1\r\n", b""]))


@pytest.fixture(scope="module")
def server():
    """Give a server that sends the bytes of its attribute ``response``."""
    server = ScriptedServer(lambda sock, request, server: sock.sendall(server.response))
    server.response = b""
    yield server
    server.close()


@pytest.mark.parametrize("call", [get, update], ids=["session_get", "session_update"])
@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(response=whole_responses() | chunked_responses())
def test_any_response_leads_to_an_answer_or_a_pave_error(server, make_client, call, response):
    server.response = response
    result = result_of(call, make_client(server, read_timeout=1))
    if isinstance(result, Answer):
        assert result.document["session_key"] == KEY
        assert 200 <= result.status < 300
    else:
        assert not isinstance(result, PaveNotSent), "the request had been written"
        assert result.cause


def result_of(call, client):
    try:
        return call(client)
    except PaveError as error:
        return error
