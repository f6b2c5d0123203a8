"""Test what each mark of a manager changes and records."""

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from sessions_ui.models import AuditEntry, Flag, Kind
from sessions_ui.services.review.scan import scan_audit
from tests.audit.authors import CAROL, note
from tests.pages import words
from tests.review import edit, mark, notes, refusal, unknown

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client, carol):
    carol.first_name, carol.last_name = "Carol", "Weber"
    carol.save()
    client.force_login(carol)
    return client


def status_in_list(client, entry_id):
    soup = BeautifulSoup(client.get("/audit/").text, "html.parser")
    row = soup.select_one(f'tr[data-entry-id="{entry_id}"]')
    return [one.get_text(" ", strip=True) for one in row.select("td:last-child .sub .state")]


def test_a_review_is_a_note_and_closes_the_flags(manager):
    edit_id = unknown()
    scan_audit()
    assert status_in_list(manager, edit_id) == ["Needs a look"]
    page = mark(manager, edit_id, "reviewed", "Asked alice, all is well.")
    assert "Marked reviewed" in page.text
    assert notes() == [(edit_id, "audit.reviewed", {"note": "Asked alice, all is well."})]
    flag = Flag.objects.get()
    assert (flag.cause, flag.closed_by, flag.closing) == (
        "unknown", "Carol Weber", "Asked alice, all is well.",
    )  # fmt: skip
    assert flag.closed_at is not None
    assert "Carol Weber (Manager) reviewed this" in words(page)
    assert status_in_list(manager, edit_id) == ["Reviewed"]


def test_an_entry_without_flags_can_be_reviewed(manager):
    edit_id = edit()
    assert status_in_list(manager, edit_id) == []
    mark(manager, edit_id, "reviewed")
    assert notes() == [(edit_id, "audit.reviewed", {})]
    assert status_in_list(manager, edit_id) == ["Reviewed"]


def test_a_second_review_changes_nothing_and_says_so(manager):
    edit_id = edit()
    mark(manager, edit_id, "reviewed")
    assert "Somebody has reviewed this already" in mark(manager, edit_id, "reviewed").text
    assert len(notes()) == 1


def test_a_flag_needs_a_note_and_is_open_until_it_is_reviewed(manager):
    edit_id = edit()
    answer = mark(manager, edit_id, "flagged")
    assert answer.status_code == 422
    assert "Write why it should be looked at." in answer.text
    assert notes() == []
    assert not Flag.objects.exists()
    mark(manager, edit_id, "flagged", "Wrong car?")
    flag = Flag.objects.get()
    assert (flag.cause, flag.note, flag.raised_by, flag.closed_at) == (
        "flagged", "Wrong car?", "Carol Weber", None,
    )  # fmt: skip
    assert status_in_list(manager, edit_id) == ["Flagged"]
    mark(manager, edit_id, "reviewed")
    assert status_in_list(manager, edit_id) == ["Reviewed"]
    mark(manager, edit_id, "flagged", "Still the wrong car")
    assert Flag.objects.get(cause="flagged", closed_at=None).note == "Still the wrong car"


def test_a_comment_needs_a_note_and_changes_nothing_else(manager):
    edit_id = edit()
    assert mark(manager, edit_id, "commented").status_code == 422
    mark(manager, edit_id, "commented", "Bob knows more.")
    assert notes() == [(edit_id, "audit.commented", {"note": "Bob knows more."})]
    assert not Flag.objects.exists()


def test_a_review_can_be_reopened(manager):
    edit_id = edit()
    assert "cannot be opened again" in mark(manager, edit_id, "reopened").text
    mark(manager, edit_id, "reviewed")
    page = mark(manager, edit_id, "reopened", "Clicked by mistake")
    assert "Opened again" in words(page)
    assert [action for _, action, _ in notes()] == ["audit.reviewed", "audit.reopened"]
    assert status_in_list(manager, edit_id) == ["Needs a look"]
    mark(manager, edit_id, "reviewed", "Now really")
    assert status_in_list(manager, edit_id) == ["Reviewed"]


def test_nobody_reviews_their_own_edit(client, carol):
    edit_id = edit(actor=replace(CAROL, id=carol.id))
    client.force_login(carol)
    page = client.get(f"/audit/{edit_id}/")
    assert "You did this yourself, so somebody else has to review it." in words(page)
    assert "Mark reviewed" not in page.text
    answer = mark(client, edit_id, "reviewed", "I know it is right.")
    assert "You did this yourself" in answer.text
    assert notes() == []
    assert not Flag.objects.exists()
    mark(client, edit_id, "flagged", "Please look at my own edit")
    assert Flag.objects.filter(cause="flagged").exists()
    mark(client, edit_id, "reviewed")
    assert Flag.objects.filter(closed_at=None).exists()


def test_flags_raised_after_the_page_was_rendered_stay_open(manager):
    edit_id = edit()
    mark(manager, edit_id, "flagged", "first")
    soup = BeautifulSoup(manager.get(f"/audit/{edit_id}/").text, "html.parser")
    upto = soup.select_one('input[name="upto"]')["value"]
    Flag.objects.create(
        entry_id=edit_id,
        cause="collateral",
        raised_at=Flag.objects.get().raised_at,
        raised_by="PAVE Admin",
    )
    mark(manager, edit_id, "reviewed", upto=upto)
    assert [flag.cause for flag in Flag.objects.filter(closed_at=None)] == ["collateral"]
    assert "Something new came up" in mark(manager, edit_id, "reviewed", upto=upto).text


def test_a_refusal_and_an_access_can_be_marked_but_no_step_and_no_note(manager):
    refused = refusal()
    assert "Flagged." in mark(manager, refused, "flagged", "Third time").text
    manager.get("/audit/?outcome=confirmed")
    searched = AuditEntry.objects.get(kind=Kind.ACCESS).id
    assert "Marked" not in mark(manager, searched, "reviewed").text  # carol's own search
    assert "Flagged." in mark(manager, searched, "flagged", "Why?").text
    edit_id = edit()
    for bad in (edit_id + 1, note(action="watch.made"), 10**6, 2**63, 10**30):
        answer = manager.post(f"/audit/{bad}/mark/", {"mark": "reviewed"})
        assert answer.status_code == 404, bad


def test_personal_values_are_removed_from_notes(manager):
    edit_id = edit({"sms.to_name": ("", "Daniel Osei")})
    mark(manager, edit_id, "flagged", "Daniel Osei says 647-555-0148 is wrong")
    assert notes()[0][2] == {"note": "••••• says •••-•••-0148 is wrong"}
    assert Flag.objects.get().note == "••••• says •••-•••-0148 is wrong"
