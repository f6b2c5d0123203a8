"""What makes the list handy: how many entries came since it was drawn, and questions to keep."""

import json

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from sessions_ui.models import AuditEntry, Kind, SavedView
from sessions_ui.services.review.watch_rules import create_rule, remove_rule
from tests.audit.authors import BOB, CAROL, KEY, PHONE, edit, ended, intent, note, refusal, sent
from tests.pages import words

SHARED = {"name": "Phones", "query": "field=sms.to&actor=2", "shared": "yes"}


@pytest.fixture
def manager(client, carol):
    client.force_login(carol)
    return client


@pytest.fixture
def erin(carol):
    """Another manager."""
    person = type(carol).objects.create_user("erin", password="correct horse battery")
    person.groups.set(carol.groups.all())
    return person


def newer(client, **params):
    answer = client.get("/audit/newer/", params)
    assert answer.status_code == 200
    return answer.json()["label"]


# --- new entries ---------------------------------------------------------------------------------


def test_the_list_knows_what_is_newest(manager):
    assert manager.get("/audit/").context["newest"] == 0
    first = edit()
    last = refusal()
    assert manager.get("/audit/").context["newest"] == last
    page = manager.get("/audit/", {"before": last})
    assert [row.entry.id for row in page.context["page"].rows] == [first]
    assert page.context["newest"] == last


def test_it_counts_what_came_since_by_the_same_filters(manager):
    edit(PHONE)
    than = manager.get("/audit/").context["newest"]
    assert newer(manager, than=than) == ""
    edit()
    assert newer(manager, than=than) == "1 new entry"
    edit(PHONE, actor=BOB)
    refusal(actor=BOB)
    assert newer(manager, than=than) == "3 new entries"
    assert newer(manager, than=than, actor="2") == "2 new entries"
    assert newer(manager, than=than, field="sms.to", outcome="confirmed") == "1 new entry"
    assert newer(manager, than=than, session="OTHER-1") == ""
    assert newer(manager, than=than, to="2020-01-01") == ""


def test_steps_and_notes_of_an_older_edit_are_nothing_new(manager):
    edit_id = intent()
    than = manager.get("/audit/").context["newest"]
    sent(edit_id)
    ended(edit_id)
    note(edit_id, text="looks fine to me")
    assert newer(manager, than=than) == ""


def test_counting_what_is_new_stops(manager, monkeypatch):
    monkeypatch.setattr("sessions_ui.services.audit.search.MAX_NEWER", 3)
    for _ in range(5):
        intent()
    assert newer(manager, than=0) == "2+ new entries"


def test_asking_for_what_is_new_is_no_search_and_keeps_no_log_in_awake(manager):
    edit()
    manager.get("/audit/", {"outcome": "confirmed"})
    before = Session.objects.get().expire_date
    newer(manager, than=0, outcome="confirmed")
    assert Session.objects.get().expire_date == before
    assert "sessionid" not in manager.get("/audit/newer/", {"than": 0}).cookies
    assert AuditEntry.objects.filter(kind=Kind.ACCESS).count() == 1


@pytest.mark.parametrize("params", [{}, {"than": "x"}, {"than": "1" * 30}, {"than": "-1"},
                                    {"than": "0", "outcome": "fine"}])  # fmt: skip
def test_what_cannot_be_read_is_400(manager, params):
    assert manager.get("/audit/newer/", params).status_code == 400


def test_only_managers_ask(client, alice):
    client.force_login(alice)
    for address in ("/audit/newer/?than=0", "/audit/views/", "/audit/views/1/delete/"):
        assert client.post(address).status_code == 403
    assert client.get("/audit/newer/?than=0").status_code == 403


# --- saved views ---------------------------------------------------------------------------------


def save(client, **fields):
    answer = client.post("/audit/views/", fields, follow=True)
    assert answer.status_code == 200
    return answer


def shown(client):
    return [(one.name, one.by) for one in client.get("/audit/").context["views"]]


def on_record(action):
    return [json.loads(one.detail) for one in AuditEntry.objects.filter(action=action)]


def test_a_view_is_kept_and_asked_again(manager):
    query = "actor=2&field=sms.to"
    answer = save(manager, name="  Phones by  Bob ", query=f"{query}&before=7&nonsense=1")
    (view,) = SavedView.objects.all()
    assert (view.name, view.query, view.shared) == ("Phones by Bob", query, False)
    assert answer.redirect_chain == [(f"{reverse('audit')}?{query}", 302)]
    assert "Only you see it." in answer.text
    assert f'href="?{query.replace("&", "&amp;")}" aria-current="page"' in answer.text
    assert answer.context["audit_filter"].windowed, (
        "a view shows the last 30 days, whenever it is opened"
    )
    assert on_record("view.shared") == []


def test_the_same_name_takes_the_place_of_the_one_before(manager):
    save(manager, name="Mine", query="actor=2")
    save(manager, name="Mine", query="outcome=unknown")
    assert [one.query for one in SavedView.objects.all()] == ["outcome=unknown"]


def test_shared_views_are_seen_by_others_and_deleted_by_nobody_else(manager, client, erin):
    save(manager, **SHARED)
    save(manager, name="Only mine", query="actor=2")
    client.force_login(erin)
    assert shown(client) == [("Phones", "carol")]
    view = SavedView.objects.get(shared=True)
    assert client.post(f"/audit/views/{view.id}/delete/").status_code == 404
    assert SavedView.objects.count() == 2
    save(client, name="Phones", query="field=sms.to")
    assert shown(client) == [("Phones", ""), ("Phones", "carol")]


def test_sharing_and_taking_back_are_on_record(manager):
    save(manager, **SHARED)
    about = {"view": "Phones", "filter": {"field": "sms.to", "actor": "2"}}
    assert on_record("view.shared") == [about]
    listed = manager.get("/audit/", {"kind": "access"}).text
    assert "shared a saved view" in listed
    assert "“Phones”, actor: 2, field: sms.to" in listed
    manager.post(f"/audit/views/{SavedView.objects.get().id}/delete/")
    assert on_record("view.removed") == [about]
    save(manager, **SHARED)
    save(manager, **{**SHARED, "shared": ""})
    assert len(on_record("view.removed")) == 2


def test_a_deleted_view_can_be_brought_back_once(manager):
    save(manager, **SHARED)
    view = SavedView.objects.get()
    answer = manager.post(f"/audit/views/{view.id}/delete/", {"query": "actor=2"}, follow=True)
    assert answer.redirect_chain == [(f"{reverse('audit')}?actor=2", 302)]
    assert "is deleted" in answer.text
    assert answer.context["deleted_view"] == {
        "name": "Phones", "query": "actor=2&field=sms.to", "shared": True,
    }  # fmt: skip
    assert not SavedView.objects.exists()
    assert "is deleted" not in manager.get("/audit/").text
    save(manager, **SHARED)
    assert SavedView.objects.get().shared


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
def test_what_cannot_be_kept_is_said(manager, fields, words):
    assert words in save(manager, **fields).text
    assert not SavedView.objects.exists()


def test_there_is_an_end_to_keeping(manager, monkeypatch):
    monkeypatch.setattr("sessions_ui.services.audit.saved_views.MAX_VIEWS", 1)
    save(manager, name="One", query="actor=2")
    assert "Delete one first" in save(manager, name="Two", query="actor=1").text
    assert "Saved as" in save(manager, name="One", query="actor=1").text


def test_the_list_offers_to_keep_filters_but_no_value(manager):
    edit(PHONE)
    assert "Save view" not in manager.get("/audit/").text
    assert 'name="name"' in manager.get("/audit/", {"outcome": "confirmed"}).text
    page = manager.get("/audit/", {"value": "647-555-0148"}).text
    assert "may be personal" in page
    assert 'name="name"' not in page


def test_a_view_of_somebody_who_has_left_stays(manager, client, carol, erin):
    save(manager, **SHARED)
    client.force_login(erin)
    carol.delete()
    assert shown(client) == [("Phones", "somebody who has left")]


def test_a_key_of_a_session_is_asked_for_with_its_whole_history(manager):
    save(manager, name="One session", query=f"session={KEY}")
    assert (
        not manager.get(f"/audit/?{SavedView.objects.get().query}").context["audit_filter"].windowed
    )


# --- what stands alone ---------------------------------------------------------------------------


def test_what_was_done_with_rules_and_record_is_a_list_of_its_own(manager):
    note(edit(), "audit.commented")  # a step of its edit, so not here
    watch = create_rule(actor=CAROL, kind="busy_person", numbers={"edits": 20, "hours": 1})
    remove_rule(actor=CAROL, rule_id=watch.id)
    note(action="audit.purged", from_id=1, to_id=1200)
    page = manager.get("/audit/", {"kind": "note"})
    purged, removed, made = page.context["page"].rows
    assert purged.about == "entries #1 to #1200"
    assert (removed.verb, made.verb) == ("removed a watch rule", "made a watch rule")
    assert watch.name in removed.about
    assert "Was: " in removed.about
    assert "Now: " in made.about
    assert page.text.count("On record") == 3
    assert "3 changes of rules or record" in words(page)
    assert len(manager.get("/audit/").context["page"].rows) == 1


def test_what_was_done_is_not_called_read_only(manager):
    edit()
    save(manager, **SHARED)
    manager.get("/audit/?outcome=confirmed")
    rows = words(manager.get("/audit/?kind=access"))
    assert "shared a saved view “Phones”, actor: 2, field: sms.to – On record" in rows
    assert "0 entries – Read only" in rows
