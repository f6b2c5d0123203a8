"""Test facts about a session, and what they show of a value at a moment."""

from datetime import timedelta

import pytest

from sessions_ui.audit.history.facts import Certainty, Source, collect_facts, open_edits, value_at
from sessions_ui.models import AuditEntry
from tests.audit.authors import ended, intent, refusal, sent

from .builders import NOON, THEME, fact, hour


@pytest.mark.parametrize(
    ("facts", "texts", "certainty", "rests_on"),
    [
        ([], (), "unknown", ()),
        ([fact(-1, "PRO")], ("PRO",), "assumed", (-1,)),
        ([fact(0, "PRO")], ("PRO",), "recorded", (0,)),
        ([fact(0, "PRO", source=Source.SEEN, edit_id=None)], ("PRO",), "observed", (0,)),
        ([fact(1, "PRO")], ("PRO",), "assumed", (1,)),
        ([fact(-1, "PRO"), fact(1, "pro")], ("PRO",), "recorded", (-1, 1)),
        ([fact(-1, "PRO"), fact(1, "LITE")], ("PRO", "LITE"), "unknown", (-1, 1)),
        (
            [fact(-2, "CAPT"), fact(-1, "PRO"), fact(1, "LITE")],
            ("PRO", "LITE"),
            "unknown",
            (-1, 1),
        ),
        ([fact(-1, "PRO"), fact(1, "LITE", stamp=hour(-0.5))], ("LITE",), "recorded", (1,)),
        ([fact(1, "LITE", stamp=hour(-0.5))], ("LITE",), "recorded", (1,)),
        ([fact(1, "LITE", stamp=hour(-0.0003))], ("LITE",), "assumed", (1,)),
        ([fact(1, "LITE", stamp=hour(0.5))], ("LITE",), "assumed", (1,)),
        # A stamp from before an observation of another value proves nothing.
        (
            [fact(-1, "PRO"), fact(1, "LITE", stamp=hour(-2))],
            ("PRO", "LITE"),
            "unknown",
            (-1, 1),
        ),
        (
            [fact(-1, "PRO", source=Source.SENT), fact(1, "LITE")],
            ("PRO", "LITE"),
            "unknown",
            (-1, 1),
        ),
        (
            [fact(-1, "PRO", source=Source.SENT), fact(1, "LITE", edit_id=2)],
            ("PRO", "LITE"),
            "unknown",
            (-1, 1),
        ),
        ([fact(-1, None), fact(1, None)], (None,), "recorded", (-1, 1)),
        ([fact(-1, None), fact(1, "PRO")], (None, "PRO"), "unknown", (-1, 1)),
    ],
)
def test_a_value_is_known_as_far_as_the_facts_around_the_moment_agree(
    facts, texts, certainty, rests_on
):
    known = value_at(facts, THEME, NOON)
    assert (known.texts, known.certainty) == (texts, Certainty(certainty))
    assert [one.at for one in (known.before, known.after) if one] == list(map(hour, rests_on))
    assert known.settled is (certainty in ("recorded", "observed"))


@pytest.mark.parametrize(
    ("source", "edit_id", "in_flight"),
    [(Source.SENT, 1, True), (Source.SENT, 2, False), (Source.TOOK, 1, False)],
)
def test_an_edit_is_in_flight_between_its_sending_and_its_own_result(source, edit_id, in_flight):
    facts = [fact(-1, "PRO", source=source), fact(1, "LITE", edit_id=edit_id)]
    assert value_at(facts, THEME, NOON).in_flight is in_flight


@pytest.mark.django_db
def test_an_edit_is_open_from_its_intent_until_it_is_settled():
    edit_id = intent()
    sent(edit_id)
    ended(edit_id, "unknown")
    first, *_, unknown = entries = list(AuditEntry.objects.order_by("id"))
    later = unknown.ts + timedelta(seconds=1)
    assert open_edits(entries, first.ts - timedelta(seconds=1)) == []
    assert open_edits(entries, later) == [edit_id]
    settled = AuditEntry(ts=later, kind=4, op=edit_id, outcome="in_effect")
    assert open_edits([*entries, settled], later) == []


@pytest.mark.django_db
def test_a_value_that_only_a_page_showed_is_no_fact():
    edit_id = intent()
    ended(edit_id, "withdrawn", error_code="conflict")
    refusal(fields=[THEME])
    assert collect_facts(AuditEntry.objects.order_by("id"), {}, [], None) == []
    refusal(locks={THEME: "STARTED"})
    facts = collect_facts(AuditEntry.objects.order_by("id"), {}, [], None)
    assert [one.text for one in facts if one.key == THEME] == ["LITE"]
