"""What the record holds, and what it must not hold."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from sessions_ui.audit.log.canonical import COLUMNS, commitment, row_hash
from sessions_ui.audit.log.index_terms import OUTCOME
from sessions_ui.audit.log.record import record_access
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.rules.edit_reasons import ReasonGiven
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.models import AuditEntry, AuditTerm, AuditValue, Kind
from tests.audit.authors import (
    ALICE,
    KEY,
    PHONE,
    THEME,
    edit,
    ended,
    intent,
    note,
    refusal,
    resolved,
    sent,
)

pytestmark = pytest.mark.django_db


def hash_now(entry):
    return row_hash(getattr(entry, name) for name in COLUMNS[entry.hv])


def test_it_writes_one_entry_per_step():
    edit_id = edit()
    steps = AuditEntry.objects.order_by("id")
    assert [step.kind for step in steps] == [Kind.INTENT, Kind.SENT, Kind.OUTCOME]
    assert [step.op for step in steps] == [None, edit_id, edit_id]
    assert steps[0].body == '{"session.theme":["LITE","PRO"]}'
    assert json.loads(steps[2].body) == {"session.theme": ["applied", "PRO"]}
    assert (steps[0].actor_label, steps[0].actor_role) == ("Alice Moreau", "Agent")
    assert (steps[0].remote_addr, steps[2].http_status) == ("203.0.113.24", 200)


def test_it_takes_the_time_from_the_database():
    entry = AuditEntry.objects.get(id=intent())
    assert abs(entry.ts - datetime.now(UTC)) < timedelta(minutes=1)
    assert entry.ts.tzinfo is not None


def test_every_row_agrees_with_its_hash_when_it_is_read_back():
    edit({**PHONE, "vehicle.make": ("", "Škoda \U0001f697")}, note="Ünïcode\r\nnote", ticket="Z-1")
    refusal({"session.theme": (None, 7)}, unknown_names=["session-nope"])
    for entry in AuditEntry.objects.all():
        assert bytes(entry.hash) == hash_now(entry)


def test_personal_values_stand_beside_the_record_under_commitments():
    edit_id = edit({**PHONE, "sms.to_name": ("", "Daniel Osei")})
    texts = [f"{entry.body}{entry.detail}{entry.reason_note}" for entry in AuditEntry.objects.all()]
    assert not any("555-01" in text or "Daniel" in text for text in texts)
    body = json.loads(AuditEntry.objects.get(id=edit_id).body)
    for value in AuditValue.objects.filter(entry_id=edit_id):
        held = body[value.field][value.side]["sha256"]
        assert held == commitment(bytes(value.salt), value.value)
    assert AuditValue.objects.count() == 2 * (2 + 2) + 2  # intent and sent: two sides; outcome: one


def test_equal_personal_values_give_different_commitments():
    body = json.loads(AuditEntry.objects.get(id=intent({"sms.to": ("1", "1")})).body)
    assert body["sms.to"][0] != body["sms.to"][1]


def test_a_field_that_the_catalogue_does_not_know_counts_as_personal():
    entry = AuditEntry.objects.get(id=refusal({"vehicle.plate" + "x" * 90: ("", "CANARY")}))
    assert "CANARY" not in entry.body
    assert AuditValue.objects.get(value="CANARY").field.startswith("vehicle.plate")


def test_no_phone_gets_into_the_note_or_into_pave_s_words():
    edit_id = intent(PHONE, note="Call back under +1 (647) 555-0148 please")
    sent(edit_id, PHONE)
    end = ended(edit_id, "refused", detail={"pave_message": "Number 6475550148 is not valid"})
    assert AuditEntry.objects.get(id=edit_id).reason_note == "Call back under •••-•••-0148 please"
    told = json.loads(AuditEntry.objects.get(id=end).detail)
    assert told == {"pave_message": "Number •••-•••-0148 is not valid"}


def test_a_name_is_scrubbed_from_pave_s_words():
    edit_id = intent({"sms.to_name": ("", "Daniel Osei")})
    end = ended(edit_id, "refused", detail={"pave_message": "daniel osei cannot be texted"})
    assert "osei" not in AuditEntry.objects.get(id=end).detail.lower()


NAMED = "For daniel, says Mr OSEI (Daniel Osei)"
NAMES = {"Daniel Osei"}
HIDDEN = "For •••••, says Mr ••••• (•••••)"


def test_a_name_that_pave_held_unchanged_gets_into_no_free_text():
    """The values of the session at that time are told by the caller."""
    edit_id = intent(note=NAMED, ticket="Daniel-1", personal_texts=NAMES)
    sent(edit_id)
    end = ended(edit_id, "refused", detail={"pave_message": NAMED}, personal_texts=NAMES)
    closed = resolved(edit_id, "unresolved", detail={"note": NAMED}, personal_texts=NAMES)
    refused = refusal(personal_texts=NAMES, reason=ReasonGiven("other", NAMED), pave_message=NAMED)
    first = AuditEntry.objects.get(id=edit_id)
    assert (first.reason_note, first.ticket) == (HIDDEN, "•••••-1")
    assert AuditEntry.objects.get(id=refused).reason_note == HIDDEN
    for entry_id, name in ((end, "pave_message"), (closed, "note"), (refused, "pave_message")):
        assert json.loads(AuditEntry.objects.get(id=entry_id).detail) == {name: HIDDEN}


def test_a_name_that_the_session_s_last_entries_keep_gets_into_no_free_text():
    edit({"sms.to_name": ("Daniel Osei", "Grace Lindqvist")})
    edit_id = intent(note=NAMED)
    end = ended(edit_id, "refused", detail={"pave_message": "No GRACE here"})
    other = intent(note=NAMED, key="NGF-8C0RQ5VJ2T")
    assert AuditEntry.objects.get(id=edit_id).reason_note == HIDDEN
    assert json.loads(AuditEntry.objects.get(id=end).detail) == {"pave_message": "No ••••• here"}
    assert AuditEntry.objects.get(id=other).reason_note == NAMED


def test_a_field_that_nobody_vouches_for_hides_nothing_in_later_notes():
    refusal({"vehicle.plate": ("", "please")})
    assert AuditEntry.objects.get(id=intent(note="Call back please")).reason_note == (
        "Call back please"
    )


def test_tokens_of_personal_values_are_keyed(settings):
    first = intent(PHONE)
    tokens = set(AuditTerm.objects.filter(entry_id=first, field="sms.to").values_list("val"))
    assert len(tokens) == 6  # each number and its last digits; what both begin with
    assert not any("6475550" in val for (val,) in tokens)
    settings.AUDIT_TOKEN_KEY = "another"
    second = intent(PHONE)
    assert not tokens & set(
        AuditTerm.objects.filter(entry_id=second, field="sms.to").values_list("val")
    )


def test_the_outcome_token_follows_the_latest_outcome():
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


def test_it_survives_what_a_remote_can_say():
    long = "x" * 9000
    edit_id = intent({"session.client_id": ("\x00a\ud800", long)}, ticket="T" * 300)
    sent(edit_id, status="SOMETHING_QUITE_NEW_AND_LONG")
    ended(edit_id, "refused", error_code="c" * 99, detail={"pave_message": f"\x00{long}"})
    first, *_, last = AuditEntry.objects.order_by("id")
    assert json.loads(first.body)["session.client_id"][0] == "\x00a\ufffd"
    assert len(json.loads(first.body)["session.client_id"][1]) == 4000
    assert len(last.error_code) == 40
    for entry in AuditEntry.objects.all():
        assert bytes(entry.hash) == hash_now(entry)


@pytest.mark.django_db(transaction=True)
def test_it_refuses_to_write_outside_a_transaction():
    with pytest.raises(transaction.TransactionManagementError):
        record_access(actor=ALICE, action="audit.search")


def test_an_access_is_an_entry():
    with transaction.atomic():
        record_access(actor=Actor(3, "Carol", "Manager"), action="personal.seen", session_key=KEY)
    entry = AuditEntry.objects.get()
    assert (entry.kind, entry.action, entry.session_key) == (Kind.ACCESS, "personal.seen", KEY)


def test_a_note_is_an_entry_about_an_edit_with_nothing_personal_in_it():
    edit_id = edit({"sms.to_name": ("", "Daniel Osei")})
    entry = AuditEntry.objects.get(id=note(edit_id, said="Daniel Osei called from 647-555-0148"))
    assert (entry.kind, entry.op, entry.session_key) == (Kind.NOTE, edit_id, KEY)
    assert json.loads(entry.detail) == {"note": "••••• called from •••-•••-0148"}
    assert bytes(entry.hash) == hash_now(entry)
    assert AuditEntry.objects.latest_end(edit_id).outcome == Outcome.CONFIRMED


def test_a_note_may_stand_by_itself():
    entry = AuditEntry.objects.get(id=note(action="watch.made", key=""))
    assert (entry.op, entry.detail) == (None, "{}")


def test_the_writing_of_an_edit_takes_few_queries(django_assert_max_num_queries):
    with django_assert_max_num_queries(6):  # savepoint and release, clock, entry, tokens
        intent(THEME)
    with django_assert_max_num_queries(6):
        intent(PHONE)
    with django_assert_max_num_queries(7):  # a note: what the session's last entries keep
        intent(THEME, note="Customer called")
    assert connection.in_atomic_block
