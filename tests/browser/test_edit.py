"""Test an edit in a browser: an agent corrects a session, and a manager reads it in the audit."""

import pytest
from playwright.sync_api import expect

from .accessibility import WCAG, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KEY = "LKS-7Q2M9XK4RD"
REDIRECT = "https://trade.lakeshorehonda.ca/inspections/thank-you"


def test_an_agent_corrects_a_session_and_a_manager_reads_it(
    page, live_server, sandbox, alice, carol, log_in, picture
):
    alice.first_name, alice.last_name = "Alice", "Moreau"
    alice.save()
    page.goto(f"{live_server.url}/accounts/login/")
    picture("login")
    log_in(alice)
    expect(page).to_have_url(f"{live_server.url}/sessions/")
    look(page, picture, "find")
    find_the_session(page, picture)
    play_the_customers_start(page, live_server, sandbox)
    try_a_wrong_value(page, picture)
    review_and_send(page, picture)
    assert sandbox.state.document(KEY)["redirect_url"] == REDIRECT
    log_in(carol)
    expect(page).to_have_url(f"{live_server.url}/audit/")
    read_the_record(page, live_server, picture)


def look(page, picture, name):
    """Check a page for accessibility and take its picture."""
    assert_accessible(page, *WCAG)
    picture(name)


def find_the_session(page, picture):
    page.fill("[name=q]", f"https://lakeshore.vehiclecapture.com/{KEY}?l=en")
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(KEY)
    expect(page.locator("[data-field='session.theme'] select")).to_be_editable()
    look(page, picture, "edit-idle")


def play_the_customers_start(page, live_server, sandbox):
    page.goto(f"{sandbox.base_url}/customer/{KEY}")
    page.locator("[data-action='start']").click()
    page.goto(f"{live_server.url}/sessions/{KEY}/")
    theme = page.locator("[data-field='session.theme']")
    expect(theme).to_have_attribute("data-locked", "STARTED")
    expect(theme.locator("input")).to_have_attribute("readonly", "")
    expect(page.locator("#session .why")).to_contain_text("only before the customer starts")


def try_a_wrong_value(page, picture):
    page.fill("#id_session-redirect_url", REDIRECT)
    picture("edit-started")
    page.fill("#id_session-redirect_url", "http://dealer")
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.locator("#id_session-redirect_url")).to_have_value("http://dealer")
    look(page, picture, "edit-errors")


def review_and_send(page, picture):
    page.fill("#id_session-redirect_url", REDIRECT)
    page.get_by_role("button", name="Review").click()
    expect(page.locator("[data-payload]")).to_contain_text(REDIRECT)
    look(page, picture, "review")
    page.get_by_role("button", name="Send 1 change to PAVE").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose the reason")
    page.get_by_label("Customer asked").check()
    page.fill("#id_ticket", "ZD-48213")
    page.get_by_role("button", name="Send 1 change to PAVE").click()
    expect(page.locator("[data-outcome]")).to_have_attribute("data-outcome", "confirmed")
    expect(page.locator("#id_session-redirect_url")).to_have_value(REDIRECT)
    look(page, picture, "result")


def read_the_record(page, live_server, picture):
    row = page.locator("[data-outcome='confirmed']")
    expect(row).to_contain_text("Alice Moreau")
    expect(row).to_contain_text(KEY)
    look(page, picture, "audit")
    row.locator("a[href^='/audit/']").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Entry")
    look(page, picture, "entry")
    page.goto(f"{live_server.url}/sessions/{KEY}/history/")
    look(page, picture, "history")
    page.goto(f"{live_server.url}/fields/")
    look(page, picture, "fields")


def test_the_path_works_without_javascript(browser, live_server, sandbox, alice):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/sessions/{KEY}/")
    page.fill("#id_username", "alice")
    page.fill("#id_password", "correct horse battery")
    page.get_by_role("button", name="Log in").click()
    page.fill("#id_vehicle-trim", "Touring")
    page.get_by_role("button", name="Review").click()
    page.get_by_role("button", name="Back to editing").click()
    expect(page.locator("#id_vehicle-trim")).to_have_value("Touring")
    page.get_by_role("button", name="Review").click()
    page.get_by_label("Typo at creation").check()
    page.get_by_role("button", name="Send 1 change to PAVE").click()
    expect(page.locator("[data-outcome]")).to_have_attribute("data-outcome", "confirmed")
    context.close()


def test_a_double_click_sends_once(page, live_server, sandbox, alice, log_in):
    log_in(alice)
    page.goto(f"{live_server.url}/sessions/{KEY}/")
    page.fill("#id_vehicle-trim", "Touring")
    page.get_by_role("button", name="Review").click()
    page.get_by_label("Typo at creation").check()
    page.get_by_role("button", name="Send 1 change to PAVE").dblclick()
    expect(page.locator("[data-outcome]")).to_have_attribute("data-outcome", "confirmed")
    page.reload()
    expect(page.locator("[data-outcome]")).to_have_attribute("data-outcome", "confirmed")
    sent = [row for row in sandbox.state.journal() if row["method"] == "PUT"]
    assert len([row for row in sent if row["kind"] == "request"]) == 1


def test_a_page_left_in_mid_edit_loses_nothing(page, live_server, sandbox, alice, log_in):
    log_in(alice)
    page.goto(f"{live_server.url}/sessions/{KEY}/")
    page.fill("#id_vehicle-trim", "Touring")
    page.on("dialog", lambda asked: asked.accept())  # "Leave this page?"
    page.goto(f"{live_server.url}/sessions/")
    page.goto(f"{live_server.url}/sessions/{KEY}/")
    page.get_by_role("link", name="Put it back into the form").click()
    expect(page.locator("#id_vehicle-trim")).to_have_value("Touring")
