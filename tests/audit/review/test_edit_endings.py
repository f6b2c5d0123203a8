"""Test that the ending of an edit is read from its entry."""

import pytest

from sessions_ui.audit.review.edit_endings import read_ending
from sessions_ui.domain.rules.outcomes import CLOSED, FieldResult, Outcome
from sessions_ui.models import AuditEntry
from tests.audit.authors import ended, intent, refusal, resolved

pytestmark = pytest.mark.django_db


def ending(entry_id):
    return read_ending(AuditEntry.objects.get(id=entry_id))


def test_an_outcome_has_pave_s_answer_and_the_results_of_the_fields():
    results = {"session.theme": ("ignored", "LITE")}
    detail = {"collateral": ["vehicle.vin"]}
    edit_end = ended(intent(), "partial", results, http_status=200, status="IDLE", detail=detail)
    end = ending(edit_end)
    assert (end.outcome, end.answered, end.closed) == (Outcome.PARTIAL, True, False)
    assert (end.http_status, end.status) == (200, "IDLE")
    assert end.results == {"session.theme": FieldResult.IGNORED}
    assert end.collateral == ["vehicle.vin"]


def test_a_read_back_is_no_answer_and_a_person_can_close():
    edit_id = intent()
    assert not ending(ended(edit_id, "unknown")).answered
    assert not ending(resolved(edit_id, "in_effect", http_status=200)).answered
    assert ending(resolved(edit_id, "unresolved", error_code=CLOSED)).closed


def test_a_refusal_has_no_results():
    end = ending(refusal())
    assert (end.outcome, end.results) == (Outcome.REFUSED_BY_POLICY, {})


@pytest.mark.parametrize("change", [{"outcome": "nonsense"}, {"body": "["}, {"body": '{"a": 1}'}])
def test_an_unreadable_entry_has_no_ending(change):
    entry_id = ended(intent(), "unknown")
    AuditEntry.objects.filter(id=entry_id).update(**change)
    assert ending(entry_id) is None
