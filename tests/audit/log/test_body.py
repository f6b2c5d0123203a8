"""Test that an entry's body and detail hold nothing personal."""

import json

import pytest

from sessions_ui.audit.log.body import (
    MAX_NAME_LENGTH,
    MAX_NAMES,
    payload_hash,
    reason_columns,
    scrub_detail,
    stored_personal_values,
)
from sessions_ui.audit.log.canonical import commitment
from sessions_ui.domain.rules.edit_reasons import ReasonGiven
from sessions_ui.models import AuditEntry, AuditValue
from tests.audit.authors import PHONE, THEME, edit, ended, intent, refusal, resolved, sent

pytestmark = pytest.mark.django_db


def test_the_entry_holds_commitments_in_place_of_personal_values():
    edit_id = edit({**PHONE, "sms.to_name": ("", "Daniel Osei")})
    texts = [f"{entry.body}{entry.detail}{entry.reason_note}" for entry in AuditEntry.objects.all()]
    assert not any("555-01" in text or "Daniel" in text for text in texts)
    body = json.loads(AuditEntry.objects.get(id=edit_id).body)
    for value in AuditValue.objects.filter(entry_id=edit_id):
        held = body[value.field][value.side]["sha256"]
        assert held == commitment(bytes(value.salt), value.value)
    assert AuditValue.objects.count() == 2 * (2 + 2) + 2  # intent and sent: two sides; outcome: one


def test_equal_personal_values_give_different_commitments():
    body = json.loads(AuditEntry.objects.get(id=intent({"sms.to": ("1", "1")})).body)
    assert body["sms.to"][0] != body["sms.to"][1]


def test_a_field_that_the_catalogue_does_not_list_counts_as_personal():
    entry = AuditEntry.objects.get(id=refusal({"vehicle.plate" + "x" * 90: ("", "CANARY")}))
    assert "CANARY" not in entry.body
    assert AuditValue.objects.get(value="CANARY").field.startswith("vehicle.plate")


def test_no_phone_number_gets_into_the_note_or_into_pave_s_message():
    edit_id = intent(PHONE, note="Call back under +1 (647) 555-0148 please")
    sent(edit_id, PHONE)
    end = ended(edit_id, "refused", detail={"pave_message": "Number 6475550148 is not valid"})
    assert AuditEntry.objects.get(id=edit_id).reason_note == "Call back under •••-•••-0148 please"
    detail = json.loads(AuditEntry.objects.get(id=end).detail)
    assert detail == {"pave_message": "Number •••-•••-0148 is not valid"}


def test_a_name_is_scrubbed_from_pave_s_message():
    edit_id = intent({"sms.to_name": ("", "Daniel Osei")})
    end = ended(edit_id, "refused", detail={"pave_message": "daniel osei cannot be texted"})
    assert "osei" not in AuditEntry.objects.get(id=end).detail.lower()


NAMED = "For daniel, says Mr OSEI (Daniel Osei)"
NAMES = {"Daniel Osei"}
HIDDEN = "For •••••, says Mr ••••• (•••••)"


def test_personal_texts_of_the_session_get_into_no_free_text():
    """The caller passes them: what PAVE held unchanged is in no entry."""
    edit_id = intent(note=NAMED, ticket="Daniel-1", personal_texts=NAMES)
    sent(edit_id)
    end = ended(edit_id, "refused", detail={"pave_message": NAMED}, personal_texts=NAMES)
    closed = resolved(edit_id, "unresolved", detail={"note": NAMED}, personal_texts=NAMES)
    refused = refusal(personal_texts=NAMES, reason=ReasonGiven("other", NAMED), pave_message=NAMED)
    first = AuditEntry.objects.get(id=edit_id)
    assert (first.reason_note, first.ticket) == (HIDDEN, "•••••-1")
    assert AuditEntry.objects.get(id=refused).reason_note == HIDDEN
    for entry_id, name in ((end, "pave_message"), (closed, "note"), (refused, "pave_message")):
        assert json.loads(AuditEntry.objects.get(id=entry_id).detail) == {name: HIDDEN}


def test_a_name_that_recent_entries_of_the_session_hold_gets_into_no_free_text():
    edit({"sms.to_name": ("Daniel Osei", "Grace Lindqvist")})
    edit_id = intent(note=NAMED)
    end = ended(edit_id, "refused", detail={"pave_message": "No GRACE here"})
    other = intent(note=NAMED, key="NGF-8C0RQ5VJ2T")
    assert AuditEntry.objects.get(id=edit_id).reason_note == HIDDEN
    assert json.loads(AuditEntry.objects.get(id=end).detail) == {"pave_message": "No ••••• here"}
    assert AuditEntry.objects.get(id=other).reason_note == NAMED


def test_an_unlisted_field_hides_nothing_in_later_notes():
    refusal({"vehicle.plate": ("", "please")})
    assert AuditEntry.objects.get(id=intent(note="Call back please")).reason_note == (
        "Call back please"
    )


def test_personal_values_are_looked_up_by_session_and_by_edit(monkeypatch):
    edit_id = edit(PHONE, key="LKS-1")
    edit({"sms.to_name": ("", "Daniel Osei")}, key="LKS-2")
    assert stored_personal_values("LKS-1") == set(PHONE["sms.to"])
    assert stored_personal_values("LKS-2") == {"", "Daniel Osei"}
    assert stored_personal_values("LKS-3") == set()
    monkeypatch.setattr("sessions_ui.audit.log.body.RECENT_ENTRIES", 1)
    edit(THEME, key="LKS-1")
    assert stored_personal_values("LKS-1") == set()
    assert stored_personal_values("LKS-1", edit_id) == set(PHONE["sms.to"])


def test_unknown_names_are_cut_short_and_other_keys_stay():
    names = [f"{n}" * 100 for n in range(MAX_NAMES + 1)]
    detail = scrub_detail({"unknown_names": names, "count": 3, "note": None}, ())
    assert detail["count"] == 3
    assert detail["note"] == ""
    assert len(detail["unknown_names"]) == MAX_NAMES
    assert max(map(len, detail["unknown_names"])) == MAX_NAME_LENGTH


def test_a_refusal_without_a_reason_has_no_columns_of_one():
    assert reason_columns(None, {"x"}) == {}


@pytest.mark.parametrize("changes", [PHONE, {**THEME, **PHONE}, {"vehicle.plate": ("", "X")}])
def test_the_hash_of_a_payload_with_personal_values_is_keyed(changes, settings):
    """Without the key, trying all phone numbers would find an erased one again."""
    assert payload_hash(THEME, "abc") == {"payload_sha256": "abc"}
    (keyed,) = payload_hash(changes, "abc").items()
    assert keyed[0] == "payload_keyed"
    settings.AUDIT_TOKEN_KEY = "another"
    assert payload_hash(changes, "abc") != dict([keyed])
