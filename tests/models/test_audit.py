"""Test the questions that every feature asks the entries the same way."""

import pytest

from sessions_ui.models import AuditEntry, Kind
from tests.audit.authors import edit, ended, intent, note, refusal, resolved, sent

pytestmark = pytest.mark.django_db


def test_outcomes_and_read_backs_end_an_edit():
    edit_id = intent()
    sent(edit_id)
    ends = [ended(edit_id, "unknown"), resolved(edit_id, "in_effect")]
    note(edit_id)
    refusal()
    assert list(AuditEntry.objects.ends().order_by("id").values_list("id", flat=True)) == ends


def test_the_latest_end_counts():
    edit_id = intent()
    assert AuditEntry.objects.latest_end(edit_id) is None
    ended(edit_id, "unknown")
    assert AuditEntry.objects.latest_end(edit_id).kind == Kind.OUTCOME
    resolved(edit_id, "not_in_effect")
    latest = resolved(edit_id, "late_applied")
    edit()
    assert AuditEntry.objects.latest_end(edit_id).id == latest


def test_the_largest_id_of_no_entries_is_0():
    assert AuditEntry.objects.largest_id() == 0
    edit()
    assert AuditEntry.objects.largest_id() == max(AuditEntry.objects.values_list("id", flat=True))
