"""Test the history of a session in a browser: its timeline, its state at a moment, and a revert."""

from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import expect

from sessions_ui.domain.actor import Actor
from sessions_ui.models import Observation
from tests.audit.authors import note
from tests.pages import Agent

from .accessibility import WCAG, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KEY = "LKS-7Q2M9XK4RD"
HOUR = timedelta(hours=1)


def look(page, picture, name):
    """Check a page for accessibility and take its picture."""
    assert_accessible(page, *WCAG)
    picture(name)


def step(page, words):
    """The one step with these words, on any day of the timeline."""
    return page.locator("ol.steps > li", has_text=words)


@pytest.fixture
def edited(client, alice, carol, sandbox):
    """A session with a history: edits, a lost answer, a refusal, and the customer's start."""
    agent = Agent(client, alice, KEY)
    page = agent.edit(session_theme="LITE", vehicle_trim="Touring", sms_to_name="Grace Lindqvist")
    first = int(page.soup.select_one("[data-entry-id]")["data-entry-id"])
    sandbox.state.act(KEY, "fail-text")
    agent.open()
    sandbox.state.poke(KEY, "vehicle.make", "Acura")
    sandbox.state.fault("reset_after", method="PUT")
    agent.send(agent.review(vehicle_odom_reading="90210"))
    form = agent.open()
    sandbox.state.act(KEY, "start")
    agent.review(form, vehicle_trim="Sport", session_language="FR")
    boss = Actor(id=carol.pk, label="Carol Reyes", role="Manager")
    begin = Observation.objects.earliest("id")
    begin.seen_at, begin.last_seen_at = begin.seen_at - HOUR * 3, begin.last_seen_at - HOUR
    begin.save()
    note(first, "audit.flagged", text="Please check with the dealer.", actor=boss, key=KEY)
    return first


def test_the_history_leads_to_past_states_and_to_a_revert(
    page, live_server, sandbox, alice, carol, log_in, picture, edited
):
    log_in(alice)
    page.goto(f"{live_server.url}/sessions/{KEY}/history/")
    expect(step(page, "Status went from Not started (IDLE)")).to_be_visible()
    expect(page.locator("figure.course-strip")).to_contain_text("Not started")
    look(page, picture, "history-agent")
    row = page.locator(f"#entry-{edited}")
    row.get_by_role("link", name="Before").click()
    expect(page.locator("[data-then='session.theme']")).to_contain_text("Editable")
    look(page, picture, "past-before")
    page.goto(f"{live_server.url}/sessions/{KEY}/past/")
    expect(page.locator("[data-then='session.theme']")).to_contain_text("STARTED")
    look(page, picture, "past-now")
    page.goto(f"{live_server.url}/sessions/{KEY}/past/?at=tomorrow")
    expect(page.get_by_role("alert")).to_contain_text("is not a moment")
    look(page, picture, "past-problem")
    page.goto(f"{live_server.url}/sessions/{KEY}/history/")
    row.locator("summary").click()
    look(page, picture, "history-revert")
    row.get_by_role("button", name="All 3 fields").click()
    expect(page.get_by_text(f"This takes back edit #{edited}")).to_be_visible()
    look(page, picture, "revert-locked")
    sandbox.state.act(KEY, "reset")
    Agent(Client(), alice, KEY).edit(session_language="FR", session_theme="CAPT")
    page.goto(f"{live_server.url}/sessions/{KEY}/history/")
    page.locator("ol.steps details.revert summary").first.click()
    page.get_by_role("button", name="Both fields").first.click()
    expect(page.locator("[data-payload]")).to_be_visible()
    look(page, picture, "revert-review")
    page.get_by_role("button", name="Send 2 changes to PAVE").click()
    expect(page.locator("[data-outcome]")).to_have_attribute("data-outcome", "confirmed")
    log_in(carol)
    page.goto(f"{live_server.url}/sessions/{KEY}/history/")
    expect(step(page, "Please check with the dealer.")).to_be_visible()
    look(page, picture, "history-manager")
    page.get_by_role("link", name="Reverts").or_(
        page.locator("ol.steps span", has_text="Reverts #").locator("a")
    ).first.click()
    expect(page.get_by_role("heading", name="Looking back")).to_be_visible()
    look(page, picture, "entry-reverted")
