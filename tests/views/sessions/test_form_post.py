"""Read the post of a session's form, and keep it where it cannot be answered."""

import json

import pytest

from sessions_ui.models import Draft
from sessions_ui.services.edits.drafts import find_draft
from tests.edits import payloads
from tests.pages import Page

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_conflict_shows_three_values_and_takes_either_choice(agent, sandbox, idle):
    page = agent.open()
    sandbox.state.poke(idle, "vehicle.trim", "Sport")
    sandbox.state.poke(idle, "vehicle.model", "Accord")
    typed = {"vehicle-trim": "Touring", "session-theme": "LITE"}
    conflict = Page(agent.post({**page.inputs(), **typed}, "review"))
    rows = [row.get_text(" ", strip=True) for row in conflict.soup.select("main tbody tr")]
    assert rows[0] == "Trim EX Sport Touring Trim: choose one Send yours Keep PAVE's"
    assert "Will be sent" in rows[1]
    assert "Left as PAVE has it" in rows[2]
    theirs = {**conflict.inputs(), "choose-vehicle-trim": "theirs"}
    assert json.loads(Page(agent.post(theirs, "review")).payload) == {"session": {"theme": "LITE"}}
    mine = {**conflict.inputs(), "choose-vehicle-trim": "mine"}
    assert json.loads(Page(agent.post(mine, "review")).payload)["vehicle"] == {"trim": "Touring"}


def test_a_character_that_cannot_be_stored_is_refused(agent, sandbox):
    page = Page(agent.post({**agent.open().inputs(), "vehicle-make": "a\0b"}, "review"))
    assert page.status == 422
    assert payloads(sandbox) == []


def test_a_session_that_is_gone_at_review_keeps_the_draft(agent, alice, sandbox, idle):
    page = agent.open()
    sandbox.state.fault("not_found", method="GET")
    assert agent.post({**page.inputs(), "session-theme": "LITE"}, "review").status_code == 404
    assert find_draft(actor_id=alice.id, session_key=idle).typed == {"session.theme": "LITE"}


def test_input_is_kept_when_the_log_in_has_ended(agent, client, alice, bob, sandbox, idle):
    page = agent.open()
    client.logout()
    typed = {**page.inputs(), "session-theme": "LITE"}
    response = agent.post(typed, "review")
    assert response.status_code == 302
    assert "/accounts/login/?next=" in response["Location"]
    client.force_login(bob)
    assert "You had typed" not in agent.open().text
    client.force_login(alice)
    assert "You had typed" in agent.open().text
    assert agent.open("?draft=1").shown("session.theme") == "LITE"
    assert agent.post({}, "discard").status_code == 302
    assert "You had typed" not in agent.open().text
    assert Draft.objects.count() == 0


def test_input_of_a_closing_tab_is_kept(agent, sandbox):
    page = agent.open()
    typed = {**page.inputs(), "session-theme": "LITE"}
    assert agent.post(typed, "keep").status_code == 204
    assert agent.post({**typed, "seen": "forged"}, "keep").status_code == 204
    assert agent.open("?draft=1").shown("session.theme") == "LITE"
    assert payloads(sandbox) == []
    agent.send(Page(agent.post(agent.open("?draft=1").inputs(), "review")))
    assert not Draft.objects.exists()


def test_nothing_is_kept_for_a_stranger_without_a_valid_token(client, sandbox, idle):
    response = client.post(f"/sessions/{idle}/", {"session-theme": "LITE", "seen": "x"})
    assert response.status_code == 302
    assert not Draft.objects.exists()
