"""Test the page that counts and erases the values of a data subject."""

import json

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, User
from django.utils import timezone

from sessions_ui.models import AuditEntry, AuditValue, Draft, Erasure, Kind
from sessions_ui.services.edits.drafts import save_draft
from sessions_ui.services.edits.form_data import FormData
from tests.audit.authors import KEY, edit, refusal
from tests.pages import words

pytestmark = pytest.mark.django_db

PHONE, TYPED = "647-555-0126", "+1 (647) 555-0126"
BASIS = "Letter of 3 November, article 17."


def page_of(answer):
    return BeautifulSoup(answer.text, "html.parser")


def count(client, value=TYPED):
    return client.post("/audit/erase/", {"step": "find", "value": value})


def confirm(client, counted, **changed):
    sealed = page_of(counted).select_one("[name=sealed]")["value"]
    given = {"step": "erase", "sealed": sealed, "basis": BASIS, "word": "ERASE", **changed}
    return client.post("/audit/erase/", given)


def test_values_are_counted_without_showing_them_and_then_erased(manager):
    one = edit({"sms.to": (PHONE, "905-555-0111")})
    edit({"sms.to": ("", "905-555-0111")}, key="NGF-8C0RQ5VJ2T")
    save_draft(actor_id=1, session_key=KEY, form_data=FormData(typed={"sms.to": PHONE}))
    counted = count(manager)
    text = words(counted)
    assert "This phone number stands in 1 edit or refusal" in text
    assert KEY in text
    assert "NGF-8C0RQ5VJ2T" not in text
    assert AuditValue.objects.filter(value=PHONE).exists()
    assert "no-store" in counted["Cache-Control"]
    assert not [sign for sign in ("5550126", "555-0126", TYPED) if sign in counted.text]
    done = confirm(manager, counted)
    assert "2 values of 1 edit or refusal, 1 draft" in words(done)
    assert not AuditValue.objects.filter(value=PHONE).exists()
    assert AuditValue.objects.filter(value="905-555-0111").exists()
    assert not Draft.objects.exists()
    text = words(manager.get(f"/audit/{one}/"))
    assert "(erased)" in text
    assert "erased personal values" in text
    assert BASIS in text
    assert BASIS in words(manager.get("/audit/erase/"))
    assert "erased personal values" in words(manager.get("/audit/?kind=access"))


def test_nothing_is_erased_without_the_word_and_a_reason(manager):
    edit({"sms.to": ("", PHONE)})
    counted = count(manager)
    for changed in ({"word": "erase"}, {"word": ""}, {"basis": ""}, {"basis": "short"}):
        answer = confirm(manager, counted, **changed)
        assert answer.status_code == 422
        assert page_of(answer).select_one(".error")
        assert page_of(answer).title.get_text().startswith("Error:")
    assert AuditValue.objects.filter(value=PHONE).exists()
    assert not Erasure.objects.exists()


@pytest.mark.parametrize("sealed", ["", "x", "gAAAAABforged"])
def test_an_invalid_token_erases_nothing(manager, sealed):
    edit({"sms.to": ("", PHONE)})
    answer = confirm(manager, count(manager), sealed=sealed)
    assert (answer.status_code, answer["Location"]) == (302, "/audit/erase/")
    assert AuditValue.objects.filter(value=PHONE).exists()


def test_another_person_s_token_or_an_expired_one_erases_nothing(manager, client, monkeypatch):
    edit({"sms.to": ("", PHONE)})
    counted = count(manager)
    now = timezone.now()
    with monkeypatch.context() as later:
        later.setattr(
            "sessions_ui.services.privacy.erase.timezone.now", lambda: now.replace(year=2040)
        )
        assert confirm(manager, counted).status_code == 302
    other = User.objects.create_user("erin")
    other.groups.add(Group.objects.get(name="Managers"))
    client.force_login(other)
    assert confirm(client, counted).status_code == 302
    assert AuditValue.objects.filter(value=PHONE).exists()


@pytest.mark.parametrize("value", ["", "ab", "0126", "+1 647", "-"])
def test_a_text_that_is_no_number_and_no_name_is_refused(manager, value):
    answer = count(manager, value)
    assert answer.status_code == 422
    assert page_of(answer).select_one(".error")
    assert not AuditEntry.objects.filter(kind=Kind.ACCESS).exists()


def test_a_value_that_is_not_stored_cannot_be_erased(manager):
    edit()
    answer = count(manager, "Grace Lindqvist")
    assert "This name stands nowhere" in words(answer)
    assert not page_of(answer).select_one("[name=sealed]")


@pytest.mark.parametrize("name", ["alice", "dora", "nora"])
def test_only_a_manager_may(client, request, name):
    client.force_login(request.getfixturevalue(name))
    edit({"sms.to": ("", PHONE)})
    assert client.get("/audit/erase/").status_code == 403
    assert count(client).status_code == 403
    assert client.post("/audit/erase/", {"step": "erase"}).status_code == 403


def test_the_value_is_never_read_from_an_address(manager):
    edit({"sms.to": ("", PHONE)})
    assert "stands in" not in words(manager.get("/audit/erase/", {"step": "find", "value": PHONE}))


def test_many_edits_are_erased_in_several_requests_with_progress(manager, monkeypatch):
    monkeypatch.setattr("sessions_ui.views.privacy.MOST_AT_ONCE", 2)
    for _ in range(3):
        refusal({"sms.to": ("", PHONE)})
    answer = confirm(manager, count(manager))
    bar = page_of(answer).select_one("progress")
    assert (bar["value"], bar["max"]) == ("2", "3")
    form = page_of(answer).select_one("main .stack form")
    given = {one["name"]: one.get("value", "") for one in form.select("input")}
    assert not [sign for sign in ("5550126", "555-0126") if sign in answer.text]
    answer = manager.post("/audit/erase/", given)
    assert not page_of(answer).select_one("progress")
    assert not AuditValue.objects.filter(value=PHONE).exists()
    assert Erasure.objects.get().edits == 3


def test_a_list_that_cannot_be_written_prevents_the_erasure(manager, settings, tmp_path):
    settings.AUDIT_ERASURE_COPY = str(tmp_path)
    edit({"sms.to": ("", PHONE)})
    answer = confirm(manager, count(manager))
    assert answer.status_code == 302
    assert "nothing was erased" in manager.get("/audit/erase/").text
    assert AuditValue.objects.filter(value=PHONE).exists()


def test_the_note_of_an_erasure_has_the_fields_and_the_reason(manager):
    one = edit({"sms.to": ("", PHONE)})
    confirm(manager, count(manager))
    note = AuditEntry.objects.get(op=one, kind=Kind.NOTE)
    assert json.loads(note.detail) == {"fields": ["sms.to"], "note": BASIS}
