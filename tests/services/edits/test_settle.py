"""Edits whose outcome is not known: let go by their lease alone, settled by reading PAVE."""

import json
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from sessions_ui.audit.log.record import ChangeRequest, record_intent, record_sent
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.rules.edit_reasons import ReasonGiven
from sessions_ui.domain.rules.outcomes import FieldResult, Outcome
from sessions_ui.models import AuditEntry, Edit, JobLock, Kind
from sessions_ui.services.edits.result import edit_result
from sessions_ui.services.edits.settle import check_late_effect, expire_leases, settle_edit
from sessions_ui.services.jobs.lock import JobLease
from sessions_ui.services.jobs.reconcile import reconcile_edits
from sessions_ui.services.sessions.pave_reads import read_snapshot
from tests.pages import Agent

pytestmark = pytest.mark.django_db

ALICE = Actor(id=7, label="alice", role="Agent")
LONG_AGO = timedelta(hours=1)


@pytest.fixture
def idle(sandbox):
    """A session that holds theme PRO and language EN."""
    return sandbox.state.create(
        status="IDLE", delivery="failed", session={"theme": "PRO", "language": "EN"}
    )


def leave(session_key, state, *, age=LONG_AGO, base_version="", **wanted):
    """Leave an edit in a state, as a process does that died ``age`` ago."""
    held = {"session.theme": "PRO", "session.language": "EN", "sms.to": "1"}
    changes = {key.replace("__", "."): text for key, text in wanted.items()}
    pairs = {key: (held[key], text) for key, text in changes.items()}
    then = timezone.now() - age
    request = ChangeRequest(
        actor=ALICE,
        session_key=session_key,
        changes=pairs,
        status="IDLE",
        reason=ReasonGiven("customer_request"),
    )
    with transaction.atomic():
        intent = record_intent(request, op_key=uuid.uuid4())
        if state != "intent":
            record_sent(
                replace(request, base_version=base_version),
                edit_id=intent.id,
                payload_sha256="0" * 64,
                request_id="1-1",
            )
        return Edit.objects.create(
            entry_id=intent.id,
            session_key=session_key,
            actor_id=7,
            actor_label="alice",
            nonce=uuid.uuid4().hex,
            values_digest="",
            state=state,
            changes={key: list(pair) for key, pair in pairs.items()},
            base_version=base_version,
            created_at=then,
            sent_at=None if state == "intent" else then,
            lease_until=then + timedelta(seconds=90),
        )


def story(edit):
    """What the record says of an edit after its intent."""
    entries = AuditEntry.objects.filter(op=edit.entry_id).order_by("id")
    return [(one.kind, one.outcome) for one in entries if one.kind != Kind.SENT]


def test_it_calls_an_abandoned_intent_not_sent(sandbox, idle):
    edit = leave(idle, "intent", session__theme="LITE")
    reconcile_edits()
    edit.refresh_from_db()
    assert edit.state == "not_sent"
    assert story(edit) == [(Kind.OUTCOME, "not_sent")]


def test_it_settles_an_abandoned_sent_edit_by_reading(sandbox, idle):
    edit = leave(idle, "sent", session__theme="LITE")
    sandbox.state.poke(idle, "session.theme", "LITE")
    assert reconcile_edits() == 1
    edit.refresh_from_db()
    assert edit.state == "in_effect"
    assert story(edit) == [(Kind.OUTCOME, "unknown"), (Kind.RESOLUTION, "in_effect")]


def test_it_leaves_alone_what_is_still_under_way(sandbox, idle):
    edit = leave(idle, "sent", age=timedelta(seconds=5), session__theme="LITE")
    assert reconcile_edits() == 0
    edit.refresh_from_db()
    assert edit.state == "sent"


def test_it_says_at_once_that_a_change_is_in_effect(sandbox, idle):
    edit = leave(idle, "unknown", age=timedelta(seconds=1), session__theme="LITE")
    sandbox.state.poke(idle, "session.theme", "LITE")
    assert reconcile_edits() == 1
    edit.refresh_from_db()
    assert edit.state == "in_effect"


def test_it_waits_out_the_settle_time_before_any_other_word(sandbox, idle):
    leave(idle, "unknown", age=timedelta(seconds=59), session__theme="LITE")
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
def test_it_says_what_pave_holds(sandbox, idle, held, outcome):
    edit = leave(idle, "unknown", session__theme="LITE", session__language="FR")
    for key, text in held.items():
        sandbox.state.poke(idle, key, text)
    assert reconcile_edits() == 1
    edit.refresh_from_db()
    assert edit.state == outcome
    assert edit.settled_at


def test_it_says_proven_only_where_paves_stamp_stood_still(sandbox, idle):
    stamp = "2020-01-01T00:00:00.000000Z"
    sandbox.state.poke(idle, "updated_at", stamp)
    still = leave(idle, "unknown", base_version=stamp, session__theme="LITE")
    reconcile_edits()
    other = sandbox.state.create(status="IDLE", session={"theme": "PRO"})
    moved = leave(other, "unknown", base_version="2020-01-01", session__theme="LITE")
    reconcile_edits()
    told = dict(AuditEntry.objects.filter(kind=Kind.RESOLUTION).values_list("op", "detail"))
    assert '"proven":true' in told[still.entry_id]
    assert '"proven":false' in told[moved.entry_id]


def test_it_does_not_trust_a_stamp_as_young_as_the_sending(sandbox, idle):
    edit = leave(idle, "unknown", session__theme="LITE")
    stamp = edit.sent_at.strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    Edit.objects.filter(pk=edit.pk).update(base_version=stamp)
    sandbox.state.poke(idle, "updated_at", stamp)
    reconcile_edits()
    assert '"proven":false' in AuditEntry.objects.get(kind=Kind.RESOLUTION).detail


def test_what_was_read_before_the_settle_time_was_over_settles_nothing(idle):
    edit = leave(idle, "unknown", session__theme="LITE")
    fresh = read_snapshot(idle)
    almost = edit.sent_at + timedelta(seconds=59)
    assert not settle_edit(edit, replace(fresh, asked_at=almost, read_at=almost))
    assert not settle_edit(edit, replace(fresh, asked_at=almost)), "its answer was on its way"
    assert settle_edit(edit, fresh)
    told = json.loads(AuditEntry.objects.get(kind=Kind.RESOLUTION).detail)
    assert told["asked_at"] == fresh.asked_at.isoformat()
    assert told["read_at"] == fresh.read_at.isoformat()


def test_what_was_read_before_the_sending_settles_nothing(sandbox, idle):
    sandbox.state.poke(idle, "session.theme", "LITE")
    fresh = read_snapshot(idle)
    edit = leave(idle, "unknown", session__theme="LITE")
    assert not settle_edit(edit, replace(fresh, asked_at=edit.sent_at - timedelta(seconds=1)))
    assert settle_edit(edit, fresh)
    assert edit.state == "in_effect"


def test_what_was_read_before_a_verdict_does_not_call_it_late(sandbox, idle):
    edit = leave(idle, "unknown", session__theme="LITE")
    reconcile_edits()
    edit.refresh_from_db()
    assert edit.state == "not_in_effect"
    sandbox.state.poke(idle, "session.theme", "LITE")
    fresh = read_snapshot(idle)
    assert not check_late_effect(edit, replace(fresh, asked_at=edit.settled_at - timedelta(1)))
    assert check_late_effect(edit, fresh)


def test_it_looks_no_more_for_a_session_that_is_gone(sandbox, idle):
    edit = leave("XXX-NOSUCHKEY9", "not_in_effect", session__theme="LITE")
    Edit.objects.filter(pk=edit.pk).update(settled_at=edit.sent_at, next_look_at=edit.sent_at)
    asked = len(sandbox.state.journal())
    for _ in range(3):
        reconcile_edits()
    assert len(sandbox.state.journal()) == asked + 1


def test_an_edit_that_cannot_be_understood_keeps_no_other_waiting(sandbox, idle):
    odd = leave(idle, "unknown", session__theme="LITE")
    Edit.objects.filter(pk=odd.pk).update(changes={"session.gone": ["a", "b"]})
    other = sandbox.state.create(status="IDLE", session={"theme": "PRO"})
    plain = leave(other, "unknown", session__theme="LITE")
    assert reconcile_edits() == 1
    plain.refresh_from_db()
    assert plain.state == "not_in_effect"


def test_it_leaves_to_a_person_what_nobody_can_read(sandbox, idle):
    gone = leave("XXX-NOSUCHKEY9", "unknown", session__theme="LITE")
    hidden = sandbox.state.create(status="IDLE", delivery="none")
    unseen = leave(hidden, "unknown", sms__to="2")
    assert reconcile_edits() == 2
    for edit in (gone, unseen):
        edit.refresh_from_db()
        assert edit.state == "unresolved"


def test_it_gives_up_on_an_unreadable_pave_after_a_day(sandbox, idle):
    today = leave(idle, "unknown", session__theme="LITE")
    sandbox.state.fault("error_before", method="GET", times=9)
    assert reconcile_edits() == 0
    Edit.objects.filter(pk=today.pk).update(sent_at=timezone.now() - timedelta(hours=25))
    assert reconcile_edits() == 1
    today.refresh_from_db()
    assert today.state == "unresolved"


def test_it_settles_an_edit_once(sandbox, idle):
    edit = leave(idle, "unknown", session__theme="LITE")
    reconcile_edits()
    assert reconcile_edits() == 0
    assert len(story(edit)) == 1


def test_it_has_one_open_edit_a_session(sandbox, idle):
    leave(idle, "unknown", session__theme="LITE")
    with pytest.raises(IntegrityError), transaction.atomic():
        leave(idle, "intent", session__theme="CAPT")


def called_not_in_effect(session_key, **wanted):
    """An edit that was settled as not in effect, with a first second look due now."""
    edit = leave(session_key, "unknown", **wanted)
    reconcile_edits()
    edit.refresh_from_db()
    assert edit.state == "not_in_effect"
    assert edit.next_look_at - edit.settled_at == timedelta(seconds=300)
    return due(edit)


def due(edit):
    Edit.objects.filter(pk=edit.pk).update(next_look_at=timezone.now())
    edit.refresh_from_db()
    return edit


def test_it_finds_on_a_second_look_that_a_change_took_effect_late(sandbox, idle):
    edit = called_not_in_effect(idle, session__theme="LITE")
    sandbox.state.poke(idle, "session.theme", "LITE")
    assert reconcile_edits() == 1
    edit.refresh_from_db()
    assert edit.state == "late_applied"
    assert [outcome for _, outcome in story(edit)] == ["not_in_effect", "late_applied"]
    assert edit.next_look_at is None


def test_whoever_opens_the_session_reads_that_an_edit_took_effect_late(client, bob, sandbox, idle):
    edit = called_not_in_effect(idle, session__theme="LITE")
    someone = Agent(client, bob, idle)
    assert "took effect late" not in someone.open().text
    sandbox.state.poke(idle, "session.theme", "LITE")
    assert "alice changed the theme" in someone.open().text
    notice = someone.open().soup.find(string="An edit took effect late").find_parent("div")
    assert notice.find("a")["href"] == f"?edit={edit.entry_id}"


def test_it_looks_twice_and_then_no_more(sandbox, idle):
    edit = called_not_in_effect(idle, session__theme="LITE")
    assert reconcile_edits() == 0
    edit.refresh_from_db()
    assert edit.next_look_at - edit.settled_at == timedelta(seconds=3600)
    due(edit)
    assert reconcile_edits() == 0
    edit.refresh_from_db()
    assert (edit.looks, edit.next_look_at) == (2, None)


def test_it_does_not_take_a_later_edit_of_ours_for_a_late_effect(sandbox, idle):
    edit = called_not_in_effect(idle, session__theme="LITE")
    leave(idle, "confirmed", session__theme="LITE")
    sandbox.state.poke(idle, "session.theme", "LITE")
    assert reconcile_edits() == 0
    edit.refresh_from_db()
    assert edit.state == "not_in_effect"
    assert edit.next_look_at is None


def test_it_keeps_a_look_for_later_while_pave_is_away(sandbox, idle):
    edit = called_not_in_effect(idle, session__theme="LITE")
    sandbox.state.fault("error_before", method="GET", status=500, times=9)
    assert reconcile_edits() == 0
    edit.refresh_from_db()
    assert edit.looks == 0
    assert edit.next_look_at


def test_it_works_one_at_a_time_and_takes_over_when_the_time_is_up(sandbox, idle):
    leave(idle, "unknown", session__theme="LITE")
    other = JobLease("reconcile", 60)
    assert other.take()
    assert reconcile_edits() is None
    waits = []
    assert not JobLease("reconcile", 60).wait(2, waits.append)
    assert sum(waits) == 2
    JobLock.objects.update(until=timezone.now())
    assert reconcile_edits() == 1


def test_a_page_tells_of_one_moment_what_is_settled_while_it_is_drawn(idle):
    edit = leave(idle, "sent", session__theme="PRO")
    expire_leases(session_key=idle)
    edit.refresh_from_db()
    snapshot, asked = read_snapshot(idle), []

    def settled_after_the_first(execute, sql, *rest):
        found = execute(sql, *rest)
        asked.append(sql)
        if len(asked) == 1:
            assert settle_edit(edit, snapshot)
        return found

    with connection.execute_wrapper(settled_after_the_first):
        shown = edit_result(str(edit.entry_id), idle)
    assert (shown.outcome, shown.results) == (Outcome.UNKNOWN, {})
    shown = edit_result(str(edit.entry_id), idle)
    assert (shown.outcome, *shown.results.values()) == (Outcome.IN_EFFECT, FieldResult.IN_EFFECT)
