"""Test that searches and looks at other people's work are recorded, without personal text."""

import json
from datetime import timedelta

import pytest

from sessions_ui.domain.actor import Actor
from sessions_ui.models import AuditEntry, Kind
from tests.audit.authors import BOB, KEY, PHONE, edit, ended, intent, note, refusal, sent
from tests.audit.list_page import newer_label
from tests.pages import words

pytestmark = pytest.mark.django_db
SOMEBODY = Actor(id=990, label="Somebody Else", role="Agent")
HISTORY = f"/sessions/{KEY}/history/"


def accesses(action):
    return AuditEntry.objects.filter(kind=Kind.ACCESS, action=action)


SEARCH = {"value": "647-555-0148", "kind": "edit"}
FURTHER = [
    ("/audit/", {"before": 2**63 - 1}),
    ("/audit/", {"after": 0}),
    ("/audit/newer/", {"than": 0}),
]


def test_the_list_has_the_id_of_its_newest_entry(manager):
    assert manager.get("/audit/").context["newest"] == 0
    first = edit()
    last = refusal()
    assert manager.get("/audit/").context["newest"] == last
    page = manager.get("/audit/", {"before": last})
    assert [row.entry.id for row in page.context["page"].rows] == [first]
    assert page.context["newest"] == last


def test_new_entries_are_counted_by_the_same_filters(manager):
    edit(PHONE)
    than = manager.get("/audit/").context["newest"]
    assert newer_label(manager, than=than) == ""
    edit()
    assert newer_label(manager, than=than) == "1 new entry"
    edit(PHONE, actor=BOB)
    refusal(actor=BOB)
    assert newer_label(manager, than=than) == "3 new entries"
    assert newer_label(manager, than=than, actor="2") == "2 new entries"
    assert newer_label(manager, than=than, field="sms.to", outcome="confirmed") == "1 new entry"
    assert newer_label(manager, than=than, session="OTHER-1") == ""
    assert newer_label(manager, than=than, to="2020-01-01") == ""


def test_steps_and_notes_of_an_older_edit_are_not_new_entries(manager):
    edit_id = intent()
    than = manager.get("/audit/").context["newest"]
    sent(edit_id)
    ended(edit_id)
    note(edit_id, text="looks fine to me")
    assert newer_label(manager, than=than) == ""


def test_counting_new_entries_stops(manager, monkeypatch):
    monkeypatch.setattr("sessions_ui.services.audit.search.MAX_NEWER", 3)
    for _ in range(5):
        intent()
    assert newer_label(manager, than=0) == "2+ new entries"


@pytest.mark.parametrize(
    ("name", "typed", "recorded"),
    [
        ("value", "647-555-0148", "(not kept)"),
        ("value", "Osei*", "(not kept)"),
        ("q", "Daniel Osei", "(not kept)"),
        ("q", "Lindqvist", "(not kept)"),
        ("q", "T-4821", "T-4821"),
        ("q", "INC0012345", "INC0012345"),
        ("q", "call back", "call back"),
        ("q", "#12", "#12"),
        ("q", "call Osei back", "(not kept)"),
        ("q", "647 555 0148", "(not kept)"),
        ("q", "6475550148", "•••-•••-0148"),
    ],
)
def test_search_text_is_recorded_only_if_the_record_contains_it_anyway(
    manager, name, typed, recorded
):
    edit(PHONE, ticket="T-4821", note="Please call her back about INC0012345")
    assert manager.get("/audit/", {name: typed}).status_code == 200
    (entry,) = accesses("audit.search")
    assert json.loads(entry.detail)["filter"][name] == recorded


@pytest.mark.parametrize(("address", "more"), FURTHER)
def test_more_of_a_recorded_search_is_not_recorded_again(manager, address, more):
    edit(PHONE)
    manager.get("/audit/", SEARCH)
    assert manager.get(address, {**SEARCH, **more}).status_code == 200
    assert accesses("audit.search").count() == 1
    manager.get(address, {**SEARCH, "value": "416-555-0100", **more})
    assert accesses("audit.search").count() == 2


@pytest.mark.parametrize(("address", "more"), FURTHER)
def test_every_way_to_search_is_recorded(manager, address, more, monkeypatch):
    edit(PHONE)
    params = {**SEARCH, **more}
    manager.get(address, params)
    detail = json.loads(accesses("audit.search").get().detail)
    assert detail["filter"]["value"] == "(not kept)"
    assert detail["count"] == "1"
    manager.get(address, params)
    assert accesses("audit.search").count() == 1
    monkeypatch.setattr("sessions_ui.services.audit.search.RECORD_AGAIN_AFTER", timedelta(0))
    manager.get(address, params)
    assert accesses("audit.search").count() == 2


def test_the_same_search_of_another_person_is_recorded(client, carol, django_user_model):
    erin = django_user_model.objects.create_user("erin", password="correct horse battery")
    erin.groups.set(carol.groups.all())
    for person in (carol, erin):
        client.force_login(person)
        client.get("/audit/", {**SEARCH, "before": 99})
    assert set(accesses("audit.search").values_list("actor_id", flat=True)) == {carol.pk, erin.pk}


def test_paging_through_the_whole_list_is_no_search(manager):
    manager.get("/audit/", {"before": 99})
    manager.get("/audit/newer/", {"than": 0})
    assert not accesses("audit.search").exists()


def test_looking_at_another_person_s_edits_is_recorded_once_an_hour(client, alice, bob):
    edit(actor=Actor(id=alice.pk, label="Alice", role="Agent"))
    client.force_login(alice)
    client.get(HISTORY)
    assert not accesses("history.seen").exists()
    edit(actor=Actor(id=bob.pk, label="Bob", role="Agent"))
    client.get(HISTORY)
    client.get(HISTORY)
    entry = accesses("history.seen").get()
    assert (entry.session_key, entry.actor_id) == (KEY, alice.pk)
    client.force_login(bob)
    client.get(HISTORY)
    assert accesses("history.seen").count() == 2


def test_after_an_hour_it_is_recorded_again(manager, monkeypatch):
    edit(actor=SOMEBODY)
    manager.get(HISTORY)
    monkeypatch.setattr("sessions_ui.services.audit.search.RECORD_AGAIN_AFTER", timedelta(0))
    manager.get(HISTORY)
    assert accesses("history.seen").count() == 2


def test_looking_at_an_empty_history_is_not_recorded(manager):
    manager.get(HISTORY)
    assert not accesses("history.seen").exists()


def test_revealed_values_are_listed_among_the_accesses(manager, carol):
    edit_id = edit(PHONE, actor=SOMEBODY)
    manager.post(f"/audit/{edit_id}/reveal/", {"reason": "The customer asks for it."})
    manager.get(HISTORY)
    answer = manager.get("/audit/?kind=access")
    assert "revealed personal values" in answer.text
    assert f"Phone number, entry #{edit_id:,}" in answer.text
    assert "opened the history" in answer.text
    assert accesses("personal.revealed").get().actor_id == carol.pk


def test_a_search_is_recorded_once_and_the_whole_list_is_not(manager, carol):
    edit()
    manager.get("/audit/")
    manager.get("/audit/?outcome=bad")
    assert not AuditEntry.objects.filter(kind=Kind.ACCESS).exists()
    manager.get("/audit/?outcome=confirmed")
    manager.get("/audit/?outcome=confirmed&before=99")
    entry = AuditEntry.objects.get(kind=Kind.ACCESS)
    assert (entry.action, entry.actor_id) == ("audit.search", carol.id)
    detail = json.loads(entry.detail)
    assert (detail["filter"]["outcome"], detail["count"]) == ("confirmed", "1")
    assert "searched the audit" in words(manager.get("/audit/?kind=access"))
