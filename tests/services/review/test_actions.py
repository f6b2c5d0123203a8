"""What a manager says of an entry: marks, flags, comments, and four eyes."""

import json
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from sessions_ui.models import AuditEntry, Flag, Kind
from sessions_ui.services.review.scan import scan_audit
from sessions_ui.services.review.status import review_statuses
from tests.audit import authors
from tests.audit.authors import ALICE, CAROL, KEY, ended, note, refusal, sent
from tests.pages import words

pytestmark = pytest.mark.django_db
ANA = replace(ALICE, id=900_001, label="Ana Ferreira")  # nobody who is logged in here


def edit(changes=None, *, actor=ANA, **more):
    return authors.edit(changes, actor=actor, **more)


def notes():
    return [
        (entry.op, entry.action, json.loads(entry.detail))
        for entry in AuditEntry.objects.filter(kind=Kind.NOTE).order_by("id")
    ]


@pytest.fixture
def manager(client, carol):
    carol.first_name, carol.last_name = "Carol", "Weber"
    carol.save()
    client.force_login(carol)
    return client


def say(client, entry_id, mark, words_said="", **more):
    return client.post(
        f"/audit/{entry_id}/mark/", {"mark": mark, "note": words_said, **more}, follow=True
    )


def unknown():
    edit_id = authors.intent(actor=ANA)
    sent(edit_id)
    ended(edit_id, "unknown")
    return edit_id


def sign_in_list(client, entry_id):
    soup = BeautifulSoup(client.get("/audit/").text, "html.parser")
    row = soup.select_one(f'tr[data-entry-id="{entry_id}"]')
    return [one.get_text(" ", strip=True) for one in row.select("td:last-child .sub .state")]


def test_a_review_is_a_note_and_closes_what_needed_a_look(manager):
    edit_id = unknown()
    scan_audit()
    assert sign_in_list(manager, edit_id) == ["Needs a look"]
    page = say(manager, edit_id, "reviewed", "Asked alice, all is well.")
    assert "Marked reviewed" in page.text
    assert notes() == [(edit_id, "audit.reviewed", {"note": "Asked alice, all is well."})]
    flag = Flag.objects.get()
    assert (flag.cause, flag.closed_by, flag.closing) == (
        "unknown", "Carol Weber", "Asked alice, all is well.",
    )  # fmt: skip
    assert flag.closed_at is not None
    assert "Carol Weber (Manager) reviewed this" in words(page)
    assert sign_in_list(manager, edit_id) == ["Reviewed"]


def test_an_entry_that_nothing_called_for_can_be_reviewed_too(manager):
    edit_id = edit()
    assert sign_in_list(manager, edit_id) == []
    say(manager, edit_id, "reviewed")
    assert notes() == [(edit_id, "audit.reviewed", {})]
    assert sign_in_list(manager, edit_id) == ["Reviewed"]


def test_a_second_review_changes_nothing_and_says_so(manager):
    edit_id = edit()
    say(manager, edit_id, "reviewed")
    assert "Somebody has reviewed this already" in say(manager, edit_id, "reviewed").text
    assert len(notes()) == 1


def test_a_flag_needs_words_and_stands_until_it_is_reviewed(manager):
    edit_id = edit()
    answer = say(manager, edit_id, "flagged")
    assert answer.status_code == 422
    assert "Write why it should be looked at." in answer.text
    assert notes() == []
    assert not Flag.objects.exists()
    say(manager, edit_id, "flagged", "Wrong car?")
    flag = Flag.objects.get()
    assert (flag.cause, flag.note, flag.raised_by, flag.closed_at) == (
        "flagged", "Wrong car?", "Carol Weber", None,
    )  # fmt: skip
    assert sign_in_list(manager, edit_id) == ["Flagged"]
    say(manager, edit_id, "reviewed")
    assert sign_in_list(manager, edit_id) == ["Reviewed"]
    say(manager, edit_id, "flagged", "Still the wrong car")
    assert Flag.objects.get(cause="flagged", closed_at=None).note == "Still the wrong car"


def test_a_comment_needs_words_and_changes_nothing_else(manager):
    edit_id = edit()
    assert say(manager, edit_id, "commented").status_code == 422
    say(manager, edit_id, "commented", "Bob knows more.")
    assert notes() == [(edit_id, "audit.commented", {"note": "Bob knows more."})]
    assert not Flag.objects.exists()


def test_a_review_can_be_opened_again(manager):
    edit_id = edit()
    assert "cannot be opened again" in say(manager, edit_id, "reopened").text
    say(manager, edit_id, "reviewed")
    page = say(manager, edit_id, "reopened", "Clicked by mistake")
    assert "Opened again" in words(page)
    assert [action for _, action, _ in notes()] == ["audit.reviewed", "audit.reopened"]
    assert sign_in_list(manager, edit_id) == ["Needs a look"]
    say(manager, edit_id, "reviewed", "Now really")
    assert sign_in_list(manager, edit_id) == ["Reviewed"]


def test_nobody_reviews_what_they_did_themselves(client, carol):
    edit_id = edit(actor=replace(CAROL, id=carol.id))
    client.force_login(carol)
    page = client.get(f"/audit/{edit_id}/")
    assert "You did this yourself, so somebody else has to review it." in words(page)
    assert "Mark reviewed" not in page.text
    answer = say(client, edit_id, "reviewed", "I know it is right.")
    assert "You did this yourself" in answer.text
    assert notes() == []
    assert not Flag.objects.exists()
    say(client, edit_id, "flagged", "Please look at my own edit")
    assert Flag.objects.filter(cause="flagged").exists()
    say(client, edit_id, "reviewed")
    assert Flag.objects.filter(closed_at=None).exists()


def test_what_came_up_after_the_page_was_drawn_stays_open(manager):
    edit_id = edit()
    say(manager, edit_id, "flagged", "first")
    soup = BeautifulSoup(manager.get(f"/audit/{edit_id}/").text, "html.parser")
    upto = soup.select_one('input[name="upto"]')["value"]
    Flag.objects.create(
        entry_id=edit_id,
        cause="collateral",
        raised_at=Flag.objects.get().raised_at,
        raised_by="PAVE Admin",
    )
    say(manager, edit_id, "reviewed", upto=upto)
    assert [flag.cause for flag in Flag.objects.filter(closed_at=None)] == ["collateral"]
    assert "Something new came up" in say(manager, edit_id, "reviewed", upto=upto).text


def test_a_refusal_and_an_access_can_be_marked_but_no_step_and_no_note(manager):
    refused = refusal()
    assert "Flagged." in say(manager, refused, "flagged", "Third time").text
    manager.get("/audit/?outcome=confirmed")
    searched = AuditEntry.objects.get(kind=Kind.ACCESS).id
    assert "Marked" not in say(manager, searched, "reviewed").text  # carol's own search
    assert "Flagged." in say(manager, searched, "flagged", "Why?").text
    edit_id = edit()
    for bad in (edit_id + 1, note(action="watch.made"), 10**6, 2**63, 10**30):
        answer = manager.post(f"/audit/{bad}/mark/", {"mark": "reviewed"})
        assert answer.status_code == 404, bad


def test_personal_values_stay_out_of_what_is_said(manager):
    edit_id = edit({"sms.to_name": ("", "Daniel Osei")})
    say(manager, edit_id, "flagged", "Daniel Osei says 647-555-0148 is wrong")
    assert notes()[0][2] == {"note": "••••• says •••-•••-0148 is wrong"}
    assert Flag.objects.get().note == "••••• says •••-•••-0148 is wrong"


def test_what_is_said_is_escaped(manager):
    edit_id = edit()
    say(manager, edit_id, "flagged", "<script>alert(1)</script>")
    assert "<script>alert" not in manager.get(f"/audit/{edit_id}/").text


def test_an_unreadable_mark_is_refused(manager):
    edit_id = edit()
    assert say(manager, edit_id, "erased").status_code == 422
    assert say(manager, edit_id, "").status_code == 422
    assert say(manager, edit_id, "reviewed", upto="9" * 40).status_code == 422
    assert notes() == []


@pytest.mark.parametrize(
    ("name", "status"), [("alice", 403), ("carol", 302), ("dora", 403), ("nora", 403)]
)
def test_marking_is_for_managers(client, request, name, status):
    edit_id = edit()
    client.force_login(request.getfixturevalue(name))
    answer = client.post(f"/audit/{edit_id}/mark/", {"mark": "reviewed"})
    assert answer.status_code == status
    assert bool(notes()) == (status == 302)


def test_a_stranger_is_asked_to_log_in(client):
    answer = client.post(f"/audit/{edit()}/mark/", {"mark": "reviewed"})
    assert answer["Location"].startswith("/accounts/login/")
    assert client.get("/audit/1/mark/").status_code == 302


def test_marking_is_a_post(manager):
    assert manager.get(f"/audit/{edit()}/mark/").status_code == 405


def test_the_signs_of_a_page_take_one_query(manager, django_assert_num_queries):
    ids = [edit() for _ in range(5)]
    for one in ids[:3]:
        say(manager, one, "flagged", "ReviewCause")
    with django_assert_num_queries(1):
        assert set(review_statuses(ids)) == set(ids[:3])


def test_agents_see_no_review_in_a_session_s_history(client, alice, carol):
    edit_id = edit()
    note(edit_id, "audit.flagged", "Look at this one", actor=CAROL)
    client.force_login(alice)
    page = client.get(f"/sessions/{KEY}/history/")
    assert "Look at this one" not in page.text
