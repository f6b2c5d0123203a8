"""What a page says when a call was held back, or when our clock is wrong."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from sessions_ui.pave.client import PaveClient
from sessions_ui.pave.errors import (
    PaveBusy,
    PaveNotSent,
    PaveRefused,
    PaveUnauthorised,
    PaveUnknown,
    held_back,
)
from sessions_ui.services.sessions import pave_reads as remote
from sessions_ui.views.sessions.messages import CAUSE_NOTICES, FAULT_NOTICES, fault_notice


@pytest.mark.parametrize(
    ("fault", "heading"),
    [
        (held_back("circuit_open", "x"), "PAVE is failing, so calls to it rest"),
        (held_back("busy_here", "x"), "PAVE is busy: wait a moment"),
        (PaveUnauthorised("", cause="clock"), "The clock of this dashboard is wrong"),
        (PaveUnauthorised("", cause="http_401"), "The dashboard is not authorised at PAVE"),
        (PaveNotSent("", cause="connect"), "PAVE could not be reached"),
        (PaveBusy("", cause="http_429"), "PAVE asks us to wait"),
        (PaveRefused("", cause="http_400"), "PAVE refused to show this session"),
        (PaveUnknown("", cause="html"), "PAVE gave no answer that can be read"),
    ],
)
def test_it_speaks_of_the_cause_first_and_else_of_the_class(fault, heading):
    assert fault_notice(fault).heading == heading


@pytest.mark.parametrize("cause", CAUSE_NOTICES)
def test_it_says_what_was_not_done_and_what_to_do(cause):
    sentence = CAUSE_NOTICES[cause].sentence
    assert "was not read now" in sentence
    assert "sent" not in sentence  # it stands beside the banner of an edit that was
    assert "efresh from PAVE" in sentence or "Tell whoever" in sentence


def test_it_has_words_for_every_class():
    assert len(FAULT_NOTICES) == 5


@pytest.fixture
def page(client, alice, sandbox, settings):
    """Give a function that opens a session's page as alice."""
    settings.PAVE = dataclasses.replace(settings.PAVE, circuit=True, get_attempts=1)
    key = sandbox.state.create()
    client.force_login(alice)

    def _page():
        answer = client.get(f"/sessions/{key}/")
        assert answer.status_code == 200
        return answer.content.decode()

    return _page


def test_it_shows_that_calls_rest_while_pave_fails(page, sandbox):
    sandbox.state.fault("error_before", method="GET", times=99)
    for _ in range(5):
        assert CAUSE_NOTICES["circuit_open"].heading not in page()
    asked = len(sandbox.state.journal())
    assert CAUSE_NOTICES["circuit_open"].heading in page()
    assert len(sandbox.state.journal()) == asked, "nothing was sent"


def test_it_shows_that_the_clock_is_wrong(page, settings, monkeypatch):
    late = PaveClient(settings.PAVE, clock=lambda: datetime.now(UTC) - timedelta(minutes=10))
    monkeypatch.setattr(remote, "_client", lambda config: late)
    assert CAUSE_NOTICES["clock"].heading in page()
