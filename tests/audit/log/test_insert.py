"""Test that entries are inserted with the database's clock, their hash and their related rows."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from sessions_ui.audit.log.canonical import commitment
from sessions_ui.audit.log.insert import PersonalValues, RelatedRows, database_clock, insert_entry
from sessions_ui.audit.log.record import record_access
from sessions_ui.models import AuditEntry, AuditTerm, AuditValue, Kind
from tests.audit.authors import ALICE, PHONE, THEME, edit, ended, hash_of, intent, refusal, sent

pytestmark = pytest.mark.django_db


def test_the_time_is_the_database_s():
    entry = AuditEntry.objects.get(id=intent())
    assert abs(entry.ts - datetime.now(UTC)) < timedelta(minutes=1)
    assert entry.ts.tzinfo is not None


def test_every_row_has_its_hash_when_it_is_read_back():
    edit({**PHONE, "vehicle.make": ("", "Škoda \U0001f697")}, note="Ünïcode\r\nnote", ticket="Z-1")
    refusal({"session.theme": (None, 7)}, unknown_names=["session-nope"])
    for entry in AuditEntry.objects.all():
        assert bytes(entry.hash) == hash_of(entry)


def test_hostile_text_is_cut_and_cleaned_to_fit_its_column():
    long = "x" * 9000
    edit_id = intent({"session.client_id": ("\x00a\ud800", long)}, ticket="T" * 300)
    sent(edit_id, status="SOMETHING_QUITE_NEW_AND_LONG")
    ended(edit_id, "refused", error_code="c" * 99, detail={"pave_message": f"\x00{long}"})
    first, *_, last = AuditEntry.objects.order_by("id")
    assert json.loads(first.body)["session.client_id"][0] == "\x00a\ufffd"
    assert len(json.loads(first.body)["session.client_id"][1]) == 4000
    assert len(last.error_code) == 40
    for entry in AuditEntry.objects.all():
        assert bytes(entry.hash) == hash_of(entry)


@pytest.mark.django_db(transaction=True)
def test_an_entry_needs_a_transaction():
    with pytest.raises(transaction.TransactionManagementError):
        record_access(actor=ALICE, action="audit.search")


def test_an_intent_takes_few_queries(django_assert_max_num_queries):
    with django_assert_max_num_queries(6):  # savepoint and release, clock, entry, terms
        intent(THEME)
    with django_assert_max_num_queries(6):
        intent(PHONE)
    with django_assert_max_num_queries(7):  # a note: the session's personal values
        intent(THEME, note="Customer called")
    assert connection.in_atomic_block


def insert(kind=Kind.NOTE, **columns):
    with transaction.atomic():
        return insert_entry(kind=kind, body={}, detail={}, **columns)


def terms_of(entry_id):
    return set(AuditTerm.objects.filter(entry_id=entry_id).values_list("field", "val"))


def test_columns_that_are_not_given_are_empty():
    entry = AuditEntry.objects.get(id=insert(action="x").id)
    assert (entry.op, entry.op_key, entry.actor_id, entry.http_status) == (None,) * 4
    assert (entry.session_key, entry.reason_note, entry.body) == ("", "", "{}")


def test_related_rows_are_stored_with_the_entry():
    personal = PersonalValues()
    commitments = [personal.commit("sms.to", side, text) for side, text in enumerate(("1", "2"))]
    entry = insert(related=RelatedRows(personal.rows, {("@status", "IDLE"), ("sms.to", "x")}))
    values = AuditValue.objects.filter(entry_id=entry.id).order_by("side")
    assert [(value.field, value.side, value.value) for value in values] == [
        ("sms.to", 0, "1"),
        ("sms.to", 1, "2"),
    ]
    assert [commitment(bytes(value.salt), value.value) for value in values] == [
        committed["sha256"] for committed in commitments
    ]
    assert terms_of(entry.id) == {("@status", "IDLE"), ("sms.to", "x")}


def test_the_terms_of_a_step_are_those_of_its_edit():
    first = insert(related=RelatedRows(terms={("@outcome", "pending"), ("@status", "IDLE")}))
    other = insert(related=RelatedRows(terms={("@outcome", "pending")}))
    related = RelatedRows(
        terms={("@outcome", "confirmed"), ("@status", "IDLE")},
        stale_terms=[("@outcome", "pending"), ("@outcome", "unknown")],
    )
    step = insert(op=first.id, related=related)
    assert terms_of(first.id) == {("@outcome", "confirmed"), ("@status", "IDLE")}
    assert terms_of(step.id) == set()
    assert terms_of(other.id) == {("@outcome", "pending")}


def test_nothing_is_stored_of_an_entry_that_breaks_a_constraint():
    edit_id = edit()
    before = AuditEntry.objects.count(), AuditTerm.objects.count(), AuditValue.objects.count()
    personal = PersonalValues()
    personal.commit("sms.to", 0, "1")
    with pytest.raises(IntegrityError):
        insert(Kind.OUTCOME, op=edit_id, related=RelatedRows(personal.rows, {("x", "y")}))
    after = AuditEntry.objects.count(), AuditTerm.objects.count(), AuditValue.objects.count()
    assert before == after


def test_the_clock_needs_a_transaction_and_has_a_zone():
    with transaction.atomic():
        assert database_clock().tzinfo is UTC
