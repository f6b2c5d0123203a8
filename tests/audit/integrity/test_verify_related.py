"""Test that the tables related to the entries are verified with them."""

import pytest
from django.utils import timezone

from sessions_ui.models import AuditCheckpoint, AuditEntry, AuditTerm, AuditValue, Edit, Kind
from tests.audit.authors import (
    KEY,
    edit,
    refusal,
    resolved,
)
from tests.integrity import entry_ids, find_failure, verify

pytestmark = pytest.mark.django_db


def test_a_replaced_personal_value_is_found(sealed):
    value = AuditValue.objects.order_by("entry_id").first()
    AuditValue.objects.filter(entry_id=value.entry_id, side=1).update(value="416-555-0000")
    assert find_failure().entry_id == value.entry_id


def test_missing_personal_values_are_counted(sealed):
    sealed_ids, _, copy = sealed
    assert verify(copy).missing_values.values == 0
    AuditValue.objects.filter(entry_id=sealed_ids[0]).delete()
    AuditValue.objects.filter(entry_id=sealed_ids[1], side=1).delete()
    gone = verify(copy).missing_values
    assert (gone.values, gone.entries, gone.first) == (3, 2, sealed_ids[0])


@pytest.mark.parametrize("field", ["sms.to", "session.theme"])
def test_an_added_personal_value_is_found(sealed, field):
    sealed_ids = sealed[0]
    plain = AuditEntry.objects.filter(kind=Kind.INTENT, body__contains="theme").first().id
    AuditValue.objects.create(entry_id=plain, field=field, side=0, salt=bytes(16), value="x")
    assert find_failure().entry_id == plain
    AuditValue.objects.filter(entry_id=plain).delete()
    AuditValue.objects.create(
        entry_id=sealed_ids[0], field="x.y", side=0, salt=bytes(16), value="x"
    )
    assert find_failure().entry_id == sealed_ids[0]


def outcome_terms(entry_id):
    return AuditTerm.objects.filter(entry_id=entry_id, field="@outcome")


@pytest.mark.parametrize("wrong", ["confirmed", "pending", "nonsense"])
def test_an_index_row_with_another_outcome_is_found(sealed, wrong):
    refused = refusal()
    verify()
    outcome_terms(refused).update(val=wrong)
    failure = find_failure()
    assert failure.entry_id == refused
    assert f"“{wrong}”" in str(failure)


def test_a_second_or_missing_index_row_is_found(sealed):
    first, *_, last = AuditEntry.objects.filter(kind=Kind.INTENT).order_by("id")
    AuditTerm.objects.create(entry_id=first.id, field="@outcome", val="refused")
    assert find_failure().entry_id == first.id
    outcome_terms(first.id).filter(val="refused").delete()
    outcome_terms(last.id).delete()
    failure = find_failure()
    assert failure.entry_id == last.id
    assert "not found under its latest outcome, “pending”" in str(failure)


def test_the_index_must_have_the_last_recorded_outcome(sealing):
    edit_id = edit(outcome="unknown")
    resolved(edit_id, "not_in_effect")
    resolved(edit_id, "late_applied")
    verify()
    outcome_terms(edit_id).update(val="not_in_effect")
    assert find_failure().entry_id == edit_id


def test_an_index_row_or_edit_without_its_entry_is_found(sealed):
    first = entry_ids()[0]
    AuditCheckpoint.objects.all().delete()
    AuditEntry.objects.all().delete()
    AuditValue.objects.all().delete()
    failure = find_failure()
    assert failure.entry_id == first
    assert "is missing" in str(failure)
    AuditTerm.objects.all().delete()
    now = timezone.now()
    Edit.objects.create(
        entry_id=first, session_key=KEY, actor_id=1, changes={}, created_at=now, lease_until=now
    )
    failure = find_failure()
    assert failure.entry_id == first
    assert KEY in str(failure)
    Edit.objects.all().delete()
    assert verify().sealed == 0  # nothing inside the database shows it
    assert "missing in the database" in str(find_failure(sealed[2]))


def test_a_value_of_an_earlier_entry_is_named_before_a_later_entry(sealed):
    sealed_ids, _, _ = sealed
    AuditValue.objects.filter(entry_id=sealed_ids[0], side=1).update(value="416-555-0000")
    AuditEntry.objects.filter(id=sealed_ids[-1]).update(ticket="x")
    assert find_failure().entry_id == sealed_ids[0]
