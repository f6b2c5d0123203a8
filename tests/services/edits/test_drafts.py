"""Keep what was typed as a draft, however an edit ends, and claim it only where it is kept."""

import pytest
from django.db import DatabaseError
from django.utils import timezone

from sessions_ui.crypto import encrypt
from sessions_ui.models import Draft, Edit
from sessions_ui.services.edits import submit
from sessions_ui.services.edits.drafts import find_draft
from sessions_ui.services.jobs.reconcile import reconcile_edits
from tests.edits import leave_edit, payloads
from tests.pages import Agent, Page

pytestmark = pytest.mark.django_db(transaction=True)

OFFERED = "You had typed something here"


KEPT = "What you typed is kept"


class ProcessDied(BaseException):
    """Simulate the end of the process: no code of ours catches it."""


@pytest.fixture
def kept(alice, idle):
    """Give a function that returns what is kept for alice, by field key."""

    def kept():
        draft = find_draft(actor_id=alice.id, session_key=idle)
        return draft.typed if draft else {}

    return kept


def result_page(agent, response):
    """Give the page that a send leads to."""
    return Page(agent.client.get(response["Location"]))


def test_a_tab_that_is_closed_on_the_review_page_loses_nothing(agent, kept):
    agent.review(session_theme="LITE")
    assert kept() == {"session.theme": "LITE"}
    assert OFFERED in agent.open().text


def test_a_second_review_of_one_form_replaces_the_first(agent, kept):
    page = agent.open()
    agent.review(page, session_theme="LITE", vehicle_trim="Touring")
    agent.review(page, vehicle_make="Acura")
    assert kept() == {"vehicle.make": "Acura"}
    agent.review(page)
    assert not Draft.objects.exists()


def test_a_restored_form_is_the_same_form(agent, kept):
    agent.review(session_theme="LITE", vehicle_trim="Touring")
    agent.review(agent.open("?draft=1"), session_theme="PRO")
    assert kept() == {"vehicle.trim": "Touring"}


def test_two_forms_are_kept_side_by_side(agent, kept):
    page, other_page = agent.open(), agent.open()
    agent.review(page, session_theme="LITE")
    agent.review(other_page, vehicle_trim="Touring")
    assert kept() == {"session.theme": "LITE", "vehicle.trim": "Touring"}
    assert "Theme, Trim: kept Today" in agent.open().text


def test_a_review_needs_no_writable_database(agent, monkeypatch):
    def refuse(*_, **__):
        raise DatabaseError("read only")

    page = agent.open()
    monkeypatch.setattr("sessions_ui.services.edits.review.save_form_draft", refuse)
    assert agent.review(page, session_theme="LITE").payload


def test_a_draft_of_an_older_release_is_ignored(agent, alice, idle):
    old = encrypt({"typed": {"session.theme": "LITE"}, "seen": "", "reason": {}, "reverts": 0})
    Draft.objects.create(actor_id=alice.id, session_key=idle, sealed=old, kept_at=timezone.now())
    assert agent.open().status == 200


@pytest.mark.parametrize("double", [False, True])
def test_what_was_sent_is_not_offered_again(agent, double):
    review = agent.review(session_theme="LITE")
    for _ in range(1 + double):
        assert OFFERED not in result_page(agent, agent.send(review)).text


def test_values_of_another_form_survive_a_send(agent, kept):
    page = agent.open()
    agent.post({**page.inputs(), "vehicle-trim": "Touring", "session-theme": "CAPT"}, "keep")
    agent.edit(session_theme="LITE")
    assert kept() == {"vehicle.trim": "Touring"}


def test_a_restored_draft_shows_what_somebody_else_changed_since(agent, sandbox, idle):
    agent.review(session_theme="LITE")
    assert not agent.open("?draft=1").soup.select("[name^=choose-]")
    sandbox.state.poke(idle, "session.theme", "CAPT")
    assert agent.open("?draft=1").soup.select("[name=choose-session-theme]")


@pytest.mark.parametrize("change", ["poke", "start"])
def test_a_stop_before_sending_keeps_the_input_also_for_a_second_post(
    agent, sandbox, idle, kept, change
):
    review = agent.review(vehicle_trim="Touring")
    Draft.objects.all().delete()  # as after a day
    if change == "poke":
        sandbox.state.poke(idle, "vehicle.trim", "Sport")
    else:
        sandbox.state.act(idle, "start")
    assert agent.send(review).status_code == 409
    page = result_page(agent, agent.send(review))
    assert KEPT in page.text
    assert OFFERED in page.text
    assert kept() == {"vehicle.trim": "Touring"}
    assert payloads(sandbox) == []


def test_what_pave_holds_already_needs_no_draft(agent, sandbox, idle):
    review = agent.review(session_theme="LITE")
    sandbox.state.poke(idle, "session.theme", "LITE")
    agent.send(review)
    page = result_page(agent, agent.send(review))
    assert "it held these values already" in page.text
    assert KEPT not in page.text


def test_input_survives_a_process_that_dies_before_sending(agent, monkeypatch, kept):
    review = agent.review(session_theme="LITE")
    Draft.objects.all().delete()

    def die(*_):
        raise ProcessDied

    monkeypatch.setattr(submit, "read_snapshot", die)
    with pytest.raises(ProcessDied):
        agent.send(review)
    monkeypatch.undo()
    Edit.objects.update(created_at=timezone.now() - timezone.timedelta(seconds=80))
    assert "alice has had it open for sending since" in agent.open().text
    Edit.objects.update(lease_until=timezone.now())
    reconcile_edits()
    page = agent.open(f"?edit={Edit.objects.get().entry_id}")
    assert page.outcome == "not_sent"
    assert "The dashboard did not come to calling PAVE" in page.text
    assert "could not be reached" not in page.text
    assert KEPT in page.text
    assert kept() == {"session.theme": "LITE"}


def test_a_verdict_keeps_what_was_typed_in_the_meantime(agent, sandbox, settings, kept):
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


def test_input_is_kept_when_the_session_is_gone_at_send_and_the_reason_missing(
    agent, sandbox, kept
):
    review = agent.review(session_theme="LITE")
    Draft.objects.all().delete()
    sandbox.state.fault("not_found", method="GET", times=9)
    assert agent.send(review, reason="").status_code == 404
    assert kept() == {"session.theme": "LITE"}


def test_an_edit_that_a_manager_calls_not_in_effect_is_kept_for_its_author(
    client, alice, carol, idle, kept
):
    edit = leave_edit(idle, "unresolved", session__theme="LITE")
    Edit.objects.filter(pk=edit.pk).update(actor_id=alice.id)
    client.force_login(carol)
    closing = {"outcome": "not_in_effect", "note": "The dealer reads it out to me."}
    client.post(f"/audit/{edit.entry_id}/close/", closing)
    page = Agent(client, alice, idle).open(f"?edit={edit.entry_id}")
    assert "A manager found out that it is not in effect." in page.text
    assert KEPT in page.text
    assert kept() == {"session.theme": "LITE"}


def test_a_page_says_kept_only_while_it_is_kept(agent, bob, sandbox, idle):
    review = agent.review(session_theme="LITE")
    sandbox.state.fault("refused", method="PUT", status=422)
    response = agent.send(review)
    assert KEPT in result_page(agent, response).text
    Draft.objects.update(kept_at=timezone.now() - timezone.timedelta(hours=25))
    late = result_page(agent, response).text
    assert KEPT not in late
    assert "Nothing of it is kept here" in late
    agent.client.force_login(bob)
    assert KEPT not in result_page(agent, response).text


REASON = {"reason_code": "other", "reason_note": "A long enough note", "ticket": "ZD-7"}


def test_the_reason_is_kept_with_the_draft(agent, alice, client):
    review = agent.review(session_theme="LITE")
    client.logout()
    agent.post({**review.inputs("send"), **REASON}, "send")
    client.force_login(alice)
    again = Page(agent.post(agent.open("?draft=1").inputs(), "review"))
    assert again.inputs("send").items() >= REASON.items()
