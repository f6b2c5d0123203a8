"""What the client asks PAVE, endpoint by endpoint, and what it makes of a good answer."""

import json
from datetime import UTC, datetime

import pytest

from sessions_ui.pave.client import body_bytes
from sessions_ui.pave.errors import PaveKeyError, PaveUnknown
from tests.pave.scripted_server import KEY, answers, echoes_session, told

SESSION = {"session_key": KEY, "status": "IDLE"}
V1 = f"/v1/sessions/{KEY}"
V2 = f"/v2/capture/sessions/{KEY}/resend"
CHANGE = {"session": {"theme": "LITE", "client_id": "Zoë"}}

ENDPOINTS = {
    "get": (lambda c: c.session_get(KEY), "GET", V1, None, SESSION),
    "update": (lambda c: c.session_update(KEY, CHANGE), "PUT", V1, CHANGE, SESSION),
    "create": (lambda c: c.session_create({}), "POST", "/v1/sessions", {}, SESSION),
    "delete": (lambda c: c.session_delete(KEY), "DELETE", V1, None, {"message": "removed"}),
    "photos": (lambda c: c.session_photos(KEY), "GET", f"{V1}/photos", None, [{"photo_code": 1}]),
    "notes": (lambda c: c.session_notes(KEY), "GET", f"{V1}/notes", None, [{"title": "Hello"}]),
    "results": (
        lambda c: c.session_results(KEY),
        "GET",
        f"{V1}/results",
        None,
        {"event": "SESSION:COMPLETE", "session": SESSION},
    ),
    "resend": (lambda c: c.session_resend(KEY), "POST", V2, {}, {"status": "success"}),
    "resend to": (
        lambda c: c.session_resend(KEY, "+84900000000"),
        "POST",
        V2,
        {"phone": "+84900000000"},
        {"status": "success", "session_key": KEY},
    ),
}


@pytest.mark.parametrize("name", ENDPOINTS)
def test_it_asks_as_the_manual_says(serve, calls, name):
    call, method, path, body, reply = ENDPOINTS[name]
    server = serve(answers(reply))
    answer = call(calls(server))
    (asked,) = server.asked
    assert (asked.method, asked.path) == (method, path)
    assert (json.loads(asked.body) if asked.body else None) == body
    assert asked.headers["accept"] == "application/json"
    assert asked.headers["accept-encoding"] == "identity"
    assert asked.headers["connection"] == "close"
    assert asked.headers["x-request-id"] == answer.request_id != ""
    assert asked.headers.get("content-type") == (None if body is None else "application/json")
    assert (answer.status, answer.document) == (200, reply)


@pytest.mark.parametrize("name", ENDPOINTS)
def test_it_gives_each_version_its_own_credentials(serve, calls, name):
    call, _, path, _, reply = ENDPOINTS[name]
    server = serve(answers(reply))
    call(calls(server))
    sent = set(server.asked[0].headers) & {
        "api-key",
        "api-token",
        "api-timestamp",
        "api-access-token",
    }
    v1 = {"api-key", "api-token", "api-timestamp"}
    assert sent == ({"api-access-token"} if path.startswith("/v2/") else v1)


def test_it_sends_the_exact_bytes_of_the_payload(serve, calls):
    server = serve(echoes_session)
    calls(server).session_update(KEY, CHANGE)
    assert server.asked[0].body == body_bytes(CHANGE)
    assert body_bytes(CHANGE) == '{"session":{"theme":"LITE","client_id":"Zoë"}}'.encode()


def test_it_sends_the_request_id_it_is_given(serve, calls):
    server = serve(echoes_session)
    answer = calls(server).session_update(KEY, CHANGE, request_id="edit-17.1")
    assert server.asked[0].headers["x-request-id"] == answer.request_id == "edit-17.1"


@pytest.mark.parametrize("bad", ["a b", "a\r\nX: 1", "é", "x" * 129])
def test_it_refuses_a_request_id_that_no_header_takes(serve, calls, bad):
    server = serve(echoes_session)
    with pytest.raises(ValueError, match="request_id"):
        calls(server).session_get(KEY, request_id=bad)
    assert server.opened == 0


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "AB",
        "A" * 41,
        "abc",
        "XXX-ABC/..",
        "XXX-ABC\n",
        "XXX ABC",
        "XXX%2FABC",
        "ÄÖÜ",
        None,
        123,
    ],
)
@pytest.mark.parametrize(
    "method",
    ["session_get", "session_delete", "session_photos", "session_notes", "session_results"]
    + ["session_resend"],
)
def test_it_takes_no_key_outside_the_pattern(serve, calls, method, bad):
    server = serve(echoes_session)
    with pytest.raises(PaveKeyError):
        getattr(calls(server), method)(bad)
    assert server.opened == 0


def test_it_takes_no_bad_key_for_a_change(serve, calls):
    server = serve(echoes_session)
    with pytest.raises(PaveKeyError):
        calls(server).session_update("../callbacks", CHANGE)
    assert server.opened == 0


@pytest.mark.parametrize("payload", [{}, {"session": {"client_id": float("nan")}}])
def test_it_sends_no_payload_that_says_nothing(serve, calls, payload):
    server = serve(echoes_session)
    with pytest.raises(ValueError, match=r"nothing to change|JSON"):
        calls(server).session_update(KEY, payload)
    assert server.opened == 0


@pytest.mark.parametrize(
    ("header", "date"),
    [
        ("Tue, 15 Nov 1994 08:12:31 GMT", datetime(1994, 11, 15, 8, 12, 31, tzinfo=UTC)),
        ("Tue, 15 Nov 1994 08:12:31 +0200", datetime(1994, 11, 15, 6, 12, 31, tzinfo=UTC)),
        ("Tue, 15 Nov 1994 08:12:31 -0000", datetime(1994, 11, 15, 8, 12, 31, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
        ("Mon, 31 Dec 9999 23:59:59 -0100", None),
    ],
)
def test_it_reads_paves_clock(serve, calls, header, date):
    server = serve(answers(SESSION, f"Date: {header}"))
    assert calls(server).session_get(KEY).date == date


def test_it_measures_the_call(serve, calls):
    answer = calls(serve(echoes_session)).session_get(KEY)
    assert 0 <= answer.duration_ms < 5000
    assert answer.date is None


@pytest.mark.parametrize("kind", ["application/json", "APPLICATION/JSON; charset=utf-8"])
def test_it_knows_json_by_its_content_type(serve, calls, kind):
    server = serve(answers(SESSION, kind=f"Content-Type: {kind}"))
    assert calls(server).session_get(KEY).document == SESSION


def test_it_reads_an_answer_in_chunks(serve, calls):
    body = json.dumps(SESSION).encode()
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    server = serve(lambda line, asked, server: line.sendall(head + chunks))
    assert calls(server).session_get(KEY).document == SESSION


def test_it_takes_any_good_status_for_a_new_session(serve, calls):
    server = serve(answers(SESSION, status="201 Created"))
    assert calls(server).session_create({"session": {}}).status == 201


def test_it_takes_results_of_a_session_that_is_not_complete(serve, calls):
    server = serve(answers({"message": "Session is not yet completed."}))
    assert "session" not in calls(server).session_results(KEY).document


OTHER = {"session_key": "XXX-OTHER12345"}


@pytest.mark.parametrize(
    ("name", "reply", "cause"),
    [
        ("get", OTHER, "wrong_session"),
        ("get", {"status": "IDLE"}, "wrong_session"),
        ("get", {"session_key": None}, "wrong_session"),
        ("get", [SESSION], "json"),
        ("get", "null", "json"),
        ("update", OTHER, "wrong_session"),
        ("update", [], "json"),
        ("update", {}, "wrong_session"),
        ("create", {"status": "IDLE"}, "wrong_session"),
        ("create", {"session_key": "../x"}, "wrong_session"),
        ("create", [], "json"),
        ("delete", "true", "json"),
        ("photos", {}, "json"),
        ("photos", [1], "json"),
        ("notes", "1", "json"),
        ("results", [], "json"),
        ("results", {"session": OTHER}, "wrong_session"),
        ("resend", OTHER, "wrong_session"),
        ("resend", [], "json"),
    ],
)
def test_it_takes_no_answer_of_another_shape_or_session(serve, calls, name, reply, cause):
    server = serve(answers(reply, "Date: Tue, 15 Nov 1994 08:12:31 GMT"))
    with pytest.raises(PaveUnknown) as caught:
        ENDPOINTS[name][0](calls(server))
    error = caught.value
    assert (error.cause, error.http_status) == (cause, 200)
    assert error.request_id == server.asked[0].headers["x-request-id"]
    assert error.date == datetime(1994, 11, 15, 8, 12, 31, tzinfo=UTC)
    assert error.duration_ms is not None


def test_it_lists_the_sandbox_without_showing_who_we_are(serve, calls):
    server = serve(answers([SESSION]))
    assert calls(server).sandbox_sessions() == [SESSION]
    (asked,) = server.asked
    assert asked.path == "/sandbox/sessions.json"
    assert not [name for name in asked.headers if name.startswith("api-")]


def test_it_speaks_to_ipv6(serve, calls):
    try:
        server = serve(echoes_session, host="::1")
    except OSError:
        pytest.skip("no IPv6 on this machine")
    assert calls(server.url("[::1]")).session_get(KEY).document["session_key"] == KEY


def test_it_uses_a_fresh_connection_for_every_call(serve, calls):
    server = serve(lambda line, asked, server: line.sendall(told(SESSION)))
    client = calls(server)
    for _ in range(3):
        client.session_get(KEY)
        client.session_update(KEY, CHANGE)
    assert server.opened == len(server.asked) == 6


def test_it_reads_neither_proxies_nor_netrc(serve, calls, monkeypatch, tmp_path):
    proxy, server = serve(answers(SESSION)), serve(echoes_session)
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login canary password canary\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url())
    monkeypatch.setenv("no_proxy", "")
    calls(server).session_get(KEY)
    assert proxy.opened == 0
    assert "authorization" not in server.asked[0].headers


def test_it_keeps_no_cookies(serve, calls):
    server = serve(answers(SESSION, "Set-Cookie: a=b; Path=/"))
    client = calls(server)
    client.session_get(KEY)
    client.session_get(KEY)
    assert "cookie" not in server.asked[1].headers
