"""Review what was typed, over HTTP: what is sent, kept out, left alone, or asked."""

import json

import pytest

from tests.edits import payloads, recorded
from tests.pages import Page

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_page_that_is_posted_back_changes_nothing(agent, sandbox):
    page = agent.review()
    assert page.status == 200
    assert "Nothing to change" in page.text
    assert payloads(sandbox) == []
    assert recorded() == []


def test_an_absent_key_is_never_a_change(agent, sandbox):
    page = agent.open()
    only = {"seen": page.inputs()["seen"], "session-theme": "LITE"}
    assert json.loads(Page(agent.post(only, "review")).payload) == {"session": {"theme": "LITE"}}


def test_the_open_fields_stay_when_the_customer_starts_before_the_review(agent, sandbox, idle):
    page = agent.open()
    sandbox.state.act(idle, "start")
    typed = {"session-theme": "LITE", "session-language": "FR"}
    review = Page(agent.post({**page.inputs(), **typed}, "review"))
    assert json.loads(review.payload) == {"session": {"language": "FR"}}
    assert "Kept out, because locked" in review.text


def test_another_field_that_somebody_else_changed_is_left_alone(agent, sandbox, idle):
    page = agent.open()
    sandbox.state.poke(idle, "vehicle.trim", "Sport")
    review = Page(agent.post({**page.inputs(), "session-theme": "LITE"}, "review"))
    assert "Changed elsewhere" in review.text
    assert "Sport" in review.text
    assert agent.send(review).status_code == 303
    assert payloads(sandbox) == [{"session": {"theme": "LITE"}}]
    assert agent.open().shown("vehicle.trim") == "Sport"


def test_a_field_that_somebody_else_changed_too_is_a_conflict(agent, sandbox, idle):
    page = agent.open()
    sandbox.state.poke(idle, "vehicle.trim", "Sport")
    conflict = Page(agent.post({**page.inputs(), "vehicle-trim": "Touring"}, "review"))
    assert conflict.status == 409
    assert conflict.shown("vehicle.trim") == "Touring"
    assert "Sport" in conflict.field_text("vehicle.trim")
    assert payloads(sandbox) == []
    mine = Page(agent.post(conflict.inputs(), "review"))
    assert json.loads(mine.payload) == {"vehicle": {"trim": "Touring"}}
    theirs = Page(agent.post({**conflict.inputs(), "vehicle-trim": "Sport"}, "review"))
    assert "Nothing to change" in theirs.text
