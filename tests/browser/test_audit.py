"""Test the audit's list in a browser: new entries, an export in progress, and saved views."""

import hashlib
import re

import pytest
from playwright.sync_api import expect

from sessions_ui.models import AuditEntry
from tests.audit.authors import BOB, PHONE, edit, intent, refusal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def carols(page, carol, live_server, log_in):
    log_in(carol)

    def go(address="/audit/"):
        page.goto(f"{live_server.url}{address}")
        return page

    return go


def test_new_entries_are_announced_and_no_row_moves(carols, picture):
    edit(PHONE)
    page = carols("/audit/")
    link = page.locator("[data-newer-link]")
    row = page.locator("tr[data-entry-id]").first
    place = row.bounding_box()
    page.clock.install()
    page.reload()
    edit(actor=BOB)
    intent()
    page.clock.fast_forward(21_000)
    expect(link).to_have_text("2 new entries")
    assert row.bounding_box() == place
    assert page.locator("tr[data-entry-id]").count() == 1
    refusal()
    page.clock.fast_forward(21_000)
    expect(link).to_have_text("3 new entries")
    picture("audit-newer")
    link.click()
    expect(page.locator("tr[data-entry-id]")).to_have_count(4)
    expect(link).to_be_hidden()


def test_a_hidden_page_does_not_ask_for_new_entries(carols):
    edit()
    page = carols("/audit/")
    requests = []
    page.on(
        "request", lambda request: requests.append(request) if "/newer/" in request.url else None
    )
    page.clock.install()
    page.reload()
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    page.clock.fast_forward(200_000)
    assert requests == []
    with page.expect_response(re.compile("/newer/")):
        page.evaluate(
            "delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))"
        )
    assert len(requests) == 1


@pytest.mark.parametrize(("name", "words"), [("CSV", "csv"), ("JSON Lines", "jsonl")])
def test_an_export_shows_its_progress_and_links_to_its_checksum(carols, picture, name, words):
    for _ in range(3):
        edit(PHONE | {"session.theme": ("LITE", "PRO")}, note="first line\nsecond line")
    page = carols("/audit/?field=sms.to")
    with page.expect_download() as started:
        page.get_by_role("link", name=re.compile(f"^{name}")).click()
    data = started.value.path().read_bytes()
    begun = AuditEntry.objects.get(action="audit.export")
    assert started.value.suggested_filename == f"pave-audit-{begun.id}.{words}"
    expect(page.locator("[data-export-words]")).to_have_text(
        f"Saved pave-audit-{begun.id}.{words}: 3 entries."
    )
    assert page.locator("progress").evaluate("bar => bar.value / bar.max") == 1
    expect(page.locator("[data-export-stop]")).to_be_hidden()
    picture(f"audit-export-{words}")
    page.get_by_role("link", name="Its entry, with SHA-256 and manifest").click()
    expect(page.locator("#sha256")).to_have_text(hashlib.sha256(data).hexdigest())
    picture(f"audit-exported-{words}")


def test_a_view_is_saved_deleted_and_restored(carols, picture):
    edit(PHONE)
    page = carols("/audit/?field=sms.to&outcome=confirmed")
    page.get_by_text("Save view").click()
    page.get_by_label("Name").fill("Phones that were changed")
    page.get_by_label("Who sees it").select_option("All managers")
    picture("audit-view-save")
    page.get_by_role("button", name="Save", exact=True).click()
    chip = page.get_by_role("link", name="Phones that were changed")
    expect(chip).to_have_attribute("aria-current", "page")
    picture("audit-views")
    page.get_by_role("button", name="Delete the view Phones that were changed").click()
    expect(chip).to_have_count(0)
    picture("audit-view-deleted")
    page.get_by_role("button", name="Undo").click()
    expect(chip).to_be_visible()
