"""Finding entries: complete, without doubles, newest first, whatever is asked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions_ui.audit.log.record import record_access
from sessions_ui.audit.search.filters import AuditFilter
from sessions_ui.audit.search.pagination import entries_page, session_history
from sessions_ui.audit.search.query_builder import EntrySearch
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.forms.audit_filter import read_filter
from sessions_ui.models import AuditEntry, Kind
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

pytestmark = pytest.mark.django_db

OTHER = "NGF-8C0RQ5VJ2T"


@pytest.fixture(autouse=True)
def users(db):
    """The users behind the actors `ALICE` and `BOB`."""
    User.objects.bulk_create([User(id=1, username="alice"), User(id=2, username="bob")])


def asked(**params):
    """The filter in these parameters (``from_`` for ``from``)."""
    return read_filter({name.rstrip("_"): value for name, value in params.items()})


def found(**params):
    return [row.entry.id for row in entries_page(asked(**params)).rows]


def access(action="audit.search", actor=ALICE):
    with transaction.atomic():
        return record_access(actor=actor, action=action).id


def backdate(entry_id, **ago):
    AuditEntry.objects.filter(id=entry_id).update(ts=timezone.now() - timedelta(**ago))


# --- what is listed ------------------------------------------------------------------------------


def test_it_lists_one_row_per_edit_with_its_latest_outcome():
    first = edit()
    refused = refusal({"session.theme": ("LITE", "PRO")}, locks={"session.theme": "STARTED"})
    access()
    second = intent(actor=BOB)
    ended(second, "unknown", actor=BOB)
    resolved(second, "in_effect")
    rows = entries_page(asked()).rows
    assert [(row.entry.id, row.outcome.value) for row in rows] == [
        (second, "in_effect"),
        (refused, "refused_by_policy"),
        (first, "confirmed"),
    ]


def test_access_entries_come_only_when_asked_for():
    edit_id, access_id = edit(), access()
    assert found() == [edit_id]
    assert found(kind="access") == [access_id]
    assert entries_page(asked(kind="access")).rows[0].sentence == (
        "Alice Moreau searched the audit"
    )


@pytest.mark.parametrize("name", ["edit", "intent"])
def test_it_finds_by_kind(name):
    edit_id, refusal_id = edit(), refusal()
    assert found(kind=name) == [edit_id]
    assert found(kind="refusal") == [refusal_id]


def test_it_finds_by_every_filter():
    plain = edit(code="customer_request")
    phone = edit(
        PHONE, "partial", actor=BOB, key=OTHER, status="STARTED", code="wrong_number", ticket="ZD-1"
    )
    refused = refusal(actor=BOB, key=OTHER)
    assert found(session=OTHER) == [refused, phone]
    assert found(session=OTHER.lower()) == [refused, phone]
    assert found(actor="bob") == found(actor="2") == [refused, phone]
    assert found(outcome="partial") == [phone]
    assert found(outcome="confirmed") == [plain]
    assert found(field="sms.to") == [phone]
    assert found(field="session.theme") == [refused, plain]
    assert found(reason="customer_request") == [plain]
    assert found(status="STARTED") == [refused, phone]
    assert found(status="IDLE") == [plain]
    assert found(q="ZD-1") == [phone]
    assert found(q=f"#{plain}") == found(q=str(plain)) == [plain]
    assert found(q=str(phone + 2)) == [phone]  # the number of a step
    assert found(q="ZD-2") == []
    assert found(value="(647) 555-0148") == found(value="+1 647 555 0184") == [phone]
    assert found(value="647-555-0148", field="sms.from") == []
    assert found(actor="bob", outcome="partial", field="sms.to", status="STARTED") == [phone]
    assert found(actor="alice", outcome="partial") == []
    assert found(actor="bob", reason="customer_request") == []
    assert found(kind="edit", session=OTHER, actor="bob", outcome="partial") == [phone]


def test_a_ticket_that_looks_like_a_number_is_found_beside_the_entry():
    first = edit()
    second = edit(ticket=str(first))
    assert found(q=str(first)) == [second, first]


@pytest.mark.parametrize(
    ("key", "now", "typed"),
    [
        ("session.language", "FR", "fr"),
        ("session.theme", "PRO", "PRO"),
        ("vehicle.year", "2021", "2021"),
        ("vehicle.odom_reading", 90123, "90,123"),
        ("vehicle.odom_unit", "MILES", "miles"),
        ("vehicle.transmission", "CVT", "cvt"),
    ],
)
def test_a_value_is_found_whatever_its_kind(key, now, typed):
    edit_id = edit({key: ("", now)})
    edit({"vehicle.make": ("", "Ford")})
    assert found(value=typed) == found(value=typed, field=key) == [edit_id]


def test_every_field_that_can_change_can_be_searched_by_value():
    for spec in CATALOGUE.writable:
        was, now = spec.examples
        edit_id = edit({spec.key: (was, now)})
        assert edit_id in found(value=now), spec.key
        assert edit_id in found(value=was), spec.key


# --- time ----------------------------------------------------------------------------------------


def test_the_window_is_thirty_days_unless_something_pins_the_question():
    old = edit(key=OTHER, ticket="ZD-9")
    AuditEntry.objects.update(ts=timezone.now() - timedelta(days=31))
    new = edit()
    assert found() == [new]
    assert asked().windowed
    assert found(session=OTHER) == found(q="ZD-9") == found(q=str(old)) == [old]
    long_ago = (timezone.localdate() - timedelta(days=40)).isoformat()
    assert found(from_=long_ago) == [new, old]
    assert found(to=(timezone.localdate() - timedelta(days=30)).isoformat()) == [old]
    assert found(outcome="confirmed") == [new]


def test_days_are_local_and_the_last_is_included():
    edit_id = edit()
    AuditEntry.objects.update(ts=datetime(2026, 11, 24, 4, 59, tzinfo=UTC))  # 23:59 in Toronto
    assert found(from_="2026-11-23", to="2026-11-23") == [edit_id]
    assert found(from_="2026-11-24") == []
    assert found(from_="2026-11-23T23:58", to="2026-11-24T05:00+00:00") == [edit_id]


@pytest.mark.parametrize(
    ("typed", "meant"), [("4711", 9), ("#4711", 4711), ("4,711", 4711), ("12", 12)]
)
def test_a_user_name_of_digits_is_a_name_first(typed, meant):
    User.objects.create(id=9, username="4711")
    chosen = asked(actor=typed)
    assert (chosen.actor, chosen.problems) == (meant, {})


# --- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("session", "a/b", "cannot be a session key"),
        ("session", "x" * 41, "cannot be a session key"),
        ("actor", "nobody", "Nobody here"),
        ("outcome", "fine", "not an outcome"),
        ("field", "sms.nope", "not a field"),
        ("reason", "because", "not a reason"),
        ("status", "BUSY", "not a status"),
        ("kind", "notes", "not a kind"),
        ("from", "yesterday", "not a date"),
        ("to", "2026-13-01", "not a date"),
        ("from", "0000-00-00", "not a date"),
        ("to", "9999-12-31", "not a date"),
        ("before", "x", "not a place"),
        ("after", "-1", "not a place"),
        ("before", "9" * 25, "not a place"),
    ],
)
def test_a_bad_value_gets_a_sentence_is_kept_and_finds_nothing(name, value, words):
    edit()
    chosen = asked(**{name: value})
    assert words in chosen.problems[name]
    assert chosen.typed[name] == value[:200]
    assert entries_page(chosen).rows == []
    assert list(EntrySearch(chosen).ids_newest_first()) == []


def test_a_window_that_ends_before_it_begins_is_said():
    assert "after “to”" in asked(from_="2026-11-23", to="2026-11-22").problems["from"]


@pytest.mark.parametrize("value", ["'; DROP TABLE audit_entry; --", "%", "\x00", "😀" * 300])
def test_hostile_values_find_nothing_and_break_nothing(value):
    edit()
    for name in ("q", "value"):
        assert found(**{name: value}) == []


# --- pages ---------------------------------------------------------------------------------------

DEEDS = st.lists(st.sampled_from(["edit", "other", "refusal", "access", "open"]), max_size=24)
QUESTIONS = st.sampled_from(
    [{}, {"session": KEY}, {"actor": "bob"}, {"outcome": "confirmed"}, {"field": "sms.to"},
     {"kind": "access"}, {"outcome": "pending", "actor": "alice"}, {"value": "647-555-0148"},
     {"status": "IDLE", "reason": "wrong_number"}]
)  # fmt: skip


def do(deed):
    match deed:
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


@given(deeds=DEEDS, question=QUESTIONS, size=st.integers(1, 7))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_paging_both_ways_is_complete_without_doubles(db, deeds, question, size):
    with undone():
        for deed in deeds:
            do(deed)
        chosen = asked(**question)
        whole = sorted(EntrySearch(chosen).ids(), reverse=True)
        assert len(set(whole)) == len(whole)

        down, page = [], entries_page(chosen, size)
        assert page.newer is None
        pages = [page]
        while page.older:
            page = entries_page(replace(chosen, before=page.older), size)
            pages.append(page)
        down = [row.entry.id for page in pages for row in page.rows]
        assert down == whole

        up = [row.entry.id for row in page.rows]
        while page.newer:
            page = entries_page(replace(chosen, after=page.newer), size)
            up = [row.entry.id for row in page.rows] + up
        assert up == whole
        assert list(EntrySearch(chosen).ids_newest_first()) == whole
        assert pages[0].count_label == str(len(whole))


def test_counting_stops(monkeypatch):
    monkeypatch.setattr("sessions_ui.audit.search.pagination.MAX_COUNTED", 3)
    for _ in range(3):
        intent()
    assert entries_page(asked()).count_label == "3"
    intent()
    assert entries_page(asked()).count_label == "3+"


def test_a_page_takes_the_same_few_queries_however_long(django_assert_num_queries):
    edit(PHONE)
    with django_assert_num_queries(5):  # window, count, ids, entries, values
        entries_page(asked())
    for _ in range(8):
        edit(PHONE)
    with django_assert_num_queries(5):
        entries_page(asked())


def test_history_gives_the_latest_of_one_session():
    for _ in range(4):
        edit(key=OTHER)
    mine = [edit(THEME) for _ in range(3)]
    assert [row.entry.id for row in session_history(KEY, limit=2)] == [mine[2], mine[1]]
    assert AuditFilter(session=KEY).kinds == (Kind.INTENT, Kind.REFUSAL)


def test_an_access_can_be_of_the_system():
    access("audit.export", actor=Actor(None, "root (command line)", "System"))
    assert entries_page(asked(kind="access")).rows[0].outcome is None
