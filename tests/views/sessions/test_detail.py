"""Test the page of one session: its actions, and what comes back where nothing can be sent."""

import json

import pytest

from tests.edits import database_full, payloads, recorded
from tests.pages import Page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("key", ["XXX-NOSUCHKEY1", "lower-case", "AB", "A" * 41, "A B"])
def test_a_key_that_pave_does_not_know_has_a_page(client, alice, sandbox, key):
    client.force_login(alice)
    page = Page(client.get(f"/sessions/{key}/"))
    assert page.status == 404
    assert "Find a session" in page.text


def test_a_key_with_a_slash_has_a_page(client, alice):
    client.force_login(alice)
    page = Page(client.get("/sessions/XXX%2FABC/"))
    assert page.status == 404
    assert "never a slash" in page.text


def test_a_send_that_was_not_reviewed_is_reviewed(agent, sandbox):
    page = agent.open()
    review = Page(agent.post({**page.inputs(), "session-theme": "LITE"}, "send"))
    assert json.loads(review.payload) == {"session": {"theme": "LITE"}}
    swapped = {"reason_code": "customer_request", "session-theme": "CAPT"}
    second_review = Page(agent.post({**review.inputs("send"), **swapped}, "send"))
    assert json.loads(second_review.payload) == {"session": {"theme": "CAPT"}}
    assert payloads(sandbox) == []


def test_a_reason_is_required_and_for_some_a_note(agent, sandbox):
    review = agent.review(session_theme="LITE")
    page = Page(agent.send(review, reason="", note=""))
    assert page.status == 422
    assert page.payload
    assert "Choose the reason" in page.text
    assert Page(agent.send(review, reason="other", note="short")).status == 422
    sms = agent.review(sms_by="Another Dealer")
    assert Page(agent.send(sms, note="")).status == 422
    assert payloads(sandbox) == []
    assert recorded() == []
    assert agent.send(page).status_code == 303


def test_the_reason_survives_the_way_back_to_the_form(agent):
    review = agent.review(session_theme="LITE")
    reason = {"reason_code": "wrong_number", "reason_note": "A long enough note", "ticket": "ZD-7"}
    form = Page(agent.post({**review.inputs("send"), **reason}, "edit"))
    assert form.shown("session.theme") == "LITE"
    assert "Was" in form.field_text("session.theme")
    again = Page(agent.post(form.inputs(), "review"))
    assert again.inputs("send").items() >= reason.items()


def test_a_page_that_cannot_be_shown_claims_nothing_of_an_edit(agent, monkeypatch):
    monkeypatch.setattr("sessions_ui.views.sessions.detail.open_session", database_full)
    page = agent.open("?edit=1")
    assert page.status == 503
    assert "cannot be shown now" in page.text
    assert "sent" not in page.text
