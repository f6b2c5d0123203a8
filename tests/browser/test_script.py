"""Test what the script adds to pages that also work without it."""

import re

import pytest
from playwright.sync_api import expect

from .accessibility import assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KEY = "LKS-7Q2M9XK4RD"


@pytest.fixture
def form(page, live_server, sandbox, alice, log_in):
    """Open the form of a session that has not started, as an agent."""
    log_in(alice)
    page.goto(f"{live_server.url}/sessions/{KEY}/")
    return page


def _count(page):
    return page.locator("[data-change-count] strong")


def _trim(page):
    return page.locator("[data-field='vehicle.trim']")


def test_changes_are_counted_marked_and_undone(form):
    expect(_count(form)).to_have_text("No changes yet")
    form.fill("#id_vehicle-trim", "EX-L")
    form.select_option("#id_session-language", "FR")
    expect(_count(form)).to_have_text("2 changes")
    expect(form.locator("[data-review]")).to_have_text("Review 2 changes")
    expect(_trim(form)).to_have_class(re.compile(r"\bchanged\b"))
    expect(_trim(form)).to_contain_text("Changed")
    expect(_trim(form).locator("[data-was-line]")).to_contain_text("EX")
    expect(form.locator("[data-field='session.language'] [data-was-text]")).to_have_text(
        "English · EN"
    )
    _trim(form).get_by_role("button", name="Undo").click()
    expect(form.locator("#id_vehicle-trim")).to_have_value("EX")
    expect(form.locator("#id_vehicle-trim")).to_be_focused()
    expect(_trim(form).locator("[data-was-line]")).to_be_hidden()
    expect(_count(form)).to_have_text("1 change")


def test_the_value_before_survives_a_round_trip(form):
    form.fill("#id_vehicle-trim", "EX-L")
    form.select_option("#id_session-theme", "LITE")
    form.locator("#id_vehicle-trim").press("Control+Enter")
    expect(form.get_by_role("heading", level=1)).to_have_text("Review 2 changes")
    form.get_by_role("button", name="Back to editing").click()
    expect(_count(form)).to_have_text("2 changes")
    _trim(form).get_by_role("button", name="Undo").click()
    expect(form.locator("#id_vehicle-trim")).to_have_value("EX")
    form.locator("[data-field='session.theme']").get_by_role("button", name="Undo").click()
    expect(form.locator("#id_session-theme")).to_have_value("PRO")
    expect(_count(form)).to_have_text("No changes yet")


def test_leaving_typed_text_behind_needs_a_confirmation(form):
    dialogs = []
    form.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.dismiss()))
    form.fill("#id_vehicle-trim", "EX-L")
    form.get_by_role("link", name="Fields and rules").click()
    expect(form.locator("#id_vehicle-trim")).to_have_value("EX-L")
    assert dialogs == ["beforeunload"]


def test_the_theme_changes_without_losing_typed_text(form):
    form.fill("#id_vehicle-trim", "EX-L")
    form.locator("details.menu summary").click()
    form.get_by_role("button", name="Dark", exact=True).click()
    expect(form.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(form.get_by_role("button", name="Dark", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(form.locator("#id_vehicle-trim")).to_have_value("EX-L")
    form.keyboard.press("Escape")
    expect(form.locator("details.menu")).not_to_have_attribute("open", "")


def test_shortcuts_work_outside_fields_and_can_be_switched_off(form):
    form.keyboard.press("e")
    expect(form.locator("#id_session-redirect_url")).to_be_focused()
    form.keyboard.press("End")
    form.keyboard.type("?g s")  # in a field a key is a letter
    expect(form.locator("#id_session-redirect_url")).to_have_value(re.compile(r"\?g s$"))
    form.locator("[data-field='session.redirect_url'] [data-undo]").click()

    form.locator("h1").click()
    form.keyboard.press("?")
    expect(form.locator("#shortcuts")).to_be_visible()
    assert_accessible(form)
    form.locator("[data-shortcuts-switch]").uncheck()
    form.get_by_role("button", name="Close").click()
    form.locator("h1").click()
    form.keyboard.press("?")
    expect(form.locator("#shortcuts")).to_be_hidden()

    form.get_by_role("button", name="Keyboard shortcuts").click()
    form.locator("[data-shortcuts-switch]").check()
    form.keyboard.press("Escape")
    form.locator("h1").click()
    form.keyboard.press("g")
    form.keyboard.press("f")
    expect(form.get_by_role("heading", level=1)).to_have_text("Fields and rules")
    form.wait_for_load_state()  # the script of the new page has to be there
    form.keyboard.press("/")
    expect(form.get_by_role("heading", level=1)).to_have_text("Sessions")
    form.keyboard.press("/")
    expect(form.locator("#id_q")).to_be_focused()


def test_a_form_is_sent_once_however_often_the_button_is_pressed(form):
    form.fill("#id_vehicle-trim", "EX-L")
    form.locator("[data-review]").click()
    posts = []
    form.on("request", lambda one: posts.append(one) if one.method == "POST" else None)
    form.get_by_label("Typo at creation").check()
    form.evaluate(
        """() => {
            const button = document.querySelector("[data-send]");
            button.click();
            button.click();
        }"""
    )
    expect(form.locator("[data-outcome]")).to_be_visible()
    assert len(posts) == 1
