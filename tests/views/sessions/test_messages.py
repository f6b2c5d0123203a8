"""Word the notices for faults of PAVE and for posts that came back."""

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
from sessions_ui.services.sessions import pave_reads
from sessions_ui.views.sessions.messages import CAUSE_NOTICES, FAULT_NOTICES, fault_notice
from tests.pages import Page


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
def test_a_notice_is_of_the_cause_and_else_of_the_class(fault, heading):
    assert fault_notice(fault).heading == heading


@pytest.mark.parametrize("cause", CAUSE_NOTICES)
def test_a_notice_says_what_was_not_done_and_what_to_do(cause):
    sentence = CAUSE_NOTICES[cause].sentence
    assert "was not read now" in sentence
    assert "sent" not in sentence  # the notice may be beside the banner of an edit that was sent
    assert "efresh from PAVE" in sentence or "Tell whoever" in sentence


def test_every_class_of_fault_has_a_notice():
    assert len(FAULT_NOTICES) == 5


@pytest.fixture
def page(client, alice, sandbox, settings):
    """Give a function that opens a session's page as alice."""
    settings.PAVE = dataclasses.replace(settings.PAVE, circuit=True, get_attempts=1)
    key = sandbox.state.create()
    client.force_login(alice)

    def page():
        answer = client.get(f"/sessions/{key}/")
        assert answer.status_code == 200
        return answer.content.decode()

    return page


def test_the_page_says_that_calls_rest_while_pave_fails(page, sandbox):
    sandbox.state.fault("error_before", method="GET", times=99)
    for _ in range(5):
        assert CAUSE_NOTICES["circuit_open"].heading not in page()
    calls = len(sandbox.state.journal())
    assert CAUSE_NOTICES["circuit_open"].heading in page()
    assert len(sandbox.state.journal()) == calls, "nothing was sent"


def test_the_page_says_that_the_clock_is_wrong(page, settings, monkeypatch):
    wrong = PaveClient(settings.PAVE, clock=lambda: datetime.now(UTC) - timedelta(minutes=10))
    monkeypatch.setattr(pave_reads, "_client", lambda config: wrong)
    assert CAUSE_NOTICES["clock"].heading in page()


@pytest.mark.django_db(transaction=True)
def test_the_page_says_that_pave_refuses_our_credentials(agent, sandbox):
    sandbox.state.fault("denied", method="GET", times=99)
    page = agent.open()
    assert page.status == 200
    assert "not authorised at PAVE" in page.text


@pytest.mark.django_db(transaction=True)
def test_a_form_that_comes_back_while_pave_is_away_claims_no_fresh_read(agent, sandbox):
    review = agent.review(session_theme="LITE")
    agent.send(review)
    sandbox.state.fault("error_before", method="GET", times=99)
    used = Page(agent.send(review, **{"session-theme": "CAPT"}))
    stale = Page(agent.post({"seen": "", "session-theme": "CAPT"}, "review"))
    assert "This form was sent before" in used.text
    assert "This page was too old" in stale.text
    for page in (used, stale):
        assert "PAVE gave no answer" in page.text
        assert "as PAVE holds it" not in page.text
