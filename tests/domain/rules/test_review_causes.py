"""Review causes: each is raised by what it names and by nothing else."""

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
