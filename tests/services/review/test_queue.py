"""The review queue: what stands there and in which order, and what can be done with it."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import DatabaseError
from django.utils import timezone

from sessions_ui.domain.rules.review_causes import CAUSES
from sessions_ui.models import AuditEntry, Flag, Kind
from sessions_ui.services.review import queue as waiting
from tests.audit import authors
from tests.audit.authors import ALICE, CAROL, PHONE
from tests.pages import words

pytestmark = pytest.mark.django_db
ANA = replace(ALICE, id=900_001, label="Ana Ferreira")  # nobody who is logged in here


@pytest.fixture
def manager(client, carol):
    client.force_login(carol)
    return client


def soup_of(answer):
    return BeautifulSoup(answer.text, "html.parser")


def shown(answer):
    return [int(row["data-review"]) for row in soup_of(answer).select("tr[data-review]")]


def refusal(actor=ANA):
    return authors.refusal(actor=actor)


def unknown(actor=ANA):
    edit_id = authors.intent(PHONE, actor=actor)
    authors.sent(edit_id, PHONE)
    authors.ended(edit_id, "unknown")
    return edit_id


def ticked(manager, ids, note="", address="/audit/review/"):
    upto = soup_of(manager.get(address)).select_one('input[name="upto"]')
    posted = {"entry": ids, "note": note, "upto": upto["value"] if upto else "0"}
    return manager.post(address, posted, follow=True)


def test_an_empty_queue_says_so(manager):
    authors.edit(actor=ANA)
    assert "Nothing needs a look" in words(manager.get("/audit/review/"))


def test_opening_the_queue_looks_through_what_is_new(manager):
    first, second = unknown(), refusal()
    answer = manager.get("/audit/review/")
    assert shown(answer) == [first, second]
    text = words(answer)
    for said in ("Ana Ferreira sent a change to the phone number", "Unknown, still open",
                 CAUSES["unknown"].means, CAUSES["unknown"].then, "just now", "2 entries",
                 "Refused by our rules", CAUSES["refused_by_policy"].then):  # fmt: skip
        assert said in text
    assert "555-01" not in answer.text


def test_the_oldest_comes_first_whatever_its_number(manager):
    young, old = unknown(), refusal()
    manager.get("/audit/review/")
    Flag.objects.filter(entry_id=old).update(raised_at=timezone.now() - timedelta(days=3))
    answer = manager.get("/audit/review/")
    assert shown(answer) == [old, young]
    assert "3 days ago" in words(answer)


def test_an_entry_stands_there_once_with_all_its_causes(manager):
    edit_id = unknown()
    manager.post(f"/audit/{edit_id}/mark/", {"mark": "flagged", "note": "Which phone is it?"})
    answer = manager.get("/audit/review/")
    assert shown(answer) == [edit_id]
    for said in ("Unknown, still open", "Flagged by a person", "“Which phone is it?”"):
        assert said in words(answer)


def test_it_can_be_asked_for_one_cause(manager):
    edit_id, refused = unknown(), refusal()
    assert shown(manager.get("/audit/review/?cause=unknown")) == [edit_id]
    assert shown(manager.get("/audit/review/?cause=refused_by_policy")) == [refused]
    assert "Nothing needs a look" in words(manager.get("/audit/review/?cause=collateral"))
    wrong = manager.get("/audit/review/?cause=<b>")
    assert shown(wrong) == []
    assert "is not a cause" in words(wrong)
    chips = soup_of(manager.get("/audit/review/")).select(".set a.chip")
    assert [chip["href"] for chip in chips] == ["?cause=unknown", "?cause=refused_by_policy"]


def test_the_watch_rules_are_one_cause(manager):
    ids = [authors.edit(actor=ANA) for _ in range(2)]
    for one, cause in ((ids[0], "watch:1"), (ids[0], "watch:2"), (ids[1], "watch:2")):
        Flag.objects.create(
            entry_id=one, cause=cause, raised_at=timezone.now(), raised_by="x", note="Rule"
        )
    answer = manager.get("/audit/review/?cause=watch")
    assert shown(answer) == ids
    assert re.search(r"A watch rule 2\b", words(answer))


def test_a_long_queue_is_read_page_by_page_without_a_gap(manager, monkeypatch):
    monkeypatch.setattr(waiting, "PAGE_SIZE", 3)
    ids = [refusal() for _ in range(8)]
    manager.get("/audit/review/")
    Flag.objects.update(raised_at=timezone.now())  # all at one moment
    read, address = [], "/audit/review/"
    for _ in range(5):
        answer = manager.get(address)
        read += shown(answer)
        further = soup_of(answer).select_one('a[rel="next"]')
        if not further:
            break
        address = f"/audit/review/{further['href']}"
        Flag.objects.filter(entry_id=read[-1]).update(closed_at=timezone.now(), closed_by="x")
    assert read == ids
    for strange in ("x", "-1", "9" * 30, "1-", "9" * 16 + "-" + "9" * 18, "0-0", "1-1-1"):
        assert manager.get(f"/audit/review/?after={strange}").status_code == 200


def test_ticked_entries_are_marked_together_each_with_its_own_note(manager):
    ids = [refusal() for _ in range(3)]
    answer = ticked(manager, ids[:2], "Known: the training this morning")
    assert "2 entries marked reviewed" in words(answer)
    assert shown(answer) == [ids[2]]
    notes = AuditEntry.objects.filter(kind=Kind.NOTE).order_by("op")
    assert [(one.op, one.action) for one in notes] == [(one, "audit.reviewed") for one in ids[:2]]
    assert all("training" in one.detail for one in notes)


def test_nothing_ticked_is_said(manager):
    refusal()
    assert "Tick the entries" in words(ticked(manager, []))
    assert "Tick the entries" in words(ticked(manager, ["x", "-1", ""]))
    assert not AuditEntry.objects.filter(kind=Kind.NOTE).exists()


def test_one_s_own_cannot_be_ticked_and_is_left_when_it_is_posted(manager, carol):
    own, other = refusal(replace(CAROL, id=carol.id)), refusal()
    page = soup_of(manager.get("/audit/review/"))
    assert [box["value"] for box in page.select('input[name="entry"]')] == [str(other)]
    assert "Your own" in page.get_text()
    answer = ticked(manager, [own, other, 10**7])
    assert "1 entry marked reviewed" in words(answer)
    assert "1 left as it was: you did it yourself" in words(answer)
    assert "1 left as it was: there is no such entry" in words(answer)
    assert shown(answer) == [own]


def test_what_came_up_after_the_page_was_drawn_is_not_marked_with_it(manager):
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


def test_a_bad_post_is_drawn_again(manager):
    edit_id = refusal()
    for bad in ({}, {"upto": "x"}, {"upto": "9" * 30}, {"upto": "1", "note": "x" * 2001}):
        assert manager.post("/audit/review/", {"entry": [edit_id], **bad}).status_code == 422
    assert not AuditEntry.objects.filter(kind=Kind.NOTE).exists()


def test_the_page_takes_few_queries_however_many_rows(manager, django_assert_max_num_queries):
    for _ in range(12):
        refusal()
        unknown()
    manager.get("/audit/review/")
    with django_assert_max_num_queries(25):
        assert len(shown(manager.get("/audit/review/"))) == 24


def test_the_queue_stands_when_the_database_takes_no_writes(manager, monkeypatch):
    edit_id = unknown()
    manager.get("/audit/review/")

    def refused(**_):
        raise DatabaseError

    monkeypatch.setattr(waiting, "scan_audit", refused)
    refusal()
    answer = manager.get("/audit/review/")
    assert shown(answer) == [edit_id]
    assert "The newest 1 entry was not looked through yet" in words(answer)


def test_the_bar_says_how_many_entries_wait(manager):
    def said():
        bar = soup_of(manager.get("/audit/")).select_one(".nav-main")
        return bar.find("a", string=None, href="/audit/review/").get_text(" ", strip=True)

    assert said() == "Review"
    unknown()
    refusal()
    manager.get("/audit/review/")
    assert said() == "Review 2 waiting"
    now = timezone.now()
    Flag.objects.bulk_create(
        Flag(entry_id=10_000 + n, cause="x", raised_at=now, raised_by="x") for n in range(150)
    )
    assert said() == "Review 99+ waiting"


def test_the_bar_marks_one_place_as_the_present_one(manager):
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
