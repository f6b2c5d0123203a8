"""Test which views are saved, who sees them, and what of them is recorded."""

import json

import pytest

from sessions_ui.models import AuditEntry, SavedView
from tests.audit.authors import KEY
from tests.audit.list_page import SHARED_VIEW, save_view


@pytest.fixture
def erin(carol):
    """Another manager."""
    person = type(carol).objects.create_user("erin", password="correct horse battery")
    person.groups.set(carol.groups.all())
    return person


def listed(client):
    return [(view.name, view.by) for view in client.get("/audit/").context["views"]]


def recorded(action):
    return [json.loads(entry.detail) for entry in AuditEntry.objects.filter(action=action)]


def test_a_view_replaces_the_one_of_the_same_name(manager):
    save_view(manager, name="Mine", query="actor=2")
    save_view(manager, name="Mine", query="outcome=unknown")
    assert [view.query for view in SavedView.objects.all()] == ["outcome=unknown"]


def test_others_see_a_shared_view_but_cannot_delete_it(manager, client, erin):
    save_view(manager, **SHARED_VIEW)
    save_view(manager, name="Only mine", query="actor=2")
    client.force_login(erin)
    assert listed(client) == [("Phones", "carol")]
    view = SavedView.objects.get(shared=True)
    assert client.post(f"/audit/views/{view.id}/delete/").status_code == 404
    assert SavedView.objects.count() == 2
    save_view(client, name="Phones", query="field=sms.to")
    assert listed(client) == [("Phones", ""), ("Phones", "carol")]


def test_sharing_and_removing_a_shared_view_are_recorded(manager):
    save_view(manager, **SHARED_VIEW)
    detail = {"view": "Phones", "filter": {"field": "sms.to", "actor": "2"}}
    assert recorded("view.shared") == [detail]
    listed = manager.get("/audit/", {"kind": "access"}).text
    assert "shared a saved view" in listed
    assert "“Phones”, actor: 2, field: sms.to" in listed
    manager.post(f"/audit/views/{SavedView.objects.get().id}/delete/")
    assert recorded("view.removed") == [detail]
    save_view(manager, **SHARED_VIEW)
    save_view(manager, **{**SHARED_VIEW, "shared": ""})
    assert len(recorded("view.removed")) == 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "", "query": "actor=2"}, "Give the view a name"),
        ({"name": "x" * 81, "query": "actor=2"}, "80 characters at most"),
        ({"name": "x", "query": ""}, "no filter to keep"),
        ({"name": "x", "query": "before=3"}, "no filter to keep"),
        ({"name": "x", "query": "outcome=fine"}, "is not an outcome"),
        ({"name": "x", "query": "value=647-555-0148"}, "may be personal"),
        ({"name": "x", "query": "q=" + "%F0%9F%98%80" * 200}, "too long"),
    ],
)
def test_a_view_that_cannot_be_saved_says_why(manager, fields, words):
    assert words in save_view(manager, **fields).text
    assert not SavedView.objects.exists()


def test_the_number_of_views_is_limited(manager, monkeypatch):
    monkeypatch.setattr("sessions_ui.services.audit.saved_views.MAX_VIEWS", 1)
    save_view(manager, name="One", query="actor=2")
    assert "Delete one first" in save_view(manager, name="Two", query="actor=1").text
    assert "Saved as" in save_view(manager, name="One", query="actor=1").text


def test_a_shared_view_outlives_its_owner(manager, client, carol, erin):
    save_view(manager, **SHARED_VIEW)
    client.force_login(erin)
    carol.delete()
    assert listed(client) == [("Phones", "somebody who has left")]


def test_a_view_of_one_session_has_no_default_window(manager):
    save_view(manager, name="One session", query=f"session={KEY}")
    answer = manager.get(f"/audit/?{SavedView.objects.get().query}")
    assert not answer.context["audit_filter"].windowed
