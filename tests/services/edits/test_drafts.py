"""What was typed is kept, whatever ends an edit, and a page that says so is right."""

import pytest
from django.db import DatabaseError, InterfaceError, InternalError, OperationalError
from django.utils import timezone

from sessions_ui.crypto import encrypt
from sessions_ui.models import Draft, Edit
from sessions_ui.services.edits import review, send, submit
from sessions_ui.services.edits.drafts import find_draft
from sessions_ui.services.jobs.reconcile import reconcile_edits
from tests.pages import Agent, Page

from .test_settle import leave
from .test_submit import HELD, puts

pytestmark = pytest.mark.django_db(transaction=True)

OFFERED = "You had typed something here"
KEPT = "What you typed is kept"


class Died(BaseException):
    """The process is gone."""


@pytest.fixture
def idle(sandbox):
    """A session in which every field is open."""
    return sandbox.state.create(status="IDLE", delivery="failed", **HELD)


@pytest.fixture
def agent(client, alice, idle):
    """Alice with the idle session."""
    return Agent(client, alice, idle)


@pytest.fixture
def kept(alice, idle):
    """Give a function that tells what is kept for alice, by field key."""

    def _kept():
        draft = find_draft(actor_id=alice.id, session_key=idle)
        return draft.typed if draft else {}

    return _kept


def landed(agent, response):
    """The page that a send leads to."""
    return Page(agent.client.get(response["Location"]))


# --- the review -----------------------------------------------------------------------------------


def test_a_tab_that_is_closed_on_the_review_page_loses_nothing(agent, kept):
    agent.review(session_theme="LITE")
    assert kept() == {"session.theme": "LITE"}
    assert OFFERED in agent.open().text


def test_a_second_review_of_one_form_takes_the_place_of_the_first(agent, kept):
    page = agent.open()
    agent.review(page, session_theme="LITE", vehicle_trim="Touring")
    agent.review(page, vehicle_make="Acura")
    assert kept() == {"vehicle.make": "Acura"}
    agent.review(page)
    assert not Draft.objects.exists()


def test_a_form_that_was_put_back_is_the_same_form(agent, kept):
    agent.review(session_theme="LITE", vehicle_trim="Touring")
    agent.review(agent.open("?draft=1"), session_theme="PRO")
    assert kept() == {"vehicle.trim": "Touring"}


def test_two_forms_are_kept_side_by_side(agent, kept):
    one, other = agent.open(), agent.open()
    agent.review(one, session_theme="LITE")
    agent.review(other, vehicle_trim="Touring")
    assert kept() == {"session.theme": "LITE", "vehicle.trim": "Touring"}
    assert "Theme, Trim: kept Today" in agent.open().text


def test_a_review_stands_when_our_database_takes_no_writes(agent, monkeypatch):
    def refuse(*_, **__):
        raise DatabaseError("read only")

    page = agent.open()
    monkeypatch.setattr(review, "save_form_draft", refuse)
    assert agent.review(page, session_theme="LITE").payload


def test_a_draft_from_before_the_last_release_breaks_no_page(agent, alice, idle):
    old = encrypt({"typed": {"session.theme": "LITE"}, "seen": "", "reason": {}, "reverts": 0})
    Draft.objects.create(actor_id=alice.id, session_key=idle, sealed=old, kept_at=timezone.now())
    assert agent.open().status == 200


# --- what was sent --------------------------------------------------------------------------------


@pytest.mark.parametrize("double", [False, True])
def test_what_was_sent_is_not_offered_again(agent, double):
    review = agent.review(session_theme="LITE")
    for _ in range(1 + double):
        assert OFFERED not in landed(agent, agent.send(review)).text


def test_another_forms_values_outlive_a_send(agent, kept):
    page = agent.open()
    agent.post({**page.inputs(), "vehicle-trim": "Touring", "session-theme": "CAPT"}, "keep")
    agent.edit(session_theme="LITE")
    assert kept() == {"vehicle.trim": "Touring"}


def test_what_somebody_else_changed_since_stands_beside_the_draft(agent, sandbox, idle):
    agent.review(session_theme="LITE")
    assert not agent.open("?draft=1").soup.select("[name^=choose-]")
    sandbox.state.poke(idle, "session.theme", "CAPT")
    assert agent.open("?draft=1").soup.select("[name=choose-session-theme]")


# --- what came to nothing -------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["poke", "start"])
def test_a_stop_before_sending_keeps_it_also_for_a_second_post(agent, sandbox, idle, kept, change):
    review = agent.review(vehicle_trim="Touring")
    Draft.objects.all().delete()  # as after a day
    if change == "poke":
        sandbox.state.poke(idle, "vehicle.trim", "Sport")
    else:
        sandbox.state.act(idle, "start")
    assert agent.send(review).status_code == 409
    page = landed(agent, agent.send(review))
    assert KEPT in page.text
    assert OFFERED in page.text
    assert kept() == {"vehicle.trim": "Touring"}
    assert puts(sandbox) == []


def test_what_pave_holds_already_needs_no_draft(agent, sandbox, idle):
    review = agent.review(session_theme="LITE")
    sandbox.state.poke(idle, "session.theme", "LITE")
    agent.send(review)
    page = landed(agent, agent.send(review))
    assert "it held these values already" in page.text
    assert KEPT not in page.text


def test_a_process_that_dies_before_sending_keeps_it(agent, monkeypatch, kept):
    review = agent.review(session_theme="LITE")
    Draft.objects.all().delete()

    def die(*_):
        raise Died

    monkeypatch.setattr(submit, "read_snapshot", die)
    with pytest.raises(Died):
        agent.send(review)
    monkeypatch.undo()
    Edit.objects.update(created_at=timezone.now() - timezone.timedelta(seconds=80))
    waiting = agent.open().text
    assert "alice has had it open for sending since" in waiting
    Edit.objects.update(lease_until=timezone.now())
    reconcile_edits()
    page = agent.open(f"?edit={Edit.objects.get().entry_id}")
    assert page.outcome == "not_sent"
    assert "The dashboard did not come to calling PAVE" in page.text
    assert "could not be reached" not in page.text
    assert KEPT in page.text
    assert kept() == {"session.theme": "LITE"}


def test_a_verdict_takes_nothing_away_that_was_typed_in_the_meantime(
    agent, sandbox, settings, kept
):
    review = agent.review(session_theme="LITE")
    page = agent.open()
    sandbox.state.fault("reset_before", method="PUT")
    agent.send(review)
    later = {**page.inputs(), "vehicle-trim": "Touring", "session-theme": "CAPT"}
    agent.post(later, "keep")
    settings.PAVE_SETTLE_SECONDS = 0
    reconcile_edits()
    assert Edit.objects.get().state == "not_in_effect"
    assert kept() == {"vehicle.trim": "Touring", "session.theme": "CAPT"}


def test_a_session_that_is_gone_at_send_keeps_it_also_without_a_reason(agent, sandbox, kept):
    review = agent.review(session_theme="LITE")
    Draft.objects.all().delete()
    sandbox.state.fault("not_found", method="GET", times=9)
    assert agent.send(review, reason="").status_code == 404
    assert kept() == {"session.theme": "LITE"}


def test_an_edit_that_a_manager_calls_not_in_effect_is_kept_for_its_author(
    client, alice, carol, idle, kept
):
    edit = leave(idle, "unresolved", session__theme="LITE")
    Edit.objects.filter(pk=edit.pk).update(actor_id=alice.id)
    client.force_login(carol)
    told = {"outcome": "not_in_effect", "note": "The dealer reads it out to me."}
    client.post(f"/audit/{edit.entry_id}/close/", told)
    page = Agent(client, alice, idle).open(f"?edit={edit.entry_id}")
    assert "A manager found out that it is not in effect." in page.text
    assert KEPT in page.text
    assert kept() == {"session.theme": "LITE"}


# --- the words ------------------------------------------------------------------------------------


def test_a_page_calls_nothing_kept_that_is_not(agent, bob, sandbox, idle):
    review = agent.review(session_theme="LITE")
    sandbox.state.fault("refused", method="PUT", status=422)
    response = agent.send(review)
    assert KEPT in landed(agent, response).text
    Draft.objects.update(kept_at=timezone.now() - timezone.timedelta(hours=25))
    late = landed(agent, response).text
    assert KEPT not in late
    assert "Nothing of it is kept here" in late
    agent.client.force_login(bob)
    assert KEPT not in landed(agent, response).text


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError, InternalError])
def test_no_page_says_that_nothing_was_sent_after_a_put(agent, sandbox, monkeypatch, kind):
    review = agent.review(session_theme="LITE")

    def fail(*_):
        raise kind("gone")

    monkeypatch.setattr(send, "evaluate_response", fail)
    page = landed(agent, agent.send(review))
    assert len(puts(sandbox)) == 1
    assert page.outcome == "pending"
    assert "none is sent" not in page.text
