"""Test outcomes: words for each, and one outcome from the results of the fields."""

import pytest

from sessions_ui.domain.rules.outcomes import (
    AS_SENT,
    REVERSIBLE,
    TAKEN,
    WORDS,
    FieldResult,
    Outcome,
    roll_up,
)


def test_it_has_words_for_every_outcome():
    assert set(WORDS) == set(Outcome)
    assert all(w.label and w.heading and w.now and w.then and w.icon for w in WORDS.values())


APPLIED, IGNORED, ALTERED, ABSENT = (
    FieldResult.APPLIED,
    FieldResult.IGNORED,
    FieldResult.ALTERED,
    FieldResult.NOT_SHOWN,
)


@pytest.mark.parametrize(
    ("results", "answered", "unanswered"),
    [
        ([APPLIED, APPLIED], Outcome.CONFIRMED, Outcome.IN_EFFECT),
        ([APPLIED, ABSENT], Outcome.ACCEPTED, Outcome.UNRESOLVED),
        ([ABSENT], Outcome.ACCEPTED, Outcome.UNRESOLVED),
        ([IGNORED], Outcome.NOT_IN_EFFECT, Outcome.NOT_IN_EFFECT),
        ([IGNORED, ABSENT], Outcome.NOT_IN_EFFECT, Outcome.NOT_IN_EFFECT),
        ([APPLIED, IGNORED], Outcome.PARTIAL, Outcome.PARTIAL),
        ([APPLIED, ALTERED], Outcome.PARTIAL, Outcome.PARTIAL),
        ([ALTERED], Outcome.SUPERSEDED, Outcome.SUPERSEDED),
        ([IGNORED, ALTERED], Outcome.SUPERSEDED, Outcome.SUPERSEDED),
    ],
)
def test_it_rolls_fields_up_into_one_outcome(results, answered, unanswered):
    fields = dict(enumerate(results))
    assert roll_up(fields, answered=True) is answered
    assert roll_up(fields, answered=False) is unanswered


def test_what_took_effect_is_what_pave_holds_something_of():
    took = {Outcome.CONFIRMED, Outcome.ACCEPTED, Outcome.IN_EFFECT, Outcome.PARTIAL}
    assert {outcome for outcome in Outcome if outcome.took_effect} == took | {Outcome.LATE_APPLIED}


@pytest.mark.parametrize(
    ("result", "as_sent", "taken", "reversible"),
    [
        (APPLIED, True, True, True),
        (FieldResult.IN_EFFECT, True, True, True),
        (ABSENT, False, True, True),
        (ALTERED, False, False, True),
        (FieldResult.OTHER_VALUE, False, False, False),
        (IGNORED, False, False, False),
        (FieldResult.NOT_IN_EFFECT, False, False, False),
    ],
)
def test_a_result_says_whether_the_field_changed(result, as_sent, taken, reversible):
    assert (result.as_sent, result.taken, result.reversible) == (as_sent, taken, reversible)


def test_a_result_that_this_version_does_not_know_is_none_of_them():
    for results in (AS_SENT, TAKEN, REVERSIBLE):
        assert "of another version" not in results
    assert "applied" in AS_SENT <= TAKEN <= REVERSIBLE
