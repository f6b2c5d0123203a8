"""Test reads of PAVE, and the encrypted cache of the last one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions_ui.domain.snapshot import Snapshot
from sessions_ui.models import CachedSession
from sessions_ui.pave.errors import PaveKeyError, PaveNotFound
from sessions_ui.services.sessions.pave_reads import (
    cache_snapshot,
    cached_snapshot,
    delete_expired_snapshots,
    pave_client,
    read_snapshot,
)

KEY = "LKS-7Q2M9XK4RD"


def snapshot(status="IDLE", age=timedelta()):
    """A read of the session from so long ago."""
    document = {"session_key": KEY, "status": status, "options": {"sms": {"to_name": "Daniel"}}}
    return Snapshot(KEY, document, timezone.now() - age)


def test_a_read_gives_the_session_and_writes_nothing(sandbox):
    before = timezone.now()
    read = read_snapshot(KEY)  # without the database: a write would fail
    assert read.session_key == KEY
    assert read.document == sandbox.state.document(KEY)
    assert before <= read.asked_at <= read.read_at


@pytest.mark.parametrize(
    ("key", "error"), [("XXX-NOSUCHKEY1", PaveNotFound), ("no key", PaveKeyError)]
)
def test_a_read_of_no_session_raises(sandbox, key, error):
    with pytest.raises(error):
        read_snapshot(key)


def test_one_client_serves_the_same_settings(sandbox, settings):
    client = pave_client()
    assert pave_client() is client
    settings.PAVE = settings.PAVE.__class__(**{**vars(settings.PAVE), "get_attempts": 1})
    assert pave_client() is not client


@pytest.mark.django_db
def test_the_last_read_is_cached_encrypted():
    cache_snapshot(snapshot("IDLE", age=timedelta(hours=1)))
    latest = snapshot("STARTED")
    cache_snapshot(latest)
    row = CachedSession.objects.get()
    assert "Daniel" not in row.sealed
    cached = cached_snapshot(KEY)
    assert cached.raw_status == "STARTED"
    assert cached.document == latest.document
    assert cached.read_at == latest.read_at


@pytest.mark.django_db
def test_a_read_without_a_row_or_with_an_unknown_key_is_not_cached():
    assert cached_snapshot(KEY) is None
    cache_snapshot(snapshot())
    CachedSession.objects.update(sealed="not ours")
    assert cached_snapshot(KEY) is None


@pytest.mark.django_db
def test_a_cached_read_expires_after_thirty_days():
    for age, left in ((timedelta(days=29), 1), (timedelta(days=31), 0)):
        cache_snapshot(snapshot(age=age))
        assert (cached_snapshot(KEY) is not None) == bool(left)
        delete_expired_snapshots()
        assert CachedSession.objects.count() == left
