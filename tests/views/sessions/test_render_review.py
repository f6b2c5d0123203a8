"""Render the review page of an edit."""

import json

import pytest

from tests.edits import payloads
from tests.pages import Page

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_review_shows_the_json_that_pave_gets(agent, sandbox):
    page = agent.open()
    inputs = {**page.inputs(), "vehicle-vin": "1ftew1ep3nfa73058", "vehicle-odom_reading": "90,210"}
    review = Page(agent.post(inputs, "review"))
    assert json.loads(review.payload) == {
        "vehicle": {"vin": "1FTEW1EP3NFA73058", "odom_reading": 90210}
    }
    assert not review.fields()
    assert payloads(sandbox) == []
    agent.send(review)
    assert payloads(sandbox) == [json.loads(review.payload)]


def test_warnings_do_not_block_an_edit(agent, sandbox):
    page = agent.open()
    odd = {
        "vehicle-vin": "1M8GDM9A1KP042788",
        "vehicle-transmission": "Warp drive",
        "vehicle-odom_reading": "1",
        "sms-to": "647-455-0199",
    }
    review = Page(agent.post({**page.inputs(), **odd}, "review"))
    for words in ("check digit", "not a usual value", "goes down", "cannot be taken back"):
        assert words in review.text
    assert agent.send(review).status_code == 303


def test_the_review_says_that_nobody_else_changed_it_only_if_nothing_moved(agent, sandbox, idle):
    page = agent.open()
    sandbox.state.act(idle, "start")
    typed = {"session-theme": "LITE", "session-language": "FR"}
    review = Page(agent.post({**page.inputs(), **typed}, "review"))
    assert "Nobody else changed" not in review.text
