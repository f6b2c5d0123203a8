"""Render the form page of a session."""

import pytest

from sessions_ui.domain.catalogue import CATALOGUE
from tests.edits import called_not_in_effect
from tests.pages import Agent

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_writable_field_is_on_the_page_once(agent):
    page = agent.open()
    wrappers = [wrapper["data-field"] for wrapper in page.soup.select("[data-field]")]
    assert sorted(wrappers) == sorted(spec.key for spec in CATALOGUE.writable)
    assert not any(page.fields().values())
    for spec in CATALOGUE.writable:
        assert page.control(spec.key)["name"] == spec.input_name


def test_a_session_that_was_never_read_is_shown_without_claims(agent, sandbox):
    sandbox.state.fault("error_before", method="GET", status=500, times=99)
    page = agent.open()
    assert "never read here before" in page.text
    assert "Not set" not in page.text
    assert "Nothing was sent" not in page.text
    assert not page.soup.select("[data-review]")


def test_the_page_says_that_an_edit_took_effect_late(client, bob, sandbox, idle):
    edit = called_not_in_effect(idle, session__theme="LITE")
    agent = Agent(client, bob, idle)
    assert "took effect late" not in agent.open().text
    sandbox.state.poke(idle, "session.theme", "LITE")
    assert "alice changed the theme" in agent.open().text
    notice = agent.open().soup.find(string="An edit took effect late").find_parent("div")
    assert notice.find("a")["href"] == f"?edit={edit.entry_id}"
