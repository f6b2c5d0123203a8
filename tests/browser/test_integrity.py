"""Test the integrity page in a browser: not yet verified, intact, and with a failure."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from playwright.sync_api import expect

from sessions_ui.audit.integrity.sealing import seal_entries
from sessions_ui.models import AuditCheckpoint, AuditEntry
from tests.audit.authors import PHONE, edit, intent

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_manager_reads_the_result_of_the_verification(
    page, log_in, live_server, picture, carol, settings, tmp_path
):
    settings.AUDIT_SEAL_COPY = str(tmp_path / "copy.jsonl")
    log_in(carol)
    page.goto(f"{live_server.url}/audit/evidence/")
    expect(page.get_by_role("heading", name="Not verified yet")).to_be_visible()
    picture("evidence-empty")
    for turn in range(20):
        for _ in range(turn % 4):
            edit(PHONE)
        seal_entries(key=settings.AUDIT_SEAL_KEY)
    call_command("audit_seal")
    intent()
    call_command("audit_verify")
    page.reload()
    expect(page.get_by_role("heading", name="The record is as it was written")).to_be_visible()
    picture("evidence-sound")
    first = AuditEntry.objects.order_by("id").first()
    AuditEntry.objects.filter(id=first.id).update(ticket="x")
    with pytest.raises(CommandError):
        call_command("audit_verify")
    AuditCheckpoint.objects.update(sealed_at=first.ts - timedelta(hours=1))
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text(f"Entry #{first.id} was changed")
    picture("evidence-doubt")
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_text("Not as it was written")).to_be_visible()
    page.goto(f"{live_server.url}/audit/")
    expect(page.get_by_role("alert")).to_contain_text("The record is in doubt")
    picture("audit-doubt")
