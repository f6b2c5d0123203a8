"""Whether PAVE takes our credentials: since when it does not, and what ends that."""

import logging
from contextlib import suppress
from datetime import timedelta

import pytest

from sessions_ui.pave.errors import PaveError
from tests.pave.fake_clock import NOON
from tests.pave.scripted_server import KEY, answers, echoes_session, resets

REFUSALS = {
    "401": answers({"message": "No"}, status="401 No"),
    "403": answers({"message": "No"}, status="403 No"),
    "not PAVE's JSON": answers("<h1>", kind="Content-Type: text/html", status="401 No"),
}
SILENT = {
    "500": answers({"message": "Oh"}, status="500 Oh"),
    "429": answers({"message": "Wait"}, status="429 Wait"),
    "reset": resets,
}
TAKEN = {
    "200": echoes_session,
    "404": answers({"message": "No such session"}, status="404 No"),
    "422": answers({"message": "No such theme"}, status="422 No"),
}
NO = REFUSALS["401"]


@pytest.fixture
def after(serve, calls, time):
    """Give a function: a client whose reads, a second apart, are answered by these scripts."""

    def _after(*moods, call=lambda client: client.session_get(KEY)):
        waiting = list(moods)
        server = serve(lambda line, asked, server: waiting.pop(0)(line, asked, server))
        client = calls(server, clock=time.moment)
        for _ in moods:
            time.now += 1
            with suppress(PaveError):
                call(client)
        return client

    return _after


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_it_says_since_when_pave_refuses_our_credentials(after, refusal):
    assert after().state.unauthorised_since is None
    client = after(refusal, NO)
    assert client.state.unauthorised_since == NOON + timedelta(seconds=1), "the first of the row"


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_it_notes_a_refused_change_too(after, refusal):
    change = lambda client: client.session_update(KEY, {"session": {"theme": "LITE"}})  # noqa: E731
    assert after(refusal, call=change).state.unauthorised_since


@pytest.mark.parametrize("answer", TAKEN.values(), ids=TAKEN)
def test_it_forgets_that_at_the_next_answer_that_is_authorised(after, answer):
    assert after(NO, answer).state.unauthorised_since is None


@pytest.mark.parametrize("answer", SILENT.values(), ids=SILENT)
def test_it_learns_nothing_from_an_answer_that_tells_nothing_of_it(after, answer):
    assert after(NO, answer).state.unauthorised_since
    assert after(answer).state.unauthorised_since is None


def test_the_sandboxs_own_list_does_not_end_it(after):
    client = after(NO, answers([]), call=lambda client: None)
    with pytest.raises(PaveError):
        client.session_get(KEY)
    assert client.sandbox_sessions() == []
    assert client.state.unauthorised_since


def test_it_tells_the_log_when_that_turns(after, caplog):
    caplog.set_level(logging.INFO, logger="sessions_ui.pave.transport.credential_status")
    after(NO, NO, echoes_session, echoes_session)
    assert [record.getMessage() for record in caplog.records] == [
        "PAVE refuses our credentials",
        "PAVE takes our credentials again",
    ]
