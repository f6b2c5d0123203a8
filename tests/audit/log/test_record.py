"""Test which entries the recorders write."""

import json

import pytest
from django.db import IntegrityError, transaction

from sessions_ui.audit.log.index_terms import OUTCOME
from sessions_ui.audit.log.record import record_access
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.models import AuditEntry, AuditTerm, Kind
from tests.audit.authors import (
    KEY,
    edit,
    ended,
    hash_of,
    intent,
    note,
    refusal,
    resolved,
    sent,
)

pytestmark = pytest.mark.django_db


def test_an_edit_has_one_entry_per_step():
    edit_id = edit()
    steps = AuditEntry.objects.order_by("id")
    assert [step.kind for step in steps] == [Kind.INTENT, Kind.SENT, Kind.OUTCOME]
    assert [step.op for step in steps] == [None, edit_id, edit_id]
    assert steps[0].body == '{"session.theme":["LITE","PRO"]}'
    assert json.loads(steps[2].body) == {"session.theme": ["applied", "PRO"]}
    assert (steps[0].actor_label, steps[0].actor_role) == ("Alice Moreau", "Agent")
    assert (steps[0].remote_addr, steps[2].http_status) == ("203.0.113.24", 200)


def test_an_edit_is_indexed_by_its_latest_outcome():
    edit_id = intent()
    outcomes = AuditTerm.objects.filter(field=OUTCOME, entry_id=edit_id).values_list("val")
    assert list(outcomes.all()) == [("pending",)]
    sent(edit_id)
    ended(edit_id, "unknown")
    assert list(outcomes.all()) == [("unknown",)]
    resolved(edit_id, "not_in_effect")
    resolved(edit_id, "late_applied")
    assert list(outcomes.all()) == [("late_applied",)]
    assert AuditEntry.objects.latest_end(edit_id).outcome == Outcome.LATE_APPLIED
    assert AuditEntry.objects.latest_end(intent()) is None


def test_an_edit_has_one_outcome():
    edit_id = edit()
    with pytest.raises(IntegrityError):
        ended(edit_id, "refused")


def test_an_access_is_an_entry():
    with transaction.atomic():
        record_access(actor=Actor(3, "Carol", "Manager"), action="personal.seen", session_key=KEY)
    entry = AuditEntry.objects.get()
    assert (entry.kind, entry.action, entry.session_key) == (Kind.ACCESS, "personal.seen", KEY)


def test_a_note_is_an_entry_about_an_edit_with_nothing_personal_in_it():
    edit_id = edit({"sms.to_name": ("", "Daniel Osei")})
    entry = AuditEntry.objects.get(id=note(edit_id, text="Daniel Osei called from 647-555-0148"))
    assert (entry.kind, entry.op, entry.session_key) == (Kind.NOTE, edit_id, KEY)
    assert json.loads(entry.detail) == {"note": "••••• called from •••-•••-0148"}
    assert bytes(entry.hash) == hash_of(entry)
    assert AuditEntry.objects.latest_end(edit_id).outcome == Outcome.CONFIRMED


def test_a_note_may_be_about_no_edit():
    entry = AuditEntry.objects.get(id=note(action="watch.made", key=""))
    assert (entry.op, entry.detail) == (None, "{}")


def test_a_refusal_is_an_entry_that_begins_no_edit():
    entry = AuditEntry.objects.get(id=refusal(locks={"session.theme": "STARTED"}))
    assert (entry.kind, entry.op, entry.outcome) == (Kind.REFUSAL, None, "refused_by_policy")
    assert (entry.error_code, entry.status) == ("STARTED", "STARTED")
    assert json.loads(entry.detail) == {"locks": {"session.theme": "STARTED"}}
    assert AuditTerm.objects.filter(
        entry_id=entry.id, field=OUTCOME, val=Outcome.REFUSED_BY_POLICY
    ).exists()


def test_an_end_holds_what_pave_answered():
    edit_id = intent()
    end = AuditEntry.objects.get(
        id=ended(edit_id, "refused", http_status=422, error_code="locked", new_version="v2")
    )
    assert (end.op, end.outcome, end.http_status) == (edit_id, "refused", 422)
    assert (end.error_code, end.new_version, end.duration_ms) == ("locked", "v2", None)
