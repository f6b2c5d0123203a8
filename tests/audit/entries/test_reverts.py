"""Test what it means to take an edit back."""

import pytest

from sessions_ui.audit.entries.reverts import (
    Hindrance,
    confirm_reverted_edit,
    find_reverts,
    plan_revert,
    reversible_fields,
    revert_detail,
    reverted_edit_id,
)
from sessions_ui.audit.entries.row_queries import load_entry_rows
from sessions_ui.models import AuditEntry, AuditValue
from tests.audit.authors import KEY, PHONE, THEME, edit, ended, intent, refusal, resolved, sent

pytestmark = pytest.mark.django_db

WAS, NOW = PHONE["sms.to"]


def row_of(entry_id):
    (row,) = load_entry_rows([entry_id])
    return row


def test_a_plan_has_the_values_from_before_and_those_that_the_edit_left():
    edit_id = edit({**THEME, **PHONE})
    plan = plan_revert(edit_id)
    assert (plan.edit_id, plan.session_key) == (edit_id, KEY)
    assert plan.before == {"session.theme": "LITE", "sms.to": WAS}
    assert plan.left == {"session.theme": "PRO", "sms.to": NOW}
    assert plan.hindered == {}


def test_a_plan_can_be_limited_to_some_fields():
    plan = plan_revert(edit({**THEME, **PHONE, "vehicle.make": ("", "Ford")}))
    part = plan.only(["sms.to", "vehicle.make", "vehicle.model"])
    assert part.before == {"sms.to": WAS}
    assert part.left == {"sms.to": NOW, "vehicle.make": "Ford"}
    assert part.hindered == {"vehicle.make": Hindrance.EMPTY}


def test_what_pave_held_afterwards_goes_before_what_was_sent():
    edit_id = intent()
    sent(edit_id)
    ended(edit_id, "partial", {"session.theme": ("altered", "PRO_PLUS")})
    assert plan_revert(edit_id).left == {"session.theme": "PRO_PLUS"}


def test_an_empty_and_an_erased_value_cannot_be_brought_back():
    edit_id = edit({**PHONE, "vehicle.make": ("", "Ford")})
    AuditValue.objects.all().delete()
    plan = plan_revert(edit_id)
    assert plan.before == {}
    assert plan.hindered == {"sms.to": Hindrance.ERASED, "vehicle.make": Hindrance.EMPTY}
    assert plan.left == {"vehicle.make": "Ford"}


@pytest.mark.parametrize("outcome", ["refused", "unknown", "not_in_effect"])
def test_an_edit_that_changed_nothing_cannot_be_taken_back(outcome):
    edit_id = edit(outcome=outcome)
    assert plan_revert(edit_id) is None
    assert reversible_fields(row_of(edit_id)) == []


def test_an_edit_without_an_end_or_that_was_not_sent_cannot_be_taken_back():
    edit_id = intent()
    assert plan_revert(edit_id) is None
    ended(edit_id)
    assert plan_revert(edit_id) is None
    assert plan_revert(edit_id + 99) is None


def test_the_latest_end_decides():
    edit_id = edit(outcome="unknown")
    resolved(edit_id, "in_effect")
    assert plan_revert(edit_id).before == {"session.theme": "LITE"}


def test_the_fields_of_a_row_that_pave_took_are_reversible():
    edit_id = intent({**THEME, "vehicle.make": ("A", "B")})
    sent(edit_id, {**THEME, "vehicle.make": ("A", "B")})
    ended(
        edit_id, "partial", {"session.theme": ("ignored", "LITE"), "vehicle.make": ("applied", "B")}
    )
    assert [spec.key for spec in reversible_fields(row_of(edit_id))] == ["vehicle.make"]
    assert list(plan_revert(edit_id).before) == ["vehicle.make"]
    assert reversible_fields(row_of(refusal())) == []


def test_a_form_takes_an_edit_back_while_one_value_is_still_from_before():
    edit_id = edit({**THEME, "vehicle.make": ("Ford", "Honda")})
    assert confirm_reverted_edit(edit_id, {"session.theme": "LITE"}) == edit_id
    assert confirm_reverted_edit(edit_id, {"session.theme": "X", "vehicle.make": "Ford"}) == edit_id
    assert confirm_reverted_edit(edit_id, {"session.theme": "X", "sms.to": "LITE"}) == 0
    assert confirm_reverted_edit(0, {"session.theme": "LITE"}) == 0
    assert confirm_reverted_edit(edit_id + 99, {"session.theme": "LITE"}) == 0


def test_the_edits_that_took_others_back_are_found():
    first, second, other = edit(), edit(), edit()
    once, again, twice = intent(reverts=first), intent(reverts=second), intent(reverts=first)
    intent(reverts=first, key="LKS-OTHER")
    assert find_reverts(KEY, [first, second, other]) == {first: [once, twice], second: [again]}
    assert find_reverts(KEY, []) == {}


def test_an_intent_names_the_edit_that_it_takes_back():
    edit_id = edit()
    assert reverted_edit_id(AuditEntry.objects.get(id=intent(reverts=edit_id))) == edit_id
    assert reverted_edit_id(AuditEntry.objects.get(id=edit_id)) == 0
    assert revert_detail(0) == {}
