"""What must not leak: the secret, the key, the tokens; and into logs, the session keys."""

import logging
import traceback

import pytest

from sessions_ui.pave.client import PaveConfig, Secret
from sessions_ui.pave.errors import PaveError
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

API_KEY, SECRET = "canary-of-the-api-key", "canary-of-the-secret"
CHANGE = {"session": {"theme": "LITE"}}


def echoes_credentials(line, asked, server):
    """A careless PAVE, which repeats in its refusal whatever it was sent."""
    token = asked.headers.get("api-token", "").upper()
    line.sendall(told({"message": f"{API_KEY} {token} {SECRET} no"}, status="401 No"))


SCRIPTS = {
    "echo": echoes_credentials,
    "404": answers({"message": "no"}, status="404 No"),
    "500": answers("<h1>no</h1>", status="500 Oh"),
    "html": answers("<h1>no</h1>", kind="Content-Type: text/html"),
    "redirect": answers("", "Location: https://elsewhere.invalid/", status="307 There"),
    "no http": says(b"SSH-2.0\r\n"),
    "bad header": says(b"HTTP/1.1 200 OK\r\nA\r\nContent-Type: application/json\r\n\r\n{}"),
    "truncated": says(told({"session_key": KEY})[:-3]),
    "reset": resets,
    "hang up": hangs_up,
    "silence": is_silent,
    "drip": drips(b"HTTP/1.1 200 OK\r\n"),
    "wrong session": answers({"session_key": "XXX-OTHER12345"}),
}
CALLS = {
    "get": lambda c: c.session_get(KEY),
    "put": lambda c: c.session_update(KEY, CHANGE),
    "resend": lambda c: c.session_resend(KEY),
}


@pytest.fixture
def careful(calls):
    """Make a client whose credentials are canaries."""
    return lambda server, **more: calls(
        server, api_key=API_KEY, api_secret=Secret(SECRET), put_deadline=0.3, **more
    )


def shown_by(error):
    """Give all that a log, a page or an error mail may show of an error."""
    seen, chain = [], [error]
    while chain:
        link = chain.pop()
        told_of = traceback.TracebackException.from_exception(link, capture_locals=True)
        seen += [str(link), repr(link), repr(vars(link)), *told_of.format()]
        chain += [inner for inner in (link.__cause__, link.__context__) if inner]
    return "\n".join(seen)


def assert_hidden(text, server):
    tokens = [asked.headers.get("api-token", API_KEY) for asked in server.asked]
    for canary in (API_KEY, SECRET, *tokens):
        assert canary.lower() not in text.lower()


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("call", CALLS)
def test_it_leaks_no_credentials(serve, careful, caplog, capfd, script, call):
    caplog.set_level(logging.DEBUG)
    server = serve(SCRIPTS[script])
    with pytest.raises(PaveError) as caught:
        CALLS[call](careful(server, get_deadline=0.3))
    assert_hidden(shown_by(caught.value), server)
    assert_hidden(caplog.text + "".join(capfd.readouterr()), server)


@pytest.mark.parametrize("script", SCRIPTS)
def test_it_writes_no_session_key_to_the_log(serve, careful, caplog, script):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(PaveError):
        CALLS["get"](careful(serve(SCRIPTS[script]), get_deadline=0.3))
    assert KEY not in caplog.text


def test_it_writes_nothing_of_a_good_call_to_the_log(serve, careful, caplog):
    caplog.set_level(logging.DEBUG)
    server = serve(echoes_session)
    careful(server).session_get(KEY)
    assert_hidden(caplog.text, server)
    assert KEY not in caplog.text


def test_it_leaks_nothing_when_pave_is_not_there(careful, caplog):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(PaveError) as caught:
        careful("http://127.0.0.1:9").session_update(KEY, CHANGE)
    shown = shown_by(caught.value) + caplog.text
    assert API_KEY not in shown
    assert SECRET not in shown


def test_it_takes_credentials_out_of_paves_words(serve, careful):
    with pytest.raises(PaveError) as caught:
        careful(serve(echoes_credentials)).session_get(KEY)
    assert caught.value.pave_message == "*** *** *** no"


def test_it_shows_neither_credentials_nor_people(serve, careful):
    server = serve(answers({"session_key": KEY, "options": {"sms": {"to": "647-555-0100"}}}))
    client = careful(server)
    answer = client.session_get(KEY)
    assert "647-555-0100" not in repr(answer)
    assert_hidden(repr(client) + repr(answer) + repr(vars(client)), server)


def test_it_shows_a_config_without_its_credentials():
    config = PaveConfig("https://openapi.paveapi.com", "acme", API_KEY, Secret(SECRET))
    assert "acme" in repr(config)
    assert "canary" not in f"{config} {config!r}"
