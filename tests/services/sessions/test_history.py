"""Test the session at a moment, and the moments to go on to."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from sessions_ui.models import AuditEntry, CachedSession, Observation
from sessions_ui.pave.errors import PaveNotFound
from sessions_ui.services.sessions.history import session_state_at
from tests.audit.authors import ALICE, BOB, edit, refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(sandbox):
    """The key of a session that has not started."""
    return sandbox.state.create(status="IDLE", delivery="failed")


def test_previous_and_next_are_the_nearest_entries_but_never_the_sending(key):
    edit(key=key)
    edit(key=key)
    begin = timezone.now() - timedelta(hours=1)
    minutes = [begin + timedelta(minutes=number) for number in range(6)]
    for entry, at in zip(AuditEntry.objects.order_by("id"), minutes, strict=True):
        AuditEntry.objects.filter(id=entry.id).update(ts=at)
    expected = [(None, 2), (0, 2), (0, 3), (2, 5), (3, 5), (3, None)]
    for at, (previous, following) in zip(minutes, expected, strict=True):
        shown = session_state_at(key, at)
        assert shown.previous_at == (None if previous is None else minutes[previous])
        assert shown.next_at == (None if following is None else minutes[following])


def test_authors_are_those_who_edited_or_were_refused(key):
    edit(actor=ALICE, key=key)
    refusal(actor=BOB, key=key)
    edit(key="LKS-OTHER00001")
    assert session_state_at(key).authors == {ALICE.id, BOB.id}


def test_a_moment_is_before_creation_until_pave_created_the_session(key, sandbox):
    created_at = session_state_at(key).created_at
    assert created_at is not None
    assert not session_state_at(key, created_at).before_creation
    assert session_state_at(key, created_at - timedelta(days=1)).before_creation


def test_an_unknown_session_raises_and_an_edited_one_does_not(sandbox):
    with pytest.raises(PaveNotFound):
        session_state_at("XXX-NOSUCHKEY1")
    edit(key="XXX-NOSUCHKEY1")
    shown = session_state_at("XXX-NOSUCHKEY1")
    assert (shown.present, shown.created_at) == (None, None)


def test_a_read_for_the_present_is_cached_and_observed(key):
    shown = session_state_at(key)
    assert shown.state.at == shown.present.read_at
    assert CachedSession.objects.get(session_key=key).read_at == shown.present.read_at
    assert Observation.objects.get(session_key=key).seen_at == shown.present.read_at


def test_a_cached_read_is_used_for_a_minute(key, sandbox, monkeypatch):
    present = session_state_at(key).present
    past = datetime(2026, 1, 1, tzinfo=UTC)
    assert session_state_at(key, past).present.read_at == present.read_at
    CachedSession.objects.update(read_at=timezone.now() - timedelta(seconds=61))
    assert session_state_at(key, past).present.read_at > present.read_at
