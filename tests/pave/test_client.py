"""Test the client endpoint by endpoint, what it accepts as an answer, and what it must not leak."""

import json
import logging
import traceback
from datetime import UTC, datetime

import pytest

from sessions_ui.pave.client import Secret
from sessions_ui.pave.errors import PaveError, PaveUnknown
from tests.pave.client_calls import KEY, SESSION, get, update
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

V1 = f"/v1/sessions/{KEY}"
V2 = f"/v2/capture/sessions/{KEY}/resend"
PAYLOAD = {"session": {"theme": "LITE", "client_id": "Zoë"}}

# Call, then method, path and body of its request, then a good document in return.
ENDPOINTS = {
    "get": (get, "GET", V1, None, SESSION),
    "update": (lambda c: c.session_update(KEY, PAYLOAD), "PUT", V1, PAYLOAD, SESSION),
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
def test_each_endpoint_is_called_as_the_manual_says(serve, make_client, name):
    call, method, path, body, document = ENDPOINTS[name]
    server = serve(responds(document))
    answer = call(make_client(server))
    (request,) = server.requests
    assert (request.method, request.path) == (method, path)
    assert (json.loads(request.body) if request.body else None) == body
    assert request.headers["accept"] == "application/json"
    assert request.headers["accept-encoding"] == "identity"
    assert request.headers["connection"] == "close"
    assert request.headers["x-request-id"] == answer.request_id != ""
    assert request.headers.get("content-type") == (None if body is None else "application/json")
    assert (answer.status, answer.document) == (200, document)


@pytest.mark.parametrize("name", ENDPOINTS)
def test_each_version_of_the_api_gets_its_own_credentials(serve, make_client, name):
    call, _, path, _, document = ENDPOINTS[name]
    server = serve(responds(document))
    call(make_client(server))
    v1, v2 = {"api-key", "api-token", "api-timestamp"}, {"api-access-token"}
    sent = set(server.requests[0].headers) & (v1 | v2)
    assert sent == (v2 if path.startswith("/v2/") else v1)


@pytest.mark.parametrize("payload", [{}, {"session": {"client_id": float("nan")}}])
def test_an_empty_or_invalid_payload_is_refused(serve, make_client, payload):
    server = serve(echoes_session)
    with pytest.raises(ValueError, match=r"nothing to change|JSON"):
        make_client(server).session_update(KEY, payload)
    assert server.connection_count == 0


# --- answers -------------------------------------------------------------------------------------


def test_any_2xx_status_is_good_for_a_new_session(serve, make_client):
    server = serve(responds(SESSION, status="201 Created"))
    assert make_client(server).session_create({"session": {}}).status == 201


def test_results_of_an_incomplete_session_are_accepted(serve, make_client):
    server = serve(responds({"message": "Session is not yet completed."}))
    assert "session" not in make_client(server).session_results(KEY).document


OTHER = {"session_key": "XXX-OTHER12345"}


@pytest.mark.parametrize(
    ("name", "document", "cause"),
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
def test_a_document_of_another_shape_or_session_is_unknown(
    serve, make_client, name, document, cause
):
    server = serve(responds(document, "Date: Tue, 15 Nov 1994 08:12:31 GMT"))
    with pytest.raises(PaveUnknown) as caught:
        ENDPOINTS[name][0](make_client(server))
    error = caught.value
    assert (error.cause, error.http_status) == (cause, 200)
    assert error.request_id == server.requests[0].headers["x-request-id"]
    assert error.date == datetime(1994, 11, 15, 8, 12, 31, tzinfo=UTC)
    assert error.duration_ms is not None


# --- what must not leak: credentials, and session keys into logs ---------------------------------

API_KEY, SECRET = "canary-of-the-api-key", "canary-of-the-secret"


def echoes_credentials(sock, request, server):
    """Script: refuse the call, and repeat its credentials in the message."""
    token = request.headers.get("api-token", "").upper()
    sock.sendall(http_response({"message": f"{API_KEY} {token} {SECRET} no"}, status="401 No"))


SCRIPTS = {
    "echo": echoes_credentials,
    "404": responds({"message": "no"}, status="404 No"),
    "500": responds("<h1>no</h1>", status="500 Oh"),
    "html": responds("<h1>no</h1>", kind="Content-Type: text/html"),
    "redirect": responds("", "Location: https://elsewhere.invalid/", status="307 There"),
    "no http": sends(b"SSH-2.0\r\n"),
    "bad header": sends(b"HTTP/1.1 200 OK\r\nA\r\nContent-Type: application/json\r\n\r\n{}"),
    "truncated": sends(http_response({"session_key": KEY})[:-3]),
    "reset": resets,
    "hang up": hangs_up,
    "silence": stays_silent,
    "drip": drips(b"HTTP/1.1 200 OK\r\n"),
    "wrong session": responds(OTHER),
}
CALLS = {"get": get, "put": update, "resend": lambda client: client.session_resend(KEY)}


@pytest.fixture
def make_canary_client(make_client):
    """Give a function that makes a client whose credentials are easy to find."""
    return lambda server, **options: make_client(
        server, api_key=API_KEY, api_secret=Secret(SECRET), put_deadline=0.3, **options
    )


def text_of(error):
    """Return all that a log, a page or an error mail could show of an error."""
    parts, chain = [], [error]
    while chain:
        link = chain.pop()
        exception = traceback.TracebackException.from_exception(link, capture_locals=True)
        parts += [str(link), repr(link), repr(vars(link)), *exception.format()]
        chain += [inner for inner in (link.__cause__, link.__context__) if inner]
    return "\n".join(parts)


def assert_hidden(text, server):
    tokens = [request.headers.get("api-token", API_KEY) for request in server.requests]
    for canary in (API_KEY, SECRET, *tokens):
        assert canary.lower() not in text.lower()


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("call", CALLS)
def test_an_error_and_its_log_show_no_credentials(
    serve, make_canary_client, caplog, capfd, script, call
):
    caplog.set_level(logging.DEBUG)
    server = serve(SCRIPTS[script])
    with pytest.raises(PaveError) as caught:
        CALLS[call](make_canary_client(server, get_deadline=0.3))
    assert_hidden(text_of(caught.value), server)
    assert_hidden(caplog.text + "".join(capfd.readouterr()), server)


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_log_of_an_error_shows_no_session_key(serve, make_canary_client, caplog, script):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(PaveError):
        get(make_canary_client(serve(SCRIPTS[script]), get_deadline=0.3))
    assert KEY not in caplog.text


def test_the_log_of_a_good_call_shows_neither(serve, make_canary_client, caplog):
    caplog.set_level(logging.DEBUG)
    server = serve(echoes_session)
    get(make_canary_client(server))
    assert_hidden(caplog.text, server)
    assert KEY not in caplog.text


def test_an_error_shows_no_credentials_if_pave_is_unreachable(make_canary_client, caplog):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(PaveError) as caught:
        update(make_canary_client("http://127.0.0.1:9"))
    shown = text_of(caught.value) + caplog.text
    assert API_KEY not in shown
    assert SECRET not in shown


def test_credentials_are_removed_from_paves_message(serve, make_canary_client):
    with pytest.raises(PaveError) as caught:
        get(make_canary_client(serve(echoes_credentials)))
    assert caught.value.pave_message == "*** *** *** no"


def test_the_repr_of_client_and_answer_shows_neither_credentials_nor_people(
    serve, make_canary_client
):
    server = serve(responds({"session_key": KEY, "options": {"sms": {"to": "647-555-0100"}}}))
    client = make_canary_client(server)
    answer = get(client)
    assert "647-555-0100" not in repr(answer)
    assert_hidden(repr(client) + repr(answer) + repr(vars(client)), server)
