"""Test personal values in a browser: a manager shows them and erases them."""

import pytest
from playwright.sync_api import expect

from sessions_ui.models import AuditValue
from tests.audit.authors import edit

from .accessibility import assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHANGES = {
    "sms.to": ("647-555-0126", "647-555-0148"),
    "sms.to_name": ("Daniel Osei", "Grace Lindqvist"),
    "session.theme": ("LITE", "PRO"),
}


def test_a_manager_shows_the_values_of_an_entry_once(page, live_server, carol, log_in, picture):
    number = edit(CHANGES, note="The customer gave us another number", ticket="T-4821")
    log_in(carol)
    page.goto(f"{live_server.url}/audit/{number}/")
    page.emulate_media(reduced_motion="reduce")
    picture("entry-masked")
    page.get_by_text("Show personal values").click()
    page.get_by_label("Why you need to see them").fill("too short")
    page.get_by_role("button", name="Show them once").click()
    expect(page.get_by_text("Write 10 characters or more")).to_be_visible()
    assert_accessible(page)
    picture("reveal-error")
    page.get_by_label("Why you need to see them").fill("The customer asks which number we texted.")
    page.get_by_role("button", name="Show them once").click()
    expect(page.get_by_text("Personal values are shown", exact=True)).to_be_visible()
    expect(page.locator("main")).to_contain_text("647-555-0126")
    assert "555" not in page.url
    assert_accessible(page)
    picture("reveal-shown")
    page.get_by_role("link", name="Mask them again").click()
    expect(page.locator("main")).not_to_contain_text("647-555")
    expect(page.locator("main")).to_contain_text("revealed personal values")


def test_a_manager_erases_a_number(page, live_server, carol, log_in, picture):
    for key in ("LKS-7Q2M9XK4RD", "NGF-8C0RQ5VJ2T", "LKS-7Q2M9XK4RD"):
        number = edit(CHANGES, key=key)
    log_in(carol)
    page.goto(f"{live_server.url}/audit/erase/")
    page.emulate_media(reduced_motion="reduce")
    assert_accessible(page)
    picture("erase-whose")
    page.get_by_label("Phone number or name").fill("12")
    page.get_by_role("button", name="Count where it stands").click()
    expect(page.get_by_text("Give a whole phone number")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Phone number or name").fill("+1 (647) 555-0126")
    page.get_by_role("button", name="Count where it stands").click()
    expect(page.get_by_role("heading", name="This phone number stands in 3 edits")).to_be_visible()
    assert_accessible(page)
    picture("erase-found")
    page.get_by_label("Who asked for it").fill("Letter of 3 November, article 17")
    page.get_by_label("Type ERASE").fill("erase")
    page.get_by_role("button", name="Erase for ever").click()
    expect(page.get_by_text("Type ERASE, in capitals.")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Type ERASE").fill("ERASE")
    page.get_by_role("button", name="Erase for ever").click()
    expect(page.get_by_text("is erased", exact=False).first).to_be_visible()
    assert_accessible(page)
    picture("erase-done")
    assert not AuditValue.objects.filter(value__contains="0126").exists()
    page.goto(f"{live_server.url}/audit/{number}/")
    expect(page.locator("main")).to_contain_text("(erased)")
    picture("entry-erased")


def test_the_hint_of_the_value_filter_is_read_with_its_box(
    page, live_server, carol, log_in, picture
):
    edit(CHANGES)
    log_in(carol)
    page.goto(f"{live_server.url}/audit/?value=647*")
    page.emulate_media(reduced_motion="reduce")
    expect(page.locator("tr[data-entry-id]")).to_have_count(1)
    assert_accessible(page)
    picture("audit-value")
