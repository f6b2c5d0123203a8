"""Settle edits whose outcome is not known: by their lease alone, and by reading PAVE."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from sessions_ui.models import AuditEntry, Edit, Kind
from sessions_ui.services.edits.settle import (
    check_late_effect,
    settle_edit,
    wait_for_slot,
)
from sessions_ui.services.jobs.reconcile import reconcile_edits
from sessions_ui.services.sessions.pave_reads import read_snapshot
from tests.edits import ends, leave_edit

pytestmark = pytest.mark.django_db


def test_an_abandoned_intent_is_not_sent(sandbox, idle):
    edit = leave_edit(idle, "intent", session__theme="LITE")
    reconcile_edits()
    edit.refresh_from_db()
    assert edit.state == "not_sent"
    assert ends(edit) == [(Kind.OUTCOME, "not_sent")]


def test_an_abandoned_sent_edit_is_settled_by_reading(sandbox, idle):
    edit = leave_edit(idle, "sent", session__theme="LITE")
    sandbox.state.poke(idle, "session.theme", "LITE")
    assert reconcile_edits() == 1
    edit.refresh_from_db()
    assert edit.state == "in_effect"
    assert ends(edit) == [(Kind.OUTCOME, "unknown"), (Kind.RESOLUTION, "in_effect")]


def test_an_edit_within_its_lease_is_left_alone(sandbox, idle):
    edit = leave_edit(idle, "sent", age=timedelta(seconds=5), session__theme="LITE")
    assert reconcile_edits() == 0
    edit.refresh_from_db()
    assert edit.state == "sent"


def test_in_effect_needs_no_settle_time(sandbox, idle):
    edit = leave_edit(idle, "unknown", age=timedelta(seconds=1), session__theme="LITE")
    sandbox.state.poke(idle, "session.theme", "LITE")
    assert reconcile_edits() == 1
    edit.refresh_from_db()
    assert edit.state == "in_effect"


def test_any_other_verdict_waits_for_the_settle_time(sandbox, idle):
    leave_edit(idle, "unknown", age=timedelta(seconds=59), session__theme="LITE")
    assert reconcile_edits() == 0


@pytest.mark.parametrize(
    ("held", "outcome"),
    [
        ({"session.theme": "LITE", "session.language": "FR"}, "in_effect"),
        ({"session.theme": "PRO", "session.language": "EN"}, "not_in_effect"),
        ({"session.theme": "LITE", "session.language": "EN"}, "partial"),
        ({"session.theme": "CAPT", "session.language": "EN"}, "superseded"),
    ],
)
def test_the_verdict_is_what_pave_holds(sandbox, idle, held, outcome):
    edit = leave_edit(idle, "unknown", session__theme="LITE", session__language="FR")
    for key, text in held.items():
        sandbox.state.poke(idle, key, text)
    assert reconcile_edits() == 1
    edit.refresh_from_db()
    assert edit.state == outcome
    assert edit.settled_at


def test_a_verdict_is_proven_only_where_paves_stamp_did_not_move(sandbox, idle):
    stamp = "2020-01-01T00:00:00.000000Z"
    sandbox.state.poke(idle, "updated_at", stamp)
    still = leave_edit(idle, "unknown", base_version=stamp, session__theme="LITE")
    reconcile_edits()
    other = sandbox.state.create(status="IDLE", session={"theme": "PRO"})
    moved = leave_edit(other, "unknown", base_version="2020-01-01", session__theme="LITE")
    reconcile_edits()
    details = dict(AuditEntry.objects.filter(kind=Kind.RESOLUTION).values_list("op", "detail"))
    assert '"proven":true' in details[still.entry_id]
    assert '"proven":false' in details[moved.entry_id]


def test_a_stamp_as_young_as_the_sending_proves_nothing(sandbox, idle):
    edit = leave_edit(idle, "unknown", session__theme="LITE")
    stamp = edit.sent_at.strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    Edit.objects.filter(pk=edit.pk).update(base_version=stamp)
    sandbox.state.poke(idle, "updated_at", stamp)
    reconcile_edits()
    assert '"proven":false' in AuditEntry.objects.get(kind=Kind.RESOLUTION).detail


def test_a_read_from_before_the_settle_time_settles_nothing(idle):
    edit = leave_edit(idle, "unknown", session__theme="LITE")
    fresh = read_snapshot(idle)
    almost = edit.sent_at + timedelta(seconds=59)
    assert not settle_edit(edit, replace(fresh, asked_at=almost, read_at=almost))
    assert not settle_edit(edit, replace(fresh, asked_at=almost)), "its answer was on its way"
    assert settle_edit(edit, fresh)
    detail = json.loads(AuditEntry.objects.get(kind=Kind.RESOLUTION).detail)
    assert detail["asked_at"] == fresh.asked_at.isoformat()
    assert detail["read_at"] == fresh.read_at.isoformat()


def test_a_read_from_before_the_sending_settles_nothing(sandbox, idle):
    sandbox.state.poke(idle, "session.theme", "LITE")
    fresh = read_snapshot(idle)
    edit = leave_edit(idle, "unknown", session__theme="LITE")
    assert not settle_edit(edit, replace(fresh, asked_at=edit.sent_at - timedelta(seconds=1)))
    assert settle_edit(edit, fresh)
    assert edit.state == "in_effect"


def test_a_read_from_before_the_verdict_finds_no_late_effect(sandbox, idle):
    edit = leave_edit(idle, "unknown", session__theme="LITE")
    reconcile_edits()
    edit.refresh_from_db()
    assert edit.state == "not_in_effect"
    sandbox.state.poke(idle, "session.theme", "LITE")
    fresh = read_snapshot(idle)
    assert not check_late_effect(edit, replace(fresh, asked_at=edit.settled_at - timedelta(1)))
    assert check_late_effect(edit, fresh)


def test_an_edit_whose_process_died_releases_the_slot(agent, sandbox):
    review = agent.review(session_theme="LITE")
    agent.send(review)
    Edit.objects.update(state="intent", lease_until=timezone.now() - timedelta(seconds=1))
    AuditEntry.objects.filter(kind=Kind.OUTCOME).delete()
    assert not any(agent.open().fields().values())


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_an_intent_is_dated_after_the_edit_that_releases_the_slot(agent, idle):
    agent.edit(session_theme="LITE")
    Edit.objects.update(state="sent")

    def date_intent():
        try:
            with transaction.atomic():
                return wait_for_slot(idle)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            Edit.objects.update(state="confirmed")
            dated = other.submit(date_intent)
            while not dated.done() and not is_lock_awaited():
                pass
            released = timezone.now()
        assert dated.result() >= released


def is_lock_awaited():
    """Tell whether a connection to this database waits for another one's lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
        return cursor.fetchone()[0]
