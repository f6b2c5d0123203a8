"""Every fault of a call and what the client makes of it: not sent, refused, or unknown.

Rows 2 to 17 of the fault matrix, as far as one call can show them. Slow ones: test_client_deadline.
"""

import socket
from datetime import UTC, datetime

import pytest

from sessions_ui.pave.errors import (
    STATUS_ERRORS,
    PaveBusy,
    PaveNotFound,
    PaveNotSent,
    PaveRefused,
    PaveUnauthorised,
    PaveUnknown,
)
from tests.pave.scripted_server import (
    KEY,
    answers,
    drips,
    echoes_session,
    hangs_up,
    is_silent,
    resets,
    says,
    told,
)

SESSION = {"session_key": KEY, "status": "IDLE"}
CHANGE = {"session": {"theme": "LITE"}}
READ_AND_WRITE = pytest.mark.parametrize(
    "call",
    [lambda c: c.session_get(KEY), lambda c: c.session_update(KEY, CHANGE)],
    ids=["get", "put"],
)
HTML = "Content-Type: text/html; charset=utf-8"


def fault_of(call, client, kind):
    with pytest.raises(kind) as caught:
        call(client)
    assert type(caught.value) is kind
    assert str(caught.value)
    assert caught.value.duration_ms is not None
    return caught.value


# --- not sent ------------------------------------------------------------------------------------


@READ_AND_WRITE
def test_it_says_not_sent_when_the_connection_is_refused(calls, call):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    error = fault_of(call, calls(f"http://127.0.0.1:{port}"), PaveNotSent)
    assert (error.cause, error.http_status) == ("connect", None)


@READ_AND_WRITE
@pytest.mark.parametrize(
    "failure", [socket.gaierror(-2, "unknown"), UnicodeError("label too long")]
)
def test_it_says_not_sent_when_the_name_is_unknown(calls, call, monkeypatch, failure):
    def look_up(*_args, **_options):
        raise failure

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    error = fault_of(call, calls("https://pave.invalid"), PaveNotSent)
    assert (error.cause, error.http_status) == ("dns", None)


def test_it_says_not_sent_when_the_name_has_no_address(calls, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: [])
    error = fault_of(lambda c: c.session_get(KEY), calls("https://pave.invalid"), PaveNotSent)
    assert error.cause == "connect"


@READ_AND_WRITE
def test_it_says_not_sent_when_nobody_picks_up(calls, call, full_house):
    error = fault_of(call, calls(full_house, connect_timeout=0.2), PaveNotSent)
    assert error.cause == "connect_timeout"
    assert error.duration_ms < 2000


@pytest.fixture
def full_house():
    """A listener whose queue is full, so that connecting goes unanswered."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        queue = [socket.socket() for _ in range(4)]
        for waiting in queue:
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        for waiting in queue:
            waiting.close()


def test_it_tries_the_next_address_when_one_is_dead(serve, calls, monkeypatch):
    server, tried = serve(echoes_session), []

    def connect(place, seconds, **options):
        tried.append(place[0])
        if place[0] == "127.9.9.9":
            raise ConnectionRefusedError
        return socket.create_connection(place, seconds)

    client = calls(server.url("localhost"))
    monkeypatch.setattr(
        "sessions_ui.pave.transport.connection.resolve_host", lambda *_: ["127.9.9.9", "127.0.0.1"]
    )
    monkeypatch.setattr("sessions_ui.pave.transport.connection.create_connection", connect)
    assert client.session_get(KEY).document["session_key"] == KEY
    assert tried == ["127.9.9.9", "127.0.0.1"]


# --- unknown: the answer is lost -----------------------------------------------------------------


@READ_AND_WRITE
@pytest.mark.parametrize(
    ("script", "cause"),
    [
        (resets, "reset"),
        (hangs_up, "reset"),
        (says(b"HTTP/1.1 200 OK\r\nContent-Ty"), "json"),
        (says(told(SESSION)[:-5]), "truncated"),
        (
            says(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n5\r\n{}"
            ),
            "truncated",
        ),
        (
            says(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"
            ),
            "framing",
        ),
        (says(b"SSH-2.0-OpenSSH_9.2\r\n"), "protocol"),
        (says(b"HTTP/1.1 two hundred\r\n\r\n"), "protocol"),
        (says(b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n"), "framing"),
        (says(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n"), "protocol"),
        (says(b"HTTP/1.1 200 " + b"x" * 70_000 + b"\r\n\r\n"), "protocol"),
    ],
)
def test_it_says_unknown_when_the_answer_is_lost(serve, calls, call, script, cause):
    server = serve(script)
    error = fault_of(call, calls(server), PaveUnknown)
    assert error.cause == cause
    assert server.opened == len(server.asked) == 1, "asked once, and never again"


def test_it_says_unknown_when_the_line_breaks_before_pave_has_read_it_all(serve, calls):
    def reads_a_little(line, asked, server):
        line.recv(1)
        resets(line, asked, server)

    server = serve(reads_a_little, eager=True)
    error = fault_of(lambda c: c.session_update(KEY, CHANGE), calls(server), PaveUnknown)
    assert error.cause == "reset"
    assert server.opened == 1


def test_it_says_unknown_when_the_line_breaks_in_the_first_write(serve, calls, monkeypatch):
    server = serve(is_silent)

    def breaks(connection, text):
        connection.sock.sendall(text[:5])
        raise ConnectionAbortedError

    monkeypatch.setattr("http.client.HTTPConnection.send", breaks)
    error = fault_of(lambda c: c.session_update(KEY, CHANGE), calls(server), PaveUnknown)
    assert error.cause == "reset"


@READ_AND_WRITE
def test_it_says_unknown_when_one_read_takes_too_long(serve, calls, call):
    error = fault_of(call, calls(serve(is_silent), read_timeout=0.2), PaveUnknown)
    assert (error.cause, error.http_status) == ("timeout", None)


# --- refused, by status --------------------------------------------------------------------------

NO = {"message": "Session :session_key cannot be found."}


def test_it_has_one_definite_list():
    special = {401: PaveUnauthorised, 403: PaveUnauthorised, 404: PaveNotFound, 429: PaveBusy}
    plain = dict.fromkeys([400, 409, 413, 422], PaveRefused)
    assert dict(STATUS_ERRORS) == plain | special


@READ_AND_WRITE
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422, 429])
def test_it_takes_no_for_an_answer_in_paves_own_json(serve, calls, call, status):
    moment = datetime(1994, 11, 15, 8, 12, 31, tzinfo=UTC)
    server = serve(answers(NO, "Date: Tue, 15 Nov 1994 08:12:31 GMT", status=f"{status} No"))
    error = fault_of(call, calls(server, clock=lambda: moment), STATUS_ERRORS[status])
    assert isinstance(error, PaveRefused)
    assert (error.http_status, error.cause) == (status, f"http_{status}")
    assert error.pave_message == NO["message"]
    assert error.request_id == server.asked[0].headers["x-request-id"]
    assert error.date == moment


REFUSALS = [
    pytest.param(call, status, id=f"{name}-{status}")
    for name, call in (
        ("get", lambda c: c.session_get(KEY)),
        ("put", lambda c: c.session_update(KEY, CHANGE)),
    )
    for status in (400, 401, 403, 404, 409, 413, 422, 429)
    if name == "put" or status not in (401, 403)
]


@pytest.mark.parametrize(("call", "status"), REFUSALS)
@pytest.mark.parametrize(
    ("reply", "kind", "cause"),
    [
        ("<h1>No</h1>", HTML, "html"),
        ("No", "Content-Type: text/plain", "json"),
        ("", "", "json"),
        ('{"message": "No"', None, "json"),
        ('["message"]', None, "http"),
        ('{"error": "No"}', None, "http"),
        ('{"message": 7}', None, "http"),
    ],
)
def test_it_believes_no_refusal_but_paves(serve, calls, call, status, reply, kind, cause):
    options = {} if kind is None else {"kind": kind}
    server = serve(answers(reply, status=f"{status} No", **options))
    error = fault_of(call, calls(server), PaveUnknown)
    assert error.http_status == status
    assert error.cause == (f"http_{status}" if cause == "http" else cause)


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(
    "script",
    [
        lambda status: answers("<h1>No</h1>", status=status, kind=HTML),
        lambda status: answers("", status=status, kind=""),
        lambda status: answers({"error": "No"}, status=status),
        lambda status: answers("No", "Transfer-Encoding: gzip", status=status),
        lambda status: says(told(NO, status=status)[:-5]),
    ],
    ids=["html", "empty", "other words", "framing", "truncated"],
)
def test_it_takes_any_401_or_403_for_a_refusal_to_read(serve, calls, status, script):
    """PAVE's body is not documented: an auth failure whatever it says. Of a change it proves
    nothing: something behind PAVE's door may have said it after the change was made.
    """
    server = serve(script(f"{status} No"))
    error = fault_of(lambda c: c.session_get(KEY), calls(server), PaveUnauthorised)
    assert (error.cause, error.http_status) == (f"http_{status}", status)
    fault_of(lambda c: c.session_update(KEY, CHANGE), calls(server), PaveUnknown)


@READ_AND_WRITE
@pytest.mark.parametrize(
    "status", [101, 402, 405, 408, 410, 418, 451, 500, 502, 503, 504, 599, 999]
)
@pytest.mark.parametrize("kind", ["Content-Type: application/json", HTML])
def test_it_says_unknown_for_any_other_status(serve, calls, call, status, kind):
    server = serve(answers(NO, status=f"{status} Oh", kind=kind))
    error = fault_of(call, calls(server), PaveUnknown)
    assert error.http_status == status
    assert error.cause == ("html" if kind == HTML and 400 <= status < 500 else f"http_{status}")


@READ_AND_WRITE
@pytest.mark.parametrize(("status", "cause"), [("302 Found", "redirect"), ("503 Oh", "http_503")])
def test_it_does_not_wait_for_a_body_that_tells_nothing(serve, calls, call, status, cause):
    script = drips(f"HTTP/1.1 {status}\r\nLocation: /\r\nContent-Length: 999\r\n\r\n".encode())
    client = calls(serve(script), get_deadline=2, put_deadline=2)
    assert fault_of(call, client, PaveUnknown).cause == cause


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (["Retry-After: 20"], 20),
        (["Retry-After: 0"], 0),
        (
            ["Retry-After: Tue, 15 Nov 1994 08:13:00 GMT", "Date: Tue, 15 Nov 1994 08:12:30 GMT"],
            30,
        ),
        (["Retry-After: Tue, 15 Nov 1994 08:13:00 GMT"], 0),
        (["Retry-After: soon"], None),
        (["Retry-After: -5"], None),
        (["Retry-After: 99999999999"], None),
        (["Retry-After: ٣"], None),
        ([], None),
    ],
)
def test_it_says_how_long_pave_asks_to_wait(serve, calls, headers, seconds):
    reply = told(NO, *headers, status="429 Too Many")
    server = serve(says(reply))
    error = fault_of(lambda c: c.session_update(KEY, CHANGE), calls(server), PaveBusy)
    assert error.retry_after == seconds


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("a\r\nb\x1b[31m\u2028c", "a b [31m c"),
        ("x" * 5000, "x" * 500),
        ("", ""),
        ("  Zoë <b>", "Zoë <b>"),
    ],
)
def test_it_keeps_paves_words_short_and_on_one_line(serve, calls, message, shown):
    server = serve(answers({"message": message}, status="400 No"))
    error = fault_of(lambda c: c.session_get(KEY), calls(server), PaveRefused)
    assert error.pave_message == shown


# --- unknown: a 200 that is none -----------------------------------------------------------------


@READ_AND_WRITE
@pytest.mark.parametrize(
    ("reply", "options", "cause"),
    [
        ("<html>Log in</html>", {"kind": HTML}, "html"),
        (SESSION, {"kind": HTML}, "html"),
        (SESSION, {"kind": ""}, "json"),
        (SESSION, {"kind": "Content-Type: text/plain"}, "json"),
        ("", {}, "json"),
        ("{", {}, "json"),
        ('{"session_key": NaN}', {}, "json"),
        (f'{{"session_key": "XXX", "session_key": "{KEY}"}}', {}, "json"),
        (f'{{"session_key": "{KEY}", "year": {"9" * 4301}}}', {}, "json"),
        (f'{{"session_key": "{KEY}", "deep": {"[" * 50_000}{"]" * 50_000}}}', {}, "json"),
        (b"\xff\xfe", {}, "json"),
        ("", {"status": "204 No Content"}, "json"),
    ],
)
def test_it_says_unknown_for_a_200_that_cannot_be_read(serve, calls, call, reply, options, cause):
    error = fault_of(call, calls(serve(answers(reply, **options))), PaveUnknown)
    assert error.cause == cause


@READ_AND_WRITE
def test_it_takes_nothing_compressed(serve, calls, call):
    server = serve(answers(SESSION, "Content-Encoding: gzip"))
    assert fault_of(call, calls(server), PaveUnknown).cause == "encoding"


@READ_AND_WRITE
@pytest.mark.parametrize("status", ["200 OK", "404 No"])
def test_it_stops_reading_at_the_size_cap(serve, calls, call, status):
    def floods(line, asked, server):
        line.sendall(f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n\r\n".encode())
        for _ in range(10_000):
            line.sendall(b" " * 10_000)

    error = fault_of(call, calls(serve(floods), max_bytes=50_000), PaveUnknown)
    assert error.cause == "size"


@pytest.mark.parametrize(("surplus", "fits"), [(0, True), (1, False)])
def test_it_takes_an_answer_of_exactly_the_cap(serve, calls, surplus, fits):
    body = told(SESSION).partition(b"\r\n\r\n")[2]
    client = calls(serve(answers(body)), max_bytes=len(body) - surplus)
    if fits:
        assert client.session_get(KEY).document == SESSION
    else:
        assert fault_of(lambda c: c.session_get(KEY), client, PaveUnknown).cause == "size"


# --- redirects -----------------------------------------------------------------------------------


@READ_AND_WRITE
@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
def test_it_follows_no_redirect(serve, calls, call, status, caplog):
    foreign = serve(echoes_session)
    place = f"Location: {foreign.url('localhost')}/v1/sessions/{KEY}"
    server = serve(answers(SESSION, place, status=f"{status} Elsewhere"))
    error = fault_of(call, calls(server), PaveUnknown)
    assert (error.cause, error.http_status) == ("redirect", status)
    assert foreign.opened == 0
    assert len(server.asked) == 1
    assert [(line.levelname, line.cause) for line in caplog.records] == [("ERROR", "redirect")]


@pytest.mark.parametrize("place", ["http://[::", "//\x80", "javascript:alert(1)", "/v1/sessions/X"])
def test_it_does_not_even_read_where_a_redirect_leads(serve, calls, place):
    server = serve(answers("", f"Location: {place}", status="302 Found"))
    error = fault_of(lambda c: c.session_get(KEY), calls(server), PaveUnknown)
    assert error.cause == "redirect"
    assert server.opened == 1
