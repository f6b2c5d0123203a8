"""Test how filters are read from parameters, and what problems they have."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.utils import timezone

from sessions_ui.audit.search.pagination import load_page
from sessions_ui.audit.search.query_builder import EntrySearch
from sessions_ui.forms.audit_filter import AuditFilterForm, read_filter
from sessions_ui.models import AuditEntry
from tests.audit.authors import KEY, edit
from tests.audit.search.find import find, parse

pytestmark = pytest.mark.django_db
OTHER = "NGF-8C0RQ5VJ2T"


def test_the_default_window_is_thirty_days_without_session_text_or_days():
    old = edit(key=OTHER, ticket="ZD-9")
    AuditEntry.objects.update(ts=timezone.now() - timedelta(days=31))
    new = edit()
    assert find() == [new]
    assert parse().windowed
    assert find(session=OTHER) == find(q="ZD-9") == find(q=str(old)) == [old]
    long_ago = (timezone.localdate() - timedelta(days=40)).isoformat()
    assert find(from_=long_ago) == [new, old]
    assert find(to=(timezone.localdate() - timedelta(days=30)).isoformat()) == [old]
    assert find(outcome="confirmed") == [new]


def test_days_are_local_and_include_the_last():
    edit_id = edit()
    AuditEntry.objects.update(ts=datetime(2026, 11, 24, 4, 59, tzinfo=UTC))  # 23:59 in Toronto
    assert find(from_="2026-11-23", to="2026-11-23") == [edit_id]
    assert find(from_="2026-11-24") == []
    assert find(from_="2026-11-23T23:58", to="2026-11-24T05:00+00:00") == [edit_id]


@pytest.mark.parametrize(
    ("typed", "meant"), [("4711", 9), ("#4711", 4711), ("4,711", 4711), ("12", 12)]
)
def test_digits_are_a_user_name_first(typed, meant):
    User.objects.create(id=9, username="4711")
    audit_filter = parse(actor=typed)
    assert (audit_filter.actor, audit_filter.problems) == (meant, {})


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
def test_a_problem_is_explained_the_text_is_kept_and_nothing_is_found(name, value, words):
    edit()
    audit_filter = parse(**{name: value})
    assert words in audit_filter.problems[name]
    assert audit_filter.typed[name] == value[:200]
    assert load_page(audit_filter).rows == []
    assert list(EntrySearch(audit_filter).ids_newest_first()) == []


def test_days_in_the_wrong_order_are_a_problem():
    assert "after “to”" in parse(from_="2026-11-23", to="2026-11-22").problems["from"]


def test_problems_have_one_order_and_days_in_the_wrong_order_stay_readable():
    params = {"kind": "x", "outcome": "x", "session": "-", "from": "2026-02-01", "to": "2026-01-01"}
    audit_filter = read_filter(params)
    assert list(audit_filter.problems) == ["from", "session", "outcome", "kind"]
    assert audit_filter.since > audit_filter.until
    assert not audit_filter.windowed


def test_reading_a_filter_without_an_actor_takes_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        read_filter({"q": "ZD-1", "session": KEY, "outcome": "confirmed", "before": "7"})


def test_a_chip_has_its_value_as_the_list_words_it(alice):
    alice.first_name, alice.last_name = "Alice", "Moreau"
    alice.save()
    form = AuditFilterForm({"outcome": "partial", "actor": "alice", "from": "2026-01-31", "q": ""})
    assert form.chips() == [
        ("Who", "Alice Moreau", "actor"),
        ("Outcome", "Partly in effect", "outcome"),
        ("From", "2026-01-31", "from"),
    ]
    assert AuditFilterForm({"outcome": "fine"}).chips() == [("Outcome", "fine", "outcome")]


def test_the_list_of_people_has_everyone_with_a_role_once(alice, carol, nora):
    html = str(AuditFilterForm({"actor": "zed"})["actor"])
    options = BeautifulSoup(html, "html.parser").select("option")
    assert [option["value"] for option in options] == ["", "alice", "carol", "zed"]
    assert options[-1].has_attr("selected")
