"""Build a session's form: which values are validated, and what an error looks like."""

import json

import pytest

from tests.edits import payloads
from tests.pages import Page

pytestmark = pytest.mark.django_db(transaction=True)

ERRORS = [
    ("vehicle-vin", "2HGFC2F7XMHO18462", "Did you mean"),
    ("vehicle-vin", "SHORT", "17 characters"),
    ("vehicle-year", "21", "four digits"),
    ("vehicle-odom_reading", "many", "digits"),
    ("sms-to", "416-555-01", "digits"),
    ("sms-to", "call me", "digits, spaces, dashes"),
    ("session-redirect_url", "http://dealer.ca/", "https"),
    ("session-theme", "NEON", "not on the list"),
    ("vehicle-make", "", "no way to empty"),
    ("vehicle-trim", "x" * 256, "255"),
]


@pytest.mark.parametrize(("name", "text", "words"), ERRORS)
def test_an_error_is_explained_and_the_input_kept(agent, sandbox, name, text, words):
    page = agent.open()
    key = name.replace("-", ".", 1)
    back = Page(agent.post({**page.inputs(), name: text, "session-client_id": "K-9"}, "review"))
    assert back.status == 422
    assert words in back.field_text(key)
    assert back.shown("session.client_id") == "K-9"
    assert back.control(key)["aria-invalid"] == "true"
    assert back.soup.title.get_text().startswith("Error:")
    assert back.soup.select_one('[role="alert"] a')["href"] == f"#id_{name}"
    if back.control(key).name == "input":
        assert back.shown(key) == text
    assert payloads(sandbox) == []


def test_only_changed_values_are_validated(agent, sandbox, idle):
    sandbox.state.poke(idle, "session.redirect_url", "http://10.0.0.1/old")
    sandbox.state.poke(idle, "vehicle.vin", "UNKNOWN")
    sandbox.state.poke(idle, "session.language", "de")
    review = agent.review(session_theme="LITE")
    assert json.loads(review.payload) == {"session": {"theme": "LITE"}}
