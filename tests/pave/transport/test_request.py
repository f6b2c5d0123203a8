"""Test the requests that are sent: path, credentials, body, request ID, and session key."""

from datetime import timedelta

import pytest

from sessions_ui.pave.client import body_bytes
from sessions_ui.pave.errors import PaveKeyError
from tests.pave.client_calls import CHANGE, KEY, MOMENT, SESSION, STAMP, TOKEN, get
from tests.pave.scripted_server import echoes_session, responds

# --- credentials ---------------------------------------------------------------------------------


def test_the_timestamp_that_is_sent_is_the_one_that_was_signed(serve, make_client):
    server = serve(echoes_session)
    get(make_client(server, clock=lambda: MOMENT))
    headers = server.requests[0].headers
    assert headers["api-timestamp"] == STAMP
    assert headers["api-token"] == TOKEN
    assert headers["api-key"] == "11111111-2222-3333-4444-555555555555"


def test_each_call_has_a_signature_of_its_own(serve, make_client):
    server = serve(echoes_session)
    moments = iter([MOMENT, MOMENT + timedelta(seconds=1)])
    client = make_client(server, clock=lambda: next(moments))
    get(client)
    get(client)
    stamps = [request.headers["api-timestamp"] for request in server.requests]
    assert stamps == [STAMP, "2021-05-30T12:49:20Z"]
    assert len({request.headers["api-token"] for request in server.requests}) == 2


# --- body and request ID -------------------------------------------------------------------------


def test_exactly_the_bytes_of_the_payload_are_sent(serve, make_client):
    server = serve(echoes_session)
    payload = {"session": {"theme": "LITE", "client_id": "Zoë"}}
    make_client(server).session_update(KEY, payload)
    assert server.requests[0].body == body_bytes(payload)
    assert body_bytes(payload) == '{"session":{"theme":"LITE","client_id":"Zoë"}}'.encode()


def test_a_given_request_id_is_sent(serve, make_client):
    server = serve(echoes_session)
    answer = make_client(server).session_update(KEY, CHANGE, request_id="edit-17.1")
    assert server.requests[0].headers["x-request-id"] == answer.request_id == "edit-17.1"


@pytest.mark.parametrize("request_id", ["a b", "a\r\nX: 1", "é", "x" * 129])
def test_a_request_id_that_fits_in_no_header_is_refused(serve, make_client, request_id):
    server = serve(echoes_session)
    with pytest.raises(ValueError, match="request_id"):
        make_client(server).session_get(KEY, request_id=request_id)
    assert server.connection_count == 0


# --- session keys --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key",
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
def test_a_malformed_session_key_is_refused(serve, make_client, method, key):
    server = serve(echoes_session)
    with pytest.raises(PaveKeyError):
        getattr(make_client(server), method)(key)
    assert server.connection_count == 0


def test_an_update_with_a_malformed_session_key_is_refused(serve, make_client):
    server = serve(echoes_session)
    with pytest.raises(PaveKeyError):
        make_client(server).session_update("../callbacks", CHANGE)
    assert server.connection_count == 0


def test_the_sandboxs_list_is_asked_for_without_credentials(serve, make_client):
    server = serve(responds([SESSION]))
    assert make_client(server).sandbox_sessions() == [SESSION]
    (request,) = server.requests
    assert request.path == "/sandbox/sessions.json"
    assert not [name for name in request.headers if name.startswith("api-")]
