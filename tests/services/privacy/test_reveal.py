"""Showing the personal values of one entry: for whom may, with a reason, once, and on record."""

import json

import pytest
from bs4 import BeautifulSoup
from django.db import DatabaseError

from sessions_ui.models import AuditEntry, AuditValue, Kind
from tests.audit.authors import KEY, PHONE, edit, ended, intent, refusal, sent

WHY = "The customer asks which number we texted."
NAME = {"sms.to_name": ("Daniel Osei", "Grace Lindqvist")}
PERSONAL = ("647-555-0184", "647-555-0148", "Daniel Osei", "Grace Lindqvist")


def page_of(answer):
    return BeautifulSoup(answer.text, "html.parser")


def shown_in(answer):
    words = page_of(answer).get_text()
    return [text for text in PERSONAL if text in words]


@pytest.fixture
def manager(client, carol):
    client.force_login(carol)
    return client


def reveal(client, entry_id, reason=WHY, **extra):
    return client.post(f"/audit/{entry_id}/reveal/", {"reason": reason}, **extra)


def test_it_shows_the_values_of_one_entry_once_and_records_who_and_why(manager, carol):
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


def test_it_shows_what_pave_held_instead(manager):
    edit_id = intent(PHONE)
    sent(edit_id, PHONE)
    ended(edit_id, "partial", {"sms.to": ("altered", "905-555-0199")})
    assert "905-555-0199" not in manager.get(f"/audit/{edit_id}/").text
    assert "Holds 905-555-0199" in page_of(reveal(manager, edit_id)).get_text(" ")


def test_it_shows_those_of_a_refusal_too_and_keeps_the_note_in_its_story(manager):
    refused = refusal(NAME)
    assert shown_in(reveal(manager, refused)) == ["Daniel Osei", "Grace Lindqvist"]
    assert WHY in page_of(manager.get(f"/audit/{refused}/")).get_text(" ")


@pytest.mark.parametrize("reason", ["", "too short", " " * 40, "a        "])
def test_it_wants_a_reason_of_ten_characters(manager, reason):
    edit_id = edit(PHONE)
    answer = reveal(manager, edit_id, reason)
    assert answer.status_code == 422
    assert shown_in(answer) == []
    assert page_of(answer).select_one("details[open] .error")
    assert not AuditEntry.objects.filter(kind=Kind.NOTE).exists()


def test_the_reason_s_own_text_can_hold_no_value(manager):
    edit_id = edit({**PHONE, **NAME})
    reveal(manager, edit_id, "Daniel Osei says that 647-555-0184 is his")
    note = AuditEntry.objects.get(kind=Kind.NOTE)
    assert not [text for text in ("Daniel", "Osei", "555-0184") if text in note.detail]
    assert "says that" in note.detail


@pytest.mark.parametrize("name", ["alice", "dora", "nora"])
def test_only_a_manager_may(client, request, name):
    client.force_login(request.getfixturevalue(name))
    edit_id = edit(PHONE)
    answer = reveal(client, edit_id)
    assert answer.status_code == 403
    assert shown_in(answer) == []
    assert not AuditEntry.objects.filter(kind=Kind.NOTE).exists()


def test_without_the_right_there_is_no_button(manager, carol):
    edit_id = edit(PHONE)
    assert page_of(manager.get(f"/audit/{edit_id}/")).select_one("details.reveal form")
    group = carol.groups.get()
    group.permissions.remove(group.permissions.get(codename="reveal_personal"))
    assert not page_of(manager.get(f"/audit/{edit_id}/")).select_one("details.reveal")
    assert reveal(manager, edit_id).status_code == 403


def test_it_is_never_in_an_address(manager):
    edit_id = edit(PHONE)
    assert manager.get(f"/audit/{edit_id}/reveal/?reason={WHY}").status_code == 405
    assert reveal(manager, edit_id + 1).status_code == 404  # a step is not an entry of its own


def test_a_post_from_elsewhere_shows_nothing(client, carol):
    client.handler.enforce_csrf_checks = True
    client.force_login(carol)
    answer = reveal(client, edit(PHONE))
    assert answer.status_code == 403
    assert shown_in(answer) == []


def test_what_cannot_be_recorded_is_not_shown(manager, monkeypatch):
    edit_id = edit(PHONE)

    def refuse(**_):
        raise DatabaseError("disk full")

    monkeypatch.setattr("sessions_ui.services.privacy.reveal.record_note", refuse)
    manager.raise_request_exception = False
    answer = reveal(manager, edit_id)
    assert answer.status_code >= 500
    assert shown_in(answer) == []


def test_the_record_stands_before_anything_is_shown(manager, monkeypatch):
    """Even if drawing the page fails, it is on record."""
    edit_id = edit(PHONE)
    manager.raise_request_exception = False
    monkeypatch.setattr("sessions_ui.views.audit.entries.render", None)
    assert reveal(manager, edit_id).status_code == 500
    assert AuditEntry.objects.filter(kind=Kind.NOTE, op=edit_id).exists()


def test_erased_values_say_so_and_cannot_be_asked_for(manager):
    edit_id = edit(PHONE)
    AuditValue.objects.filter(entry_id=edit_id).delete()
    AuditValue.objects.filter(entry_id__gt=edit_id).delete()
    page = page_of(manager.get(f"/audit/{edit_id}/"))
    assert "(erased)" in page.get_text()
    assert not page.select_one("details.reveal")
    answer = reveal(manager, edit_id, follow=True)
    assert "keeps no personal value" in page_of(answer).get_text()
    assert not AuditEntry.objects.filter(kind=Kind.NOTE).exists()


def test_an_entry_without_personal_values_has_nothing_to_show(manager):
    edit_id = edit()
    assert not page_of(manager.get(f"/audit/{edit_id}/")).select_one("details.reveal")
