"""Test review, watch rules and statistics in a browser, wide and narrow, light and dark."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from sessions_ui.models import Flag
from sessions_ui.services.review.watch_rules import ensure_default_rules
from tests.audit.authors import ALICE, BOB, PHONE, edit, ended, intent, refusal, sent

from .accessibility import assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = replace(ALICE, id=900_001, label="Jean-Baptiste Desrochers-Villeneuve de la Montagne")
URL = {"session.redirect_url": ("https://a.example.com/one", f"https://b.example.com/{'x-' * 60}")}


@pytest.fixture
def record(db):
    """Some of everything that a manager may have to review."""
    ensure_default_rules()
    for actor in (LONG, replace(BOB, id=900_002)):
        edit(PHONE, actor=actor)
        edit(URL, actor=actor)
        refusal(actor=actor, locks={"session.theme": "STARTED"})
    unknown = intent(PHONE, actor=LONG, note="Customer called about the number", ticket="ZD-1")
    sent(unknown, PHONE)
    ended(unknown, "unknown", error_code="deadline", duration_ms=15_000)
    return unknown


def look(page, name, picture):
    """Check that the page is accessible, light and dark, and take its picture."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert_accessible(page)
    picture(name)


def test_a_manager_reviews_what_needs_a_look(page, live_server, log_in, carol, record, picture):
    log_in(carol)
    page.get_by_role("link", name="Review").first.click()
    expect(page.get_by_role("heading", level=1, name="Review")).to_be_visible()
    look(page, "queue", picture)
    page.goto(f"{live_server.url}/audit/{record}/")
    look(page, "review-entry", picture)
    page.get_by_label("Comment").fill("Asked the agent, who waits for the verdict.")
    page.get_by_role("button", name="Mark reviewed").click()
    expect(page.get_by_text("It is on record under your name.")).to_be_visible()
    page.get_by_role("button", name="Open again").click()
    expect(page.get_by_role("button", name="Mark reviewed")).to_be_visible()
    page.goto(f"{live_server.url}/audit/review/?cause=refused_by_policy")
    boxes = page.get_by_role("checkbox")
    expect(boxes).to_have_count(2)
    boxes.first.check()
    page.get_by_role("button", name="Mark the ticked ones reviewed").click()
    expect(page.get_by_text("1 entry marked reviewed.")).to_be_visible()
    expect(page.get_by_role("checkbox")).to_have_count(1)
    assert Flag.objects.filter(closed_by=carol.username).count() == 2


def test_a_manager_makes_a_rule(page, live_server, log_in, carol, record, picture):
    log_in(carol)
    page.goto(f"{live_server.url}/audit/watches/")
    look(page, "watches", picture)
    page.get_by_text("Outside working hours").click()
    page.get_by_role("button", name="Make this rule").filter(visible=True).click()
    expect(page.get_by_text("The rule watches from now on.")).to_be_visible()
    page.get_by_role("link", name="Change “Edit outside").click()
    look(page, "watch", picture)


def test_the_pictures_can_be_read_everywhere(page, live_server, log_in, carol, record, picture):
    log_in(carol)
    page.goto(f"{live_server.url}/audit/pictures/")
    expect(page.locator("svg.picture")).to_have_count(5)
    look(page, "pictures", picture)
    page.get_by_role("link", name="Refused by our rules").last.click()
    expect(page.locator("tr[data-outcome=refused_by_policy]")).to_have_count(2)
