"""The session at a moment, and the ways on from there."""

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


def test_earlier_and_later_are_the_nearest_entries_but_never_the_sending(key):
    edit(key=key)
    edit(key=key)
    begin = timezone.now() - timedelta(hours=1)
    minutes = [begin + timedelta(minutes=number) for number in range(6)]
    for entry, at in zip(AuditEntry.objects.order_by("id"), minutes, strict=True):
        AuditEntry.objects.filter(id=entry.id).update(ts=at)
    expected = [(None, 2), (0, 2), (0, 3), (2, 5), (3, 5), (3, None)]
    for at, (earlier, later) in zip(minutes, expected, strict=True):
        shown = session_state_at(key, at)
        assert shown.earlier == (None if earlier is None else minutes[earlier])
        assert shown.later == (None if later is None else minutes[later])


def test_authors_are_those_who_edited_or_were_refused(key):
    edit(actor=ALICE, key=key)
    refusal(actor=BOB, key=key)
    edit(key="LKS-OTHER00001")
    assert session_state_at(key).authors == {ALICE.id, BOB.id}


def test_a_session_is_unborn_until_pave_made_it(key, sandbox):
    made = session_state_at(key).made
    assert made is not None
    assert not session_state_at(key, made).unborn
    assert session_state_at(key, made - timedelta(days=1)).unborn


def test_an_unknown_session_raises_and_an_edited_one_does_not(sandbox):
    with pytest.raises(PaveNotFound):
        session_state_at("XXX-NOSUCHKEY1")
    edit(key="XXX-NOSUCHKEY1")
    shown = session_state_at("XXX-NOSUCHKEY1")
    assert (shown.present, shown.made) == (None, None)


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
