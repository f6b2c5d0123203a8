"""The reconciler holds its lease for as long as it works, and not a step longer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions_ui.models import JobLock
from sessions_ui.services.jobs import reconcile as reconciling
from sessions_ui.services.jobs.reconcile import LEASE_SECONDS, reconcile_edits
from tests.services.edits.test_settle import leave

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(sandbox):
    """Two sessions, each with an edit whose outcome is not known."""
    keys = [sandbox.state.create(status="IDLE", delivery="failed") for _ in range(2)]
    return [leave(key, "unknown", session__theme="LITE") for key in keys]


def reading(monkeypatch, meanwhile):
    """Let something happen while PAVE is read; gives how much of the lease each read found."""
    left, read = [], reconciling.read_snapshot

    def slow(session_key):
        left.append((JobLock.objects.get().until - timezone.now()).total_seconds())
        meanwhile()
        return read(session_key)

    monkeypatch.setattr(reconciling, "read_snapshot", slow)
    return left


def test_it_renews_its_lease_before_each_edit(two, monkeypatch):
    def nearly_over():
        JobLock.objects.update(until=timezone.now() + timedelta(seconds=1))

    left = reading(monkeypatch, nearly_over)
    assert reconcile_edits() == 2
    assert len(left) == 2
    assert min(left) > LEASE_SECONDS - 5


def test_it_stops_when_somebody_else_has_taken_over(two, monkeypatch):
    def taken():
        later = timezone.now() + timedelta(seconds=60)
        JobLock.objects.update(holder="somebody else", until=later)

    left = reading(monkeypatch, taken)
    assert reconcile_edits() == 1
    assert len(left) == 1
    assert JobLock.objects.get().holder == "somebody else"
    assert JobLock.objects.get().until > timezone.now()
