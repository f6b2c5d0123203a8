"""Test which entries are in the review queue, and in which order."""

import re
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from sessions_ui.domain.rules.review_causes import CAUSES
from sessions_ui.models import Flag
from sessions_ui.services.review import queue as queue_module
from tests.audit import authors
from tests.pages import words
from tests.review import (
    ANA,
    refusal,
    shown,
    soup_of,
    unknown,
)

pytestmark = pytest.mark.django_db


def test_opening_the_queue_scans_new_entries(manager):
    first, second = unknown(), refusal()
    answer = manager.get("/audit/review/")
    assert shown(answer) == [first, second]
    text = words(answer)
    for said in ("Ana Ferreira sent a change to the phone number", "Unknown, still open",
                 CAUSES["unknown"].means, CAUSES["unknown"].then, "just now", "2 entries",
                 "Refused by our rules", CAUSES["refused_by_policy"].then):  # fmt: skip
        assert said in text
    assert "555-01" not in answer.text


def test_the_oldest_flag_comes_first(manager):
    young, old = unknown(), refusal()
    manager.get("/audit/review/")
    Flag.objects.filter(entry_id=old).update(raised_at=timezone.now() - timedelta(days=3))
    answer = manager.get("/audit/review/")
    assert shown(answer) == [old, young]
    assert "3 days ago" in words(answer)


def test_an_entry_is_listed_once_with_all_its_causes(manager):
    edit_id = unknown()
    manager.post(f"/audit/{edit_id}/mark/", {"mark": "flagged", "note": "Which phone is it?"})
    answer = manager.get("/audit/review/")
    assert shown(answer) == [edit_id]
    for said in ("Unknown, still open", "Flagged by a person", "“Which phone is it?”"):
        assert said in words(answer)


def test_the_queue_can_be_filtered_by_cause(manager):
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


def test_a_long_queue_is_paginated_without_gaps(manager, monkeypatch):
    monkeypatch.setattr(queue_module, "PAGE_SIZE", 3)
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


def test_the_page_takes_few_queries_however_many_rows(manager, django_assert_max_num_queries):
    for _ in range(12):
        refusal()
        unknown()
    manager.get("/audit/review/")
    with django_assert_max_num_queries(25):
        assert len(shown(manager.get("/audit/review/"))) == 24


def test_the_queue_is_shown_from_a_read_only_database(manager, monkeypatch):
    edit_id = unknown()
    manager.get("/audit/review/")

    def refused(**_):
        raise DatabaseError

    monkeypatch.setattr(queue_module, "scan_audit", refused)
    refusal()
    answer = manager.get("/audit/review/")
    assert shown(answer) == [edit_id]
    assert "The newest 1 entry was not looked through yet" in words(answer)
