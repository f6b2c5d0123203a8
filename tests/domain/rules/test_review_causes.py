"""Test review causes: each is raised by what it names and by nothing else."""

import pytest

from sessions_ui.domain.rules.outcomes import FieldResult, Outcome
from sessions_ui.domain.rules.review_causes import (
    CAUSES,
    FLAGGED,
    PASSING,
    Ending,
    causes_of,
    locked_in,
    review_cause,
)

REFUSED = Ending(Outcome.REFUSED, answered=True, http_status=422)
IGNORED = Ending(
    Outcome.NOT_IN_EFFECT, answered=True, results={"session.theme": FieldResult.IGNORED}
)
TAKEN = Ending(
    Outcome.CONFIRMED,
    answered=True,
    status="COMPLETE",
    results={"session.theme": FieldResult.APPLIED},
)


@pytest.mark.parametrize(
    ("ending", "causes"),
    [
        (Ending(Outcome.CONFIRMED, answered=True, status="IDLE"), set()),
        (Ending(Outcome.UNKNOWN), {"unknown"}),
        (Ending(Outcome.UNRESOLVED), {"unresolved"}),
        (Ending(Outcome.UNRESOLVED, closed=True), set()),
        (Ending(Outcome.LATE_APPLIED), {"late_applied"}),
        (Ending(Outcome.REFUSED_BY_POLICY), {"refused_by_policy"}),
        (REFUSED, {"drift_refused"}),
        (Ending(Outcome.REFUSED, answered=True, http_status=401), set()),
        (IGNORED, {"drift_refused"}),
        (TAKEN, {"drift_taken"}),
        (Ending(Outcome.CONFIRMED, answered=True, collateral=["vehicle.vin"]), {"collateral"}),
    ],
)
def test_an_ending_raises_the_causes_that_hold(ending, causes):
    assert causes_of(ending) == causes


def test_a_read_back_is_no_drift():
    assert causes_of(Ending(Outcome.IN_EFFECT, status="COMPLETE", results=TAKEN.results)) == set()


def test_later_statuses_lock_more():
    assert locked_in("IDLE") < locked_in("PROCESS") < locked_in("COMPLETE")
    assert "session.language" not in locked_in("PROCESS")


def test_a_rule_s_number_leads_to_its_cause_and_an_unknown_cause_to_a_person():
    assert review_cause("watch:12") is CAUSES["watch"]
    assert review_cause("of old") is CAUSES[FLAGGED]
    assert set(CAUSES) > PASSING


@pytest.mark.parametrize("outcome", Outcome)
def test_only_these_outcomes_need_a_review(outcome):
    expected = {
        Outcome.UNKNOWN: {"unknown"},
        Outcome.UNRESOLVED: {"unresolved"},
        Outcome.LATE_APPLIED: {"late_applied"},
        Outcome.REFUSED_BY_POLICY: {"refused_by_policy"},
    }
    assert causes_of(Ending(outcome)) == expected.get(outcome, set())


def test_an_edit_that_a_person_closed_needs_no_review():
    assert causes_of(Ending(Outcome.UNRESOLVED, closed=True)) == set()


@pytest.mark.parametrize(
    ("http_status", "drift"),
    [(400, True), (409, True), (422, True), (401, False), (403, False), (404, False), (429, False)],
)
def test_a_refusal_of_the_content_is_drift_and_of_the_sender_is_not(http_status, drift):
    end = Ending(Outcome.REFUSED, answered=True, http_status=http_status)
    assert ("drift_refused" in causes_of(end)) == drift


def test_an_ignored_field_is_drift_only_in_the_answer_itself():
    results = {"session.theme": FieldResult.IGNORED}
    end = Ending(Outcome.PARTIAL, answered=True, http_status=200, results=results)
    assert causes_of(end) == {"drift_refused"}
    assert causes_of(Ending(Outcome.PARTIAL, results=results)) == set()


@pytest.mark.parametrize(
    ("key", "status", "drift"),
    [
        ("session.theme", "IDLE", False),
        ("session.theme", "STARTED", True),
        ("session.language", "STARTED", False),
        ("session.language", "COMPLETE", True),
        ("sms.to", "IDLE", False),
        ("vehicle.vin", "EXPIRED", True),
        ("vehicle.vin", "SOMETHING_NEW", True),
        ("vehicle.vin", "", False),
    ],
)
def test_a_locked_field_that_pave_took_is_drift(key, status, drift):
    end = Ending(
        Outcome.CONFIRMED, answered=True, status=status, results={key: FieldResult.APPLIED}
    )
    assert ("drift_taken" in causes_of(end)) == drift
    ignored = Ending(
        Outcome.PARTIAL, answered=True, status=status, results={key: FieldResult.ALTERED}
    )
    assert "drift_taken" not in causes_of(ignored)


def test_a_status_locks_what_the_rules_lock():
    assert locked_in("IDLE") == frozenset()
    assert "session.redirect_url" not in locked_in("STARTED")
    assert locked_in("INVALID") == locked_in("NO_SUCH_STATUS")


def test_every_cause_has_its_texts():
    for code, look in CAUSES.items():
        assert look.code == code
        assert all((look.label, look.means, look.then, look.icon))
    assert review_cause("watch:7") is CAUSES["watch"]
    assert review_cause("of a table that was").code == "flagged"
