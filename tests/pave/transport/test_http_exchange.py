"""Test one exchange: a connection for each, what is read of a response, and how it can fail."""

import gc
import warnings

import pytest

from sessions_ui.pave.errors import PaveNotSent, PaveUnknown
from sessions_ui.pave.transport.http_exchange import error_cause
from tests.pave.client_calls import (
    KEY,
    READ_AND_WRITE,
    SESSION,
    error_of,
    get,
    update,
)
from tests.pave.scripted_server import (
    drips,
    echoes_session,
    hangs_up,
    http_response,
    resets,
    responds,
    sends,
    stays_silent,
)

# --- the connection ------------------------------------------------------------------------------


def test_each_call_has_a_connection_of_its_own(serve, make_client):
    server = serve(responds(SESSION))
    client = make_client(server)
    for _ in range(3):
        get(client)
        update(client)
    assert server.connection_count == len(server.requests) == 6


def test_no_socket_is_left_open(serve, make_client):
    good = make_client(serve(echoes_session))
    late = make_client(
        serve(drips(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")), get_deadline=0.5
    )
    refused = make_client("http://127.0.0.1:9")
    with warnings.catch_warnings(record=True, action="always", category=ResourceWarning) as caught:
        get(good)
        with pytest.raises(PaveUnknown):
            get(late)
        with pytest.raises(PaveNotSent):
            get(refused)
        gc.collect()
    assert [str(warning.message) for warning in caught] == []


def test_neither_proxies_nor_netrc_are_read(serve, make_client, monkeypatch, tmp_path):
    proxy, server = serve(responds(SESSION)), serve(echoes_session)
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login canary password canary\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url())
    monkeypatch.setenv("no_proxy", "")
    get(make_client(server))
    assert proxy.connection_count == 0
    assert "authorization" not in server.requests[0].headers


def test_cookies_are_not_kept(serve, make_client):
    server = serve(responds(SESSION, "Set-Cookie: a=b; Path=/"))
    client = make_client(server)
    get(client)
    get(client)
    assert "cookie" not in server.requests[1].headers


def test_the_duration_is_measured(serve, make_client):
    answer = get(make_client(serve(echoes_session)))
    assert 0 <= answer.duration_ms < 5000
    assert answer.date is None


# --- a lost response -----------------------------------------------------------------------------

CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


@READ_AND_WRITE
@pytest.mark.parametrize(
    ("script", "cause"),
    [
        (resets, "reset"),
        (hangs_up, "reset"),
        (sends(b"HTTP/1.1 200 OK\r\nContent-Ty"), "json"),
        (sends(http_response(SESSION)[:-5]), "truncated"),
        (sends(CHUNKED + b"5\r\n{}"), "truncated"),
        (sends(CHUNKED + b"zz\r\n{}\r\n"), "framing"),
        (sends(b"SSH-2.0-OpenSSH_9.2\r\n"), "protocol"),
        (sends(b"HTTP/1.1 two hundred\r\n\r\n"), "protocol"),
        (sends(b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n"), "framing"),
        (sends(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n"), "protocol"),
        (sends(b"HTTP/1.1 200 " + b"x" * 70_000 + b"\r\n\r\n"), "protocol"),
    ],
)
def test_a_call_is_unknown_if_its_response_is_lost(serve, make_client, call, script, cause):
    server = serve(script)
    error = error_of(call, make_client(server), PaveUnknown)
    assert error.cause == cause
    assert server.connection_count == len(server.requests) == 1, "sent once and never again"


def test_a_write_is_unknown_if_the_connection_breaks_before_pave_has_read_it(serve, make_client):
    def reads_one_byte(sock, request, server):
        sock.recv(1)
        resets(sock, request, server)

    server = serve(reads_one_byte, eager=True)
    error = error_of(update, make_client(server), PaveUnknown)
    assert error.cause == "reset"
    assert server.connection_count == 1


def test_a_write_is_unknown_if_the_connection_breaks_in_its_first_bytes(
    serve, make_client, monkeypatch
):
    server = serve(stays_silent)

    def breaks(connection, data):
        connection.sock.sendall(data[:5])
        raise ConnectionAbortedError

    monkeypatch.setattr("http.client.HTTPConnection.send", breaks)
    error = error_of(update, make_client(server), PaveUnknown)
    assert error.cause == "reset"


@READ_AND_WRITE
def test_a_call_is_unknown_if_one_read_takes_too_long(serve, make_client, call):
    error = error_of(call, make_client(serve(stays_silent), read_timeout=0.2), PaveUnknown)
    assert (error.cause, error.http_status) == ("timeout", None)


def test_any_other_failure_of_the_connection_is_a_reset():
    assert error_cause(OSError(113, "No route to host")) == "reset"


# --- the body ------------------------------------------------------------------------------------


@READ_AND_WRITE
@pytest.mark.parametrize(("status", "cause"), [("302 Found", "redirect"), ("503 Oh", "http_503")])
def test_a_body_that_cannot_matter_is_not_awaited(serve, make_client, call, status, cause):
    script = drips(f"HTTP/1.1 {status}\r\nLocation: /\r\nContent-Length: 999\r\n\r\n".encode())
    client = make_client(serve(script), get_deadline=2, put_deadline=2)
    assert error_of(call, client, PaveUnknown).cause == cause


@READ_AND_WRITE
@pytest.mark.parametrize("status", ["200 OK", "404 No"])
def test_reading_stops_at_the_size_limit(serve, make_client, call, status):
    def floods(sock, request, server):
        sock.sendall(f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n\r\n".encode())
        for _ in range(10_000):
            sock.sendall(b" " * 10_000)

    error = error_of(call, make_client(serve(floods), max_bytes=50_000), PaveUnknown)
    assert error.cause == "size"


@pytest.mark.parametrize(("surplus", "fits"), [(0, True), (1, False)])
def test_a_body_may_be_exactly_as_large_as_the_limit(serve, make_client, surplus, fits):
    body = http_response(SESSION).partition(b"\r\n\r\n")[2]
    client = make_client(serve(responds(body)), max_bytes=len(body) - surplus)
    if fits:
        assert get(client).document == SESSION
    else:
        assert error_of(get, client, PaveUnknown).cause == "size"


# --- redirects -----------------------------------------------------------------------------------


@READ_AND_WRITE
@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
def test_redirects_are_not_followed_but_logged(serve, make_client, call, status, caplog):
    elsewhere = serve(echoes_session)
    location = f"Location: {elsewhere.url('localhost')}/v1/sessions/{KEY}"
    server = serve(responds(SESSION, location, status=f"{status} Elsewhere"))
    error = error_of(call, make_client(server), PaveUnknown)
    assert (error.cause, error.http_status) == ("redirect", status)
    assert elsewhere.connection_count == 0
    assert len(server.requests) == 1
    assert [(record.levelname, record.cause) for record in caplog.records] == [
        ("ERROR", "redirect")
    ]


@pytest.mark.parametrize(
    "location", ["http://[::", "//\x80", "javascript:alert(1)", "/v1/sessions/X"]
)
def test_the_location_of_a_redirect_is_not_even_parsed(serve, make_client, location):
    server = serve(responds("", f"Location: {location}", status="302 Found"))
    error = error_of(get, make_client(server), PaveUnknown)
    assert error.cause == "redirect"
    assert server.connection_count == 1
