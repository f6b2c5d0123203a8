"""Test how the page of one edit presents its steps."""

import json

import pytest

from sessions_ui.audit.entries.detail import build_step, find_edit_of_step, load_entry_detail
from sessions_ui.domain.rules.outcomes import CLOSED, Outcome
from sessions_ui.models import AuditEntry, Kind
from tests.audit.authors import PHONE, edit, ended, intent, note, refusal, resolved, sent

pytestmark = pytest.mark.django_db


def step(entry_id):
    return build_step(AuditEntry.objects.get(id=entry_id))


def test_an_edit_has_its_steps_in_order_and_the_outcome_as_of_each():
    edit_id = intent()
    sent(edit_id)
    ended(edit_id, "unknown")
    note(edit_id, text="Waiting")
    resolved(edit_id, "in_effect")
    detail = load_entry_detail(edit_id)
    assert [(Kind(one.entry.kind), one.outcome) for one in detail.steps] == [
        (Kind.INTENT, Outcome.PENDING),
        (Kind.SENT, Outcome.PENDING),
        (Kind.OUTCOME, Outcome.UNKNOWN),
        (Kind.NOTE, None),
        (Kind.RESOLUTION, Outcome.IN_EFFECT),
    ]
    assert detail.row.outcome is Outcome.IN_EFFECT
    assert detail.ending == detail.steps[-1]


def test_the_latest_step_with_an_outcome_is_the_ending_although_notes_follow():
    edit_id = edit()
    note(edit_id, text="Done")
    detail = load_entry_detail(edit_id)
    assert detail.ending.entry.kind == Kind.OUTCOME
    assert load_entry_detail(note()).ending is None


def test_only_the_first_entry_has_a_page():
    edit_id = intent()
    step_id = sent(edit_id)
    assert load_entry_detail(step_id) is None
    assert load_entry_detail(step_id + 99) is None
    assert find_edit_of_step(step_id) == edit_id
    assert find_edit_of_step(edit_id) is find_edit_of_step(step_id + 99) is None


def test_what_was_sent_is_shown_as_json_and_masked():
    detail = load_entry_detail(edit(PHONE))
    assert json.loads(detail.sent) == {"sms": {"to": "•••-•••-0148"}}
    assert "647-555-0148" in load_entry_detail(detail.row.entry.id, plain=True).row.changes[0].now
    assert load_entry_detail(intent()).sent == ""


def test_the_intent_names_the_person_and_the_note():
    assert step(intent(note="Customer called")).text == "Alice Moreau, Agent. “Customer called”"
    assert step(intent()).text == "Alice Moreau, Agent."


def test_what_was_sent_is_named_by_its_hash():
    edit_id = intent()
    text = step(sent(edit_id, sha256="9295571fb43a861b" * 4)).text
    assert text == "PUT, SHA-256 9295571fb43a861b… PAVE’s status was IDLE."
    text = step(sent(edit_id, PHONE, status="")).text
    assert text.startswith("PUT, keyed hash ")
    assert text.endswith(".")


def test_an_answer_has_its_status_its_time_and_its_results():
    results = {"session.theme": ("applied", "PRO"), "vehicle.make": ("ignored", "Ford")}
    facts = {"http_status": 200, "duration_ms": 1412, "detail": {"gap_ms": 1431}}
    entry = step(ended(intent(), "partial", results, **facts))
    assert entry.text == (
        "PAVE answered 200 after 1,412 ms. 1 applied, 1 ignored by PAVE. "
        "Our last read began 1,431 ms before this answer; "
        "a change by somebody else in between would not have been seen."
    )
    assert step(ended(intent(), "unknown", duration_ms=8000)).text == "No answer after 8,000 ms."


def test_a_refusal_by_pave_is_in_its_own_words():
    entry = step(ended(intent(), "refused", detail={"pave_message": "VIN is locked"}))
    assert "PAVE said: “VIN is locked”" in entry.text


def test_a_person_s_close_has_the_person_and_the_note():
    entry = step(
        resolved(intent(), "unresolved", error_code=CLOSED, detail={"note": "Nobody knows"})
    )
    assert entry.heading == f"Closed: {Outcome.UNRESOLVED.label}"
    assert entry.text == "PAVE Admin, System. “Nobody knows”"


def test_a_refusal_of_ours_says_what_was_locked_and_unknown():
    text = step(refusal(locks={"session.theme": "STARTED"}, unknown_names=["x"])).text
    assert text.startswith("Alice Moreau, Agent. Theme: ")
    assert text.endswith("Names that PAVE does not have: x.")


def test_what_changed_unasked_is_named():
    text = step(ended(intent(), detail={"collateral": ["vehicle.make"]})).text
    assert "Changed at PAVE unasked: vehicle.make." in text
