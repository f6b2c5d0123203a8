"""Test the page of the review queue."""

from dataclasses import replace

import pytest
from django.utils import timezone

from sessions_ui.models import AuditEntry, Flag, Kind
from tests.audit import authors
from tests.audit.authors import CAROL
from tests.pages import words
from tests.review import (
    ANA,
    refusal,
    shown,
    soup_of,
    unknown,
)

pytestmark = pytest.mark.django_db


def ticked(manager, ids, note="", address="/audit/review/"):
    upto = soup_of(manager.get(address)).select_one('input[name="upto"]')
    posted = {"entry": ids, "note": note, "upto": upto["value"] if upto else "0"}
    return manager.post(address, posted, follow=True)


def test_an_empty_queue_says_so(manager):
    authors.edit(actor=ANA)
    assert "Nothing needs a look" in words(manager.get("/audit/review/"))


def test_ticked_entries_are_marked_together_each_with_its_own_note(manager):
    ids = [refusal() for _ in range(3)]
    answer = ticked(manager, ids[:2], "Known: the training this morning")
    assert "2 entries marked reviewed" in words(answer)
    assert shown(answer) == [ids[2]]
    notes = AuditEntry.objects.filter(kind=Kind.NOTE).order_by("op")
    assert [(one.op, one.action) for one in notes] == [(one, "audit.reviewed") for one in ids[:2]]
    assert all("training" in one.detail for one in notes)


def test_a_post_without_ticked_entries_says_so(manager):
    refusal()
    assert "Tick the entries" in words(ticked(manager, []))
    assert "Tick the entries" in words(ticked(manager, ["x", "-1", ""]))
    assert not AuditEntry.objects.filter(kind=Kind.NOTE).exists()


def test_own_entries_cannot_be_ticked_and_are_skipped(manager, carol):
    own, other = refusal(replace(CAROL, id=carol.id)), refusal()
    page = soup_of(manager.get("/audit/review/"))
    assert [box["value"] for box in page.select('input[name="entry"]')] == [str(other)]
    assert "Your own" in page.get_text()
    answer = ticked(manager, [own, other, 10**7])
    assert "1 entry marked reviewed" in words(answer)
    assert "1 left as it was: you did it yourself" in words(answer)
    assert "1 left as it was: there is no such entry" in words(answer)
    assert shown(answer) == [own]


def test_flags_raised_after_the_page_was_rendered_are_not_closed(manager):
    edit_id = unknown()
    manager.get("/audit/review/")
    upto = Flag.objects.get().pk
    Flag.objects.create(
        entry_id=edit_id, cause="collateral", raised_at=timezone.now(), raised_by="PAVE Admin"
    )
    manager.post("/audit/review/", {"entry": [edit_id], "upto": upto, "note": ""})
    assert list(Flag.objects.filter(closed_at=None).values_list("cause")) == [("collateral",)]


def test_the_filter_is_kept_after_marking(manager):
    first, _ = refusal(), unknown()
    address = "/audit/review/?cause=refused_by_policy"
    answer = ticked(manager, [first], address=address)
    assert answer.request["QUERY_STRING"] == "cause=refused_by_policy"


def test_an_invalid_post_renders_the_queue_again(manager):
    edit_id = refusal()
    for bad in ({}, {"upto": "x"}, {"upto": "9" * 30}, {"upto": "1", "note": "x" * 2001}):
        assert manager.post("/audit/review/", {"entry": [edit_id], **bad}).status_code == 422
    assert not AuditEntry.objects.filter(kind=Kind.NOTE).exists()


def test_the_menu_marks_the_current_page(manager):
    for address, place in (("/audit/", "Audit"), ("/audit/review/", "Review")):
        found = soup_of(manager.get(address)).select('.nav-main [aria-current="page"]')
        assert [one.get_text(strip=True) for one in found] == [place]
    tabs = soup_of(manager.get("/audit/review/")).select('.places [aria-current="page"]')
    assert [tab.get_text() for tab in tabs] == ["Review"]


@pytest.mark.parametrize(
    ("name", "status"),
    [("alice", 403), ("carol", 200), ("dora", 403), ("nora", 403), (None, 302)],
)
def test_the_queue_is_for_managers(client, request, name, status):
    if name:
        client.force_login(request.getfixturevalue(name))
    assert client.get("/audit/review/").status_code == status
    posted = client.post("/audit/review/", {"upto": 0, "entry": []}).status_code
    assert posted == (302 if status == 200 else status)
    assert client.put("/audit/review/").status_code == (405 if status == 200 else status)
