"""Who read what is on record: reveals, exports, searches, and the histories of other people's work.
What they typed to find it is not, where it could be personal."""

import json
from datetime import timedelta

import pytest

from sessions_ui.domain.actor import Actor
from sessions_ui.models import AuditEntry, Kind
from tests.audit.authors import KEY, PHONE, edit

pytestmark = pytest.mark.django_db
SOMEBODY = Actor(id=990, label="Somebody Else", role="Agent")
HISTORY = f"/sessions/{KEY}/history/"


def accesses(action):
    return AuditEntry.objects.filter(kind=Kind.ACCESS, action=action)


@pytest.fixture
def manager(client, carol):
    client.force_login(carol)
    return client


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
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
def test_what_was_typed_is_kept_only_where_it_stands_in_the_record_anyhow(
    manager, name, typed, kept
):
    edit(PHONE, ticket="T-4821", note="Please call her back about INC0012345")
    assert manager.get("/audit/", {name: typed}).status_code == 200
    (entry,) = accesses("audit.search")
    told = json.loads(entry.detail)["filter"][name]
    assert told == kept


ASKED = {"value": "647-555-0148", "kind": "edit"}
PROBES = [
    ("/audit/", {"before": 2**63 - 1}),
    ("/audit/", {"after": 0}),
    ("/audit/newer/", {"than": 0}),
]


@pytest.mark.parametrize(("address", "more"), PROBES)
def test_what_goes_on_with_a_search_is_recorded_only_without_it(manager, address, more):
    edit(PHONE)
    manager.get("/audit/", ASKED)
    assert manager.get(address, {**ASKED, **more}).status_code == 200
    assert accesses("audit.search").count() == 1
    manager.get(address, {**ASKED, "value": "416-555-0100", **more})
    assert accesses("audit.search").count() == 2


@pytest.mark.parametrize(("address", "more"), PROBES)
def test_no_way_to_search_is_without_a_record(manager, address, more, monkeypatch):
    edit(PHONE)
    asked = {**ASKED, **more}
    manager.get(address, asked)
    told = json.loads(accesses("audit.search").get().detail)
    assert told["filter"]["value"] == "(not kept)"
    assert told["count"] == "1"
    manager.get(address, asked)
    assert accesses("audit.search").count() == 1
    monkeypatch.setattr("sessions_ui.services.audit.search.RECORD_AGAIN_AFTER", timedelta(0))
    manager.get(address, asked)
    assert accesses("audit.search").count() == 2


def test_another_s_search_does_not_count(client, carol, django_user_model):
    erin = django_user_model.objects.create_user("erin", password="correct horse battery")
    erin.groups.set(carol.groups.all())
    for person in (carol, erin):
        client.force_login(person)
        client.get("/audit/", {**ASKED, "before": 99})
    assert set(accesses("audit.search").values_list("actor_id", flat=True)) == {carol.pk, erin.pk}


def test_turning_the_pages_of_the_whole_list_is_no_search(manager):
    manager.get("/audit/", {"before": 99})
    manager.get("/audit/newer/", {"than": 0})
    assert not accesses("audit.search").exists()


def test_an_export_keeps_as_little(manager):
    edit(PHONE)
    answer = manager.get("/audit/export.csv", {"q": "Daniel Osei", "value": "647*"})
    b"".join(answer.streaming_content)
    for entry in AuditEntry.objects.filter(action__startswith="audit.export"):
        assert "Osei" not in entry.detail
        assert "647*" not in entry.detail
    assert accesses("audit.export").exists()


def test_an_export_says_of_which_days_it_is(manager):
    days = {"from": "2026-11-01", "to": "2026-11-30"}
    answer = manager.get("/audit/export.csv", days)
    b"".join(answer.streaming_content)
    told = json.loads(accesses("audit.export").get().detail)["filter"]
    manifest = manager.get(f"/audit/exports/{answer['X-Export']}/manifest.json").json()
    assert told == manifest["filter"] == days


def test_opening_the_history_of_another_s_work_is_recorded_once_an_hour(client, alice, bob):
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


def test_after_an_hour_it_is_recorded_anew(manager, monkeypatch):
    edit(actor=SOMEBODY)
    manager.get(HISTORY)
    monkeypatch.setattr("sessions_ui.services.audit.search.RECORD_AGAIN_AFTER", timedelta(0))
    manager.get(HISTORY)
    assert accesses("history.seen").count() == 2


def test_an_empty_history_is_nobody_s(manager):
    manager.get(HISTORY)
    assert not accesses("history.seen").exists()


def test_who_saw_personal_values_is_listed_with_who_read_what(manager, carol):
    edit_id = edit(PHONE, actor=SOMEBODY)
    manager.post(f"/audit/{edit_id}/reveal/", {"reason": "The customer asks for it."})
    manager.get(HISTORY)
    answer = manager.get("/audit/?kind=access")
    assert "revealed personal values" in answer.text
    assert f"Phone number, entry #{edit_id:,}" in answer.text
    assert "opened the history" in answer.text
    assert accesses("personal.revealed").get().actor_id == carol.pk
