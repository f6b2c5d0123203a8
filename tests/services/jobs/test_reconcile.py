"""Reconcile edits: one process at a time, under its lease, never sending anything."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions_ui.models import Edit, JobLock
from sessions_ui.services.jobs import reconcile
from sessions_ui.services.jobs.lock import JobLease
from sessions_ui.services.jobs.reconcile import LEASE_SECONDS, reconcile_edits
from tests.edits import called_not_in_effect, due, ends, leave_edit

pytestmark = pytest.mark.django_db


def test_an_edit_is_settled_once(sandbox, idle):
    edit = leave_edit(idle, "unknown", session__theme="LITE")
    reconcile_edits()
    assert reconcile_edits() == 0
    assert len(ends(edit)) == 1


def test_an_edit_that_cannot_be_settled_keeps_no_other_waiting(sandbox, idle):
    broken = leave_edit(idle, "unknown", session__theme="LITE")
    Edit.objects.filter(pk=broken.pk).update(changes={"session.gone": ["a", "b"]})
    other = sandbox.state.create(status="IDLE", session={"theme": "PRO"})
    plain = leave_edit(other, "unknown", session__theme="LITE")
    assert reconcile_edits() == 1
    plain.refresh_from_db()
    assert plain.state == "not_in_effect"


def test_an_edit_that_nobody_can_read_is_left_to_a_person(sandbox, idle):
    gone = leave_edit("XXX-NOSUCHKEY9", "unknown", session__theme="LITE")
    hidden = sandbox.state.create(status="IDLE", delivery="none")
    unseen = leave_edit(hidden, "unknown", sms__to="2")
    assert reconcile_edits() == 2
    for edit in (gone, unseen):
        edit.refresh_from_db()
        assert edit.state == "unresolved"


def test_an_edit_is_left_to_a_person_after_a_day_without_pave(sandbox, idle):
    today = leave_edit(idle, "unknown", session__theme="LITE")
    sandbox.state.fault("error_before", method="GET", times=9)
    assert reconcile_edits() == 0
    Edit.objects.filter(pk=today.pk).update(sent_at=timezone.now() - timedelta(hours=25))
    assert reconcile_edits() == 1
    today.refresh_from_db()
    assert today.state == "unresolved"


def test_a_second_look_finds_an_edit_that_took_effect_late(sandbox, idle):
    edit = called_not_in_effect(idle, session__theme="LITE")
    sandbox.state.poke(idle, "session.theme", "LITE")
    assert reconcile_edits() == 1
    edit.refresh_from_db()
    assert edit.state == "late_applied"
    assert [outcome for _, outcome in ends(edit)] == ["not_in_effect", "late_applied"]
    assert edit.next_look_at is None


def test_there_are_two_looks_and_no_more(sandbox, idle):
    edit = called_not_in_effect(idle, session__theme="LITE")
    assert reconcile_edits() == 0
    edit.refresh_from_db()
    assert edit.next_look_at - edit.settled_at == timedelta(seconds=3600)
    due(edit)
    assert reconcile_edits() == 0
    edit.refresh_from_db()
    assert (edit.looks, edit.next_look_at) == (2, None)


def test_a_later_edit_of_ours_is_no_late_effect(sandbox, idle):
    edit = called_not_in_effect(idle, session__theme="LITE")
    leave_edit(idle, "confirmed", session__theme="LITE")
    sandbox.state.poke(idle, "session.theme", "LITE")
    assert reconcile_edits() == 0
    edit.refresh_from_db()
    assert edit.state == "not_in_effect"
    assert edit.next_look_at is None


def test_a_look_is_postponed_while_pave_is_away(sandbox, idle):
    edit = called_not_in_effect(idle, session__theme="LITE")
    sandbox.state.fault("error_before", method="GET", status=500, times=9)
    assert reconcile_edits() == 0
    edit.refresh_from_db()
    assert edit.looks == 0
    assert edit.next_look_at


def test_there_are_no_more_looks_at_a_session_that_is_gone(sandbox, idle):
    edit = leave_edit("XXX-NOSUCHKEY9", "not_in_effect", session__theme="LITE")
    Edit.objects.filter(pk=edit.pk).update(settled_at=edit.sent_at, next_look_at=edit.sent_at)
    asked = len(sandbox.state.journal())
    for _ in range(3):
        reconcile_edits()
    assert len(sandbox.state.journal()) == asked + 1


def test_one_process_works_at_a_time_and_another_takes_over_later(sandbox, idle):
    leave_edit(idle, "unknown", session__theme="LITE")
    other = JobLease("reconcile", 60)
    assert other.take()
    assert reconcile_edits() is None
    waits = []
    assert not JobLease("reconcile", 60).wait(2, waits.append)
    assert sum(waits) == 2
    JobLock.objects.update(until=timezone.now())
    assert reconcile_edits() == 1


@pytest.fixture
def two_edits(sandbox):
    """Leave two sessions, each with an edit whose outcome is not known."""
    keys = [sandbox.state.create(status="IDLE", delivery="failed") for _ in range(2)]
    return [leave_edit(key, "unknown", session__theme="LITE") for key in keys]


def during_reads(monkeypatch, meanwhile):
    """Call ``meanwhile`` in each read of PAVE; give the list of seconds that the lease had left."""
    left, read = [], reconcile.read_snapshot

    def slow_read(session_key):
        left.append((JobLock.objects.get().until - timezone.now()).total_seconds())
        meanwhile()
        return read(session_key)

    monkeypatch.setattr(reconcile, "read_snapshot", slow_read)
    return left


def test_the_lease_is_renewed_before_each_edit(two_edits, monkeypatch):
    def nearly_expire():
        JobLock.objects.update(until=timezone.now() + timedelta(seconds=1))

    left = during_reads(monkeypatch, nearly_expire)
    assert reconcile_edits() == 2
    assert len(left) == 2
    assert min(left) > LEASE_SECONDS - 5


def test_a_pass_stops_when_another_process_has_taken_over(two_edits, monkeypatch):
    def take_over():
        later = timezone.now() + timedelta(seconds=60)
        JobLock.objects.update(holder="somebody else", until=later)

    left = during_reads(monkeypatch, take_over)
    assert reconcile_edits() == 1
    assert len(left) == 1
    assert JobLock.objects.get().holder == "somebody else"
    assert JobLock.objects.get().until > timezone.now()
