"""Evaluate what PAVE answers to a PUT, over HTTP."""

import json

import pytest

from sessions_ui.models import AuditEntry, Draft
from tests.pages import Page

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_answer_that_shows_another_value_is_not_believed(agent, sandbox):
    review = agent.review(session_theme="LITE", session_language="FR")
    sandbox.state.fault("ignored", method="PUT", field="session.theme")
    page = Page(agent.client.get(agent.send(review)["Location"]))
    assert page.outcome == "partial"
    banner = page.soup.select_one("[data-outcome]").get_text(" ", strip=True)
    assert "Ignored by PAVE" in banner
    assert "Applied" in banner


def test_a_refusal_is_reported_in_paves_words_and_keeps_the_draft(agent, sandbox):
    review = agent.review(session_theme="LITE")
    sandbox.state.fault("refused", method="PUT", status=422, message="The theme is <odd>.")
    page = Page(agent.client.get(agent.send(review)["Location"]))
    assert page.outcome == "refused"
    assert "The theme is <odd>." in page.text
    assert "LITE" not in Draft.objects.get().sealed
    restored = agent.open("?draft=1")
    assert restored.shown("session.theme") == "LITE"
    assert json.loads(Page(agent.post(restored.inputs(), "review")).payload)


def test_personal_values_in_messages_and_notes_are_not_recorded(agent, sandbox):
    review = agent.review(session_theme="LITE")
    sandbox.state.fault("refused", method="PUT", status=422, message="Daniel Osie has no theme.")
    agent.send(review, note="Mr Osie (416-555-0184) asked for it.")
    for entry in AuditEntry.objects.all():
        text = f"{entry.reason_note} {entry.detail} {entry.body}"
        assert "Osie" not in text
        assert "416-555" not in text
