"""Ask how an unresolved edit ended."""

import pytest

from sessions_ui.forms.close import CloseForm

NOTE = "The dealer reads it out to me."


@pytest.mark.parametrize("outcome", ["in_effect", "not_in_effect", "unresolved"])
def test_an_edit_is_closed_with_one_of_three_outcomes(outcome):
    assert CloseForm({"outcome": outcome, "note": NOTE}).is_valid()


@pytest.mark.parametrize("outcome", ["", "confirmed", "late_applied"])
def test_no_other_outcome_is_offered(outcome):
    form = CloseForm({"outcome": outcome, "note": NOTE})
    assert not form.is_valid()
    assert set(form.errors) == {"outcome"}
