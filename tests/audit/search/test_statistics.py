"""Test the counts behind the charts."""

from dataclasses import replace

import pytest

from sessions_ui.audit.search import statistics
from sessions_ui.audit.search.statistics import (
    PersonCount,
    busiest_people,
    edits_per_interval,
    outcome_counts,
    outcome_times,
    refusal_counts,
)
from sessions_ui.domain.rules.outcomes import Outcome
from tests.audit.authors import ALICE, BOB, THEME, edit, ended, intent, note, refusal, resolved
from tests.audit.charts import ended_after

pytestmark = pytest.mark.django_db
ALL = (0, 2**40)


def test_only_edits_and_refusals_count_in_an_interval():
    first, second, third = edit(), refusal(), edit()
    note(first)
    assert edits_per_interval([first, second, third, third + 9]) == [1, 1, 1]
    assert edits_per_interval([first]) == []


def test_each_edit_counts_for_its_latest_outcome():
    edit()
    edit_id = intent()
    ended(edit_id, "unknown")
    resolved(edit_id, "in_effect")
    counts = outcome_counts(*ALL)
    assert set(counts) == set(Outcome)
    assert {outcome: count for outcome, count in counts.items() if count} == {
        Outcome.CONFIRMED: 1, Outcome.IN_EFFECT: 1,
    }  # fmt: skip
    assert not any(outcome_counts(0, 1).values())


def test_people_are_sorted_by_count_and_have_their_latest_name():
    edit(actor=BOB)
    edit(actor=ALICE)
    edit(actor=replace(ALICE, label="Alice M. Moreau"))
    assert busiest_people(*ALL) == [
        PersonCount(ALICE.id, "Alice M. Moreau", 2), PersonCount(BOB.id, BOB.label, 1),
    ]  # fmt: skip


def test_a_code_counts_once_a_refusal(monkeypatch):
    refusal(locks={"session.theme": "STARTED", "vehicle.vin": "STARTED"})
    late = intent()
    ended(late, "refused_by_policy", error_code="locked", detail={"locks": {"sms.to": "EXPIRED"}})
    edit(THEME, "refused")
    refusals = refusal_counts(*ALL)
    assert refusals.by_code == {"STARTED": 1, "EXPIRED": 1}
    assert not refusals.sampled
    monkeypatch.setattr(statistics, "SAMPLE_SIZE", 1)
    refusals = refusal_counts(*ALL)
    assert refusals.by_code == {"EXPIRED": 1}
    assert refusals.sampled


def test_the_time_ends_with_the_first_definite_outcome(monkeypatch):
    intent()
    ended_after(4)
    edit_id = ended_after(2, "unknown")
    resolved(edit_id, "in_effect")
    times = outcome_times(*ALL)
    assert len(times.seconds) == 2
    assert list(times.seconds) == sorted(times.seconds)
    assert times.seconds[-1] == 4
    assert (times.open, times.sampled) == (1, False)
    monkeypatch.setattr(statistics, "SAMPLE_SIZE", 2)
    assert outcome_times(*ALL).sampled
