"""Test that the client knows since when PAVE has been refusing our credentials."""

import logging
from contextlib import suppress
from datetime import timedelta

import pytest

from sessions_ui.pave.errors import PaveError
from tests.pave.client_calls import get, update
from tests.pave.fake_clock import NOON
from tests.pave.scripted_server import echoes_session, resets, responds

REFUSALS = {
    "401": responds({"message": "No"}, status="401 No"),
    "403": responds({"message": "No"}, status="403 No"),
    "not PAVE's JSON": responds("<h1>", kind="Content-Type: text/html", status="401 No"),
}
INCONCLUSIVE = {
    "500": responds({"message": "Oh"}, status="500 Oh"),
    "429": responds({"message": "Wait"}, status="429 Wait"),
    "reset": resets,
}
ACCEPTED = {
    "200": echoes_session,
    "404": responds({"message": "No such session"}, status="404 No"),
    "422": responds({"message": "No such theme"}, status="422 No"),
}
NO = REFUSALS["401"]


@pytest.fixture
def client_after(serve, make_client, clock):
    """Give a function that returns a client after calls, one second apart, that were answered by
    these scripts.
    """

    def call_each(*scripts, call=get):
        remaining = list(scripts)
        server = serve(lambda *args: remaining.pop(0)(*args))
        client = make_client(server, clock=clock.moment)
        for _ in scripts:
            clock.now += 1
            with suppress(PaveError):
                call(client)
        return client

    return call_each


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_the_state_says_since_when_pave_refuses_our_credentials(client_after, refusal):
    assert client_after().state.unauthorised_since is None
    client = client_after(refusal, NO)
    first = NOON + timedelta(seconds=1)
    assert client.state.unauthorised_since == first, "the first refusal of the row"


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_a_refused_write_counts_as_well(client_after, refusal):
    assert client_after(refusal, call=update).state.unauthorised_since


@pytest.mark.parametrize("answer", ACCEPTED.values(), ids=ACCEPTED)
def test_the_next_answer_about_the_session_ends_the_refusal(client_after, answer):
    assert client_after(NO, answer).state.unauthorised_since is None


@pytest.mark.parametrize("answer", INCONCLUSIVE.values(), ids=INCONCLUSIVE)
def test_an_answer_that_may_precede_authentication_changes_nothing(client_after, answer):
    assert client_after(NO, answer).state.unauthorised_since
    assert client_after(answer).state.unauthorised_since is None


def test_the_sandboxs_list_of_sessions_does_not_end_the_refusal(client_after):
    client = client_after(NO, responds([]), call=lambda client: None)
    with pytest.raises(PaveError):
        get(client)
    assert client.sandbox_sessions() == []
    assert client.state.unauthorised_since


def test_each_change_is_logged(client_after, caplog):
    caplog.set_level(logging.INFO, logger="sessions_ui.pave.transport.credential_status")
    client_after(NO, NO, echoes_session, echoes_session)
    assert [record.getMessage() for record in caplog.records] == [
        "PAVE refuses our credentials",
        "PAVE takes our credentials again",
    ]
