"""Submit an edit over HTTP: reserved, compared, withdrawn or refused, and sent at most once."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from sessions_ui.models import AuditEntry, Edit, Kind
from sessions_ui.services.edits import submit
from tests.edits import database_full, payloads, recorded
from tests.pages import Agent, Page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("step", ["submit.record_intent", "transitions.record_sent"])
def test_nothing_is_sent_that_cannot_be_recorded(agent, sandbox, monkeypatch, step):
    review = agent.review(session_theme="LITE")
    monkeypatch.setattr(f"sessions_ui.services.edits.{step}", database_full)
    response = agent.send(review)
    page = Page(response)
    assert page.status == 503
    assert "so none is sent" in page.text
    assert "LITE" in page.text
    assert payloads(sandbox) == []
    monkeypatch.undo()
    retry = {tag["name"]: tag["value"] for tag in page.soup.select("main input")}
    assert retry.pop("action") == "review"
    Edit.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    again = Page(agent.post(retry, "review"))
    assert json.loads(again.payload) == {"session": {"theme": "LITE"}}


def test_a_lock_before_sending_refuses_the_whole_edit(agent, sandbox, idle):
    review = agent.review(session_theme="LITE", session_language="FR")
    sandbox.state.act(idle, "start")
    response = agent.send(review)
    page = Page(response)
    assert page.status == 409
    assert payloads(sandbox) == []
    assert page.fields()["session.theme"] == "STARTED"
    assert "LITE" in page.field_text("session.theme")
    assert page.shown("session.language") == "FR"
    assert recorded() == [(Kind.INTENT, ""), (Kind.OUTCOME, "refused_by_policy")]
    again = Page(agent.post(page.inputs(), "review"))
    assert agent.send(again).status_code == 303
    assert payloads(sandbox) == [{"session": {"language": "FR"}}]


def test_a_conflict_found_at_send_withdraws_the_edit(agent, sandbox, idle):
    review = agent.review(vehicle_trim="Touring")
    sandbox.state.poke(idle, "vehicle.trim", "Sport")
    page = Page(agent.send(review))
    assert page.status == 409
    assert page.shown("vehicle.trim") == "Touring"
    assert recorded() == [(Kind.INTENT, ""), (Kind.OUTCOME, "withdrawn")]
    assert payloads(sandbox) == []


def test_an_edit_is_withdrawn_when_pave_already_holds_its_values(agent, sandbox, idle):
    review = agent.review(vehicle_trim="Touring")
    sandbox.state.poke(idle, "vehicle.trim", "Touring")
    page = Page(agent.send(review))
    assert page.status == 200
    assert "Nothing to change" in page.text
    assert payloads(sandbox) == []


def test_an_edit_is_withdrawn_when_pave_cannot_be_read(agent, sandbox, idle):
    review = agent.review(session_theme="LITE")
    sandbox.state.fault("error_before", method="GET", times=99)
    page = Page(agent.send(review))
    assert page.status == 200
    assert "could not be read" in page.text
    assert recorded() == [(Kind.INTENT, ""), (Kind.OUTCOME, "withdrawn")]
    assert payloads(sandbox) == []


def test_an_edit_is_withdrawn_when_pave_no_longer_knows_the_session(agent, sandbox, idle):
    review = agent.review(session_theme="LITE")
    sandbox.state.fault("not_found", method="GET", times=1)
    page = Page(agent.send(review))
    assert page.status == 404
    assert "Nothing was sent" in page.text
    assert recorded()[-1] == (Kind.OUTCOME, "withdrawn")


def test_one_nonce_makes_one_edit(agent, sandbox):
    review = agent.review(session_theme="LITE")
    first, second = agent.send(review), agent.send(review, reason="other", note="x" * 20)
    assert first["Location"] == second["Location"]
    assert len(payloads(sandbox)) == 1
    assert AuditEntry.objects.get(kind=Kind.INTENT).reason_code == "customer_request"
    form = agent.open()
    first_review = Page(agent.post({**form.inputs(), "session-theme": "PRO"}, "review"))
    other_review = Page(agent.post({**form.inputs(), "session-theme": "CAPT"}, "review"))
    assert agent.send(first_review).status_code == 303
    page = Page(agent.send(other_review))
    assert page.status == 409
    assert page.shown("session.theme") == "CAPT"
    assert len(payloads(sandbox)) == 2


def test_a_used_form_with_other_values_comes_back(agent, sandbox):
    review = agent.review(session_theme="LITE")
    agent.send(review)
    page = Page(agent.send(review, **{"session-theme": "CAPT"}))
    assert page.status == 409
    assert "This form was sent before" in page.text
    assert page.shown("session.theme") == "CAPT"
    assert len(payloads(sandbox)) == 1


def test_a_second_agent_has_to_wait(agent, bob, sandbox, idle):
    review = agent.review(session_theme="LITE")
    other = Agent(Client(), bob, idle)
    other_review = other.review(session_theme="CAPT")
    sandbox.state.fault("reset_before", method="PUT")
    agent.send(review)
    page = Page(other.send(other_review))
    assert page.status == 409
    assert "still open" in page.text
    assert "alice" in page.text
    assert len(payloads(sandbox)) == 1
    refusal = AuditEntry.objects.get(kind=Kind.REFUSAL)
    assert (refusal.actor_label, refusal.error_code) == ("bob", "EDIT_PENDING")


def test_the_second_agent_reads_that_the_other_edit_is_settled(agent, bob, sandbox, idle):
    review = agent.review(session_theme="LITE")
    other = Agent(Client(), bob, idle)
    other_review = other.review(vehicle_trim="Touring")
    sandbox.state.fault("reset_after", method="PUT")
    sandbox.state.fault("error_before", method="GET", status=500, skip=1)
    agent.send(review)
    assert Edit.objects.get().state == "unknown"
    page = Page(other.send(other_review))
    assert page.status == 409
    assert "Another edit came first" in page.text
    assert page.shown("vehicle.trim") == "Touring"


@pytest.fixture
def clicked_twice(alice, bob, idle, sandbox, monkeypatch):
    """Give a function that plays both presses of a double click, with another edit before them.

    The first press finds the slot taken; when it has called the function ``step`` of `submit`, the
    second press sends. The function gives the answers to both.
    """

    def play(step):
        review = Agent(Client(), alice, idle).review(session_theme="LITE")
        other = Agent(Client(), bob, idle)
        sandbox.state.fault("reset_after", method="PUT")
        other_review = other.review(vehicle_trim="Touring")
        sandbox.state.fault("error_before", method="GET", status=500, skip=1)
        other.send(other_review)
        real_step, second_answers = getattr(submit, step), []

        def then_second_press(*args, **options):
            monkeypatch.setattr(submit, step, real_step)
            result = real_step(*args, **options)
            second_answers.append(Agent(Client(), alice, idle).send(review))
            return result

        monkeypatch.setattr(submit, step, then_second_press)
        first_answer = Agent(Client(), alice, idle).send(review)
        assert len(payloads(sandbox)) == 2
        return first_answer, *second_answers

    return play


def test_both_presses_of_a_double_click_lead_to_one_edit(clicked_twice):
    first, second = clicked_twice("review_edit")
    assert second.status_code == 303
    assert first.status_code == 303, Page(first).text
    assert first["Location"] == second["Location"]


def test_a_press_that_is_turned_away_describes_itself_alone(clicked_twice):
    """The second press sends when the page for the first one is almost rendered."""
    first, second = clicked_twice("save_submission_draft")
    assert second.status_code == 303
    assert first.status_code == 409
    text = Page(first).text
    assert "This press of Send sent nothing" in text
    assert "Nothing was sent" not in text
