"""Test that the pages list each entry once, newest first."""

from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions_ui.audit.log.record import record_access
from sessions_ui.audit.search.pagination import load_page, load_session_history
from sessions_ui.audit.search.query_builder import EntrySearch
from sessions_ui.domain.actor import Actor
from tests.audit.authors import (
    ALICE,
    BOB,
    KEY,
    PHONE,
    THEME,
    edit,
    ended,
    intent,
    refusal,
    resolved,
    undone,
)
from tests.audit.search.find import find, parse

pytestmark = pytest.mark.django_db
OTHER = "NGF-8C0RQ5VJ2T"


def access(action="audit.search", actor=ALICE):
    with transaction.atomic():
        return record_access(actor=actor, action=action).id


def test_the_list_has_one_row_per_edit_with_its_latest_outcome():
    first = edit()
    refused = refusal({"session.theme": ("LITE", "PRO")}, locks={"session.theme": "STARTED"})
    access()
    second = intent(actor=BOB)
    ended(second, "unknown", actor=BOB)
    resolved(second, "in_effect")
    rows = load_page(parse()).rows
    assert [(row.entry.id, row.outcome.value) for row in rows] == [
        (second, "in_effect"),
        (refused, "refused_by_policy"),
        (first, "confirmed"),
    ]


def test_accesses_are_listed_only_on_request():
    edit_id, access_id = edit(), access()
    assert find() == [edit_id]
    assert find(kind="access") == [access_id]
    assert load_page(parse(kind="access")).rows[0].sentence == ("Alice Moreau searched the audit")


SORTS = st.lists(st.sampled_from(["edit", "other", "refusal", "access", "open"]), max_size=24)
PARAMS = st.sampled_from(
    [{}, {"session": KEY}, {"actor": "bob"}, {"outcome": "confirmed"}, {"field": "sms.to"},
     {"kind": "access"}, {"outcome": "pending", "actor": "alice"}, {"value": "647-555-0148"},
     {"status": "IDLE", "reason": "wrong_number"}]
)  # fmt: skip


def write_entry(sort):
    match sort:
        case "edit":
            edit(PHONE)
        case "other":
            edit(actor=BOB, key=OTHER, code="vin_correction")
        case "refusal":
            refusal(actor=BOB)
        case "access":
            access()
        case "open":
            intent()


@given(sorts=SORTS, params=PARAMS, size=st.integers(1, 7))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_paging_both_ways_lists_each_entry_once(users, sorts, params, size):
    with undone():
        for sort in sorts:
            write_entry(sort)
        audit_filter = parse(**params)
        ids = sorted(EntrySearch(audit_filter).ids(), reverse=True)
        assert len(set(ids)) == len(ids)

        down, page = [], load_page(audit_filter, size)
        assert page.newer is None
        pages = [page]
        while page.older:
            page = load_page(replace(audit_filter, before=page.older), size)
            pages.append(page)
        down = [row.entry.id for page in pages for row in page.rows]
        assert down == ids

        up = [row.entry.id for row in page.rows]
        while page.newer:
            page = load_page(replace(audit_filter, after=page.newer), size)
            up = [row.entry.id for row in page.rows] + up
        assert up == ids
        assert list(EntrySearch(audit_filter).ids_newest_first()) == ids
        assert pages[0].count_label == str(len(ids))


def test_counting_stops_at_a_limit(monkeypatch):
    monkeypatch.setattr("sessions_ui.audit.search.pagination.MAX_COUNTED", 3)
    for _ in range(3):
        intent()
    assert load_page(parse()).count_label == "3"
    intent()
    assert load_page(parse()).count_label == "3+"


def test_a_page_takes_five_queries_however_long(django_assert_num_queries):
    edit(PHONE)
    with django_assert_num_queries(5):  # window, count, ids, entries, values
        load_page(parse())
    for _ in range(8):
        edit(PHONE)
    with django_assert_num_queries(5):
        load_page(parse())


def test_the_session_history_has_the_latest_edits_of_one_session():
    for _ in range(4):
        edit(key=OTHER)
    ids = [edit(THEME) for _ in range(3)]
    assert [row.entry.id for row in load_session_history(KEY, limit=2)] == [ids[2], ids[1]]


def test_an_access_may_have_no_user():
    access("audit.export", actor=Actor(None, "root (command line)", "System"))
    assert load_page(parse(kind="access")).rows[0].outcome is None
