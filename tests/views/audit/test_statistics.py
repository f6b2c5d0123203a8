"""Test the page of statistics."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sessions_ui.domain.rules.policy import Reason
from sessions_ui.models import AuditEntry, Kind
from tests.audit.authors import BOB, edit, refusal
from tests.audit.charts import DAYS, busy_days, counted, moved, section, table
from tests.pages import soup_of

pytestmark = pytest.mark.django_db


def test_each_bar_links_to_as_many_entries_as_it_counts(manager):
    ids = busy_days()
    answer = manager.get(f"/audit/pictures/{DAYS}")
    bars = 0
    for title in ("Edits and refusals a day", "Outcomes", "Busiest people"):
        for row in section(answer, title).select("tbody tr"):
            bars += 1
            assert counted(manager, row.a["href"]) == int(row.td.get_text()), row
        assert sum(table(answer, title).values()) == len(ids)
    assert bars > 10


def test_the_charts_need_no_script_and_no_inline_style(manager):
    busy_days()
    page = soup_of(manager.get(f"/audit/pictures/{DAYS}"))
    main = page.select_one("main")
    assert not main.select("script, style, [style], [onclick]")
    assert not re.search(r"#[0-9a-f]{3,6}\b", " ".join(map(str, main.select("svg.picture"))))


def test_the_default_is_the_last_thirty_days(manager):
    today = timezone.localdate()
    moved(edit(), timezone.now() - timedelta(days=40))
    moved(edit(), timezone.now() - timedelta(days=20))
    answer = manager.get("/audit/pictures/")
    days = table(answer, "Edits and refusals a day")
    assert len(days) == 30
    assert sum(days.values()) == 1
    assert f"{today:%B} {today.day}, {today.year}" in answer.text


def test_refusals_by_rule_have_no_links(manager):
    refusal(locks={"session.theme": str(Reason.STARTED)})
    refusal(locks={"session.theme": str(Reason.COMPLETED)})
    chart = section(manager.get("/audit/pictures/"), "Refusals by rule")
    assert len(chart.select("tbody tr")) == 2
    assert not chart.select("a")


def test_the_number_of_queries_does_not_grow_with_the_entries(manager, django_assert_num_queries):
    moved(edit(), timezone.now() - timedelta(days=35))
    edit()
    refusal()
    manager.get("/audit/pictures/")  # the first request of a minute also renews the log-in
    with CaptureQueriesContext(connection) as few:
        manager.get("/audit/pictures/")
    for _ in range(10):
        edit(actor=BOB)
        refusal(actor=BOB)
    with django_assert_num_queries(len(few)):
        manager.get("/audit/pictures/")


def test_days_without_entries_say_so(manager):
    assert "Nothing to draw" in manager.get("/audit/pictures/").text
    edit()
    page = manager.get("/audit/pictures/?from=2020-01-01&to=2020-01-31")
    assert "Nothing to draw" in page.text
    assert not soup_of(page).select("svg.picture")


@pytest.mark.parametrize(
    "query", ["from=yesterday", "to=2026-13-01", "from=2026-02-01&to=2026-01-01", "from=9999-12-31"]
)
def test_days_with_problems_show_them_and_no_charts(manager, query):
    edit()
    answer = manager.get(f"/audit/pictures/?{query}")
    if query == "from=9999-12-31":
        assert answer.status_code in (200, 422)
        return
    assert answer.status_code == 422
    assert "There is a problem with the days" in answer.text
    assert not soup_of(answer).select("svg.picture")


@pytest.mark.parametrize(
    ("name", "status"),
    [("alice", 403), ("carol", 200), ("dora", 403), ("nora", 403), (None, 302)],
)
def test_only_managers_can_open_the_page(client, request, name, status):
    if name:
        client.force_login(request.getfixturevalue(name))
    assert client.get("/audit/pictures/").status_code == status
    assert client.post("/audit/pictures/").status_code == (405 if status == 200 else status)


def test_opening_the_page_records_nothing(manager):
    edit()
    before = AuditEntry.objects.count()
    manager.get("/audit/pictures/")
    assert AuditEntry.objects.count() == before
    assert not AuditEntry.objects.filter(kind=Kind.ACCESS).exists()
