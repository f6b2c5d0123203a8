"""Test that personal values are revealed only after the access was recorded."""

import json

from django.db import DatabaseError

from sessions_ui.models import AuditEntry, AuditValue, Kind
from tests.audit.authors import KEY, PHONE, edit, ended, intent, refusal, sent
from tests.reveal import PERSONAL, WHY, page_of, reveal, shown_in

NAME = {"sms.to_name": ("Daniel Osei", "Grace Lindqvist")}


def test_values_are_shown_once_and_the_reader_and_reason_are_recorded(manager, carol):
    other = edit({"sms.to": ("416-555-0111", "416-555-0112")})
    edit_id = edit({**PHONE, **NAME})
    assert shown_in(manager.get(f"/audit/{edit_id}/")) == []
    answer = reveal(manager, edit_id)
    assert answer.status_code == 200
    assert shown_in(answer) == [*PERSONAL]
    assert "no-store" in answer["Cache-Control"]
    assert "416-555" not in answer.text
    note = AuditEntry.objects.get(kind=Kind.NOTE)
    assert (note.action, note.op, note.session_key, note.actor_id) == (
        "personal.revealed", edit_id, KEY, carol.id,
    )  # fmt: skip
    assert json.loads(note.detail) == {"fields": ["sms.to", "sms.to_name"], "note": WHY}
    for address in (f"/audit/{edit_id}/", "/audit/", f"/sessions/{KEY}/history/"):
        assert shown_in(manager.get(address)) == [], address
    text = page_of(manager.get(f"/audit/{edit_id}/")).get_text(" ", strip=True)
    assert "revealed personal values" in text
    assert "Phone number, Recipient name" in text
    assert WHY in text
    assert WHY not in page_of(manager.get(f"/audit/{other}/")).get_text(" ")


def test_the_value_that_pave_holds_instead_is_shown(manager):
    edit_id = intent(PHONE)
    sent(edit_id, PHONE)
    ended(edit_id, "partial", {"sms.to": ("altered", "905-555-0199")})
    assert "905-555-0199" not in manager.get(f"/audit/{edit_id}/").text
    assert "Holds 905-555-0199" in page_of(reveal(manager, edit_id)).get_text(" ")


def test_values_of_a_refusal_are_shown_and_noted_on_its_page(manager):
    refused = refusal(NAME)
    assert shown_in(reveal(manager, refused)) == ["Daniel Osei", "Grace Lindqvist"]
    assert WHY in page_of(manager.get(f"/audit/{refused}/")).get_text(" ")


def test_the_reason_is_stored_without_personal_values(manager):
    edit_id = edit({**PHONE, **NAME})
    reveal(manager, edit_id, "Daniel Osei says that 647-555-0184 is his")
    note = AuditEntry.objects.get(kind=Kind.NOTE)
    assert not [text for text in ("Daniel", "Osei", "555-0184") if text in note.detail]
    assert "says that" in note.detail


def test_what_cannot_be_recorded_is_not_shown(manager, monkeypatch):
    edit_id = edit(PHONE)

    def refuse(**_):
        raise DatabaseError("disk full")

    monkeypatch.setattr("sessions_ui.services.privacy.reveal.record_note", refuse)
    manager.raise_request_exception = False
    answer = reveal(manager, edit_id)
    assert answer.status_code >= 500
    assert shown_in(answer) == []


def test_the_access_is_recorded_before_the_page_is_rendered(manager, monkeypatch):
    """Even if drawing the page fails, it is on record."""
    edit_id = edit(PHONE)
    manager.raise_request_exception = False
    monkeypatch.setattr("sessions_ui.views.audit.entries.render", None)
    assert reveal(manager, edit_id).status_code == 500
    assert AuditEntry.objects.filter(kind=Kind.NOTE, op=edit_id).exists()


def test_erased_values_are_marked_and_cannot_be_revealed(manager):
    edit_id = edit(PHONE)
    AuditValue.objects.filter(entry_id=edit_id).delete()
    AuditValue.objects.filter(entry_id__gt=edit_id).delete()
    page = page_of(manager.get(f"/audit/{edit_id}/"))
    assert "(erased)" in page.get_text()
    assert not page.select_one("details.reveal")
    answer = reveal(manager, edit_id, follow=True)
    assert "keeps no personal value" in page_of(answer).get_text()
    assert not AuditEntry.objects.filter(kind=Kind.NOTE).exists()
