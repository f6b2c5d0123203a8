"""Test the lists of sessions to open."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions_ui.models import RecentSession
from sessions_ui.services.sessions.recent import SHOWN, recent_sessions, sandbox_sessions
from tests.audit.authors import ALICE, BOB


@pytest.mark.django_db
def test_recent_sessions_are_the_persons_own_newest_first():
    now = timezone.now()
    for number in range(SHOWN + 2):
        RecentSession.objects.create(
            actor_id=ALICE.id, session_key=f"A-{number}", at=now - timedelta(hours=number)
        )
    RecentSession.objects.create(actor_id=BOB.id, session_key="B-1", at=now)
    keys = [recent.session_key for recent in recent_sessions(ALICE.id)]
    assert keys == [f"A-{number}" for number in range(SHOWN)]
    assert recent_sessions(None) == []


def test_sandbox_sessions_are_those_that_it_begins_with(sandbox):
    keys = {session["session_key"] for session in sandbox_sessions()}
    assert keys == {session["session_key"] for session in sandbox.state.listing()}


def test_a_real_pave_has_no_sandbox_sessions(sandbox, settings):
    settings.PAVE_ENVIRONMENT = "live"
    assert sandbox_sessions() is None


def test_a_sandbox_that_does_not_answer_has_no_sessions():
    assert sandbox_sessions() is None  # in the tests nobody answers without the fixture
