"""The pictures: each bar's number is what its link finds, and the work is bounded."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sessions_ui.audit.search import statistics as numbers
from sessions_ui.domain.rules.policy import Reason
from sessions_ui.forms.audit_filter import read_filter
from sessions_ui.models import AuditEntry, Kind
from sessions_ui.services.audit.statistics import (
    MAX_COLUMNS,
    TIME_LABELS,
    audit_statistics,
    percentile,
)
from tests.audit.authors import (
    ALICE,
    BOB,
    THEME,
    edit,
    ended,
    intent,
    note,
    refusal,
    resolved,
    sent,
)

pytestmark = pytest.mark.django_db
CLARA = replace(ALICE, id=900_001, label="Clara Ober")


@pytest.fixture
def manager(client, carol):
    client.force_login(carol)
    return client


def moved(entry_id, at):
    """The whole edit, at another time; its steps keep their distance."""
    entries = AuditEntry.objects.filter(id=entry_id) | AuditEntry.objects.filter(op=entry_id)
    by = at - entries.order_by("id").first().ts
    for entry in entries:
        AuditEntry.objects.filter(id=entry.id).update(ts=entry.ts + by)
    return entry_id


def local(text):
    return timezone.make_aware(datetime.fromisoformat(text)).astimezone(UTC)


def soup_of(answer):
    return BeautifulSoup(answer.text, "html.parser")


def section(answer, title):
    heading = soup_of(answer).find("h2", string=title)
    return heading.find_parent("section") if heading else None


def table(answer, title):
    rows = section(answer, title).select("tbody tr")
    return {row.th.get_text(strip=True): int(row.td.get_text(strip=True)) for row in rows}


def found(manager, href):
    """How many entries the explorer counts."""
    return int(soup_of(manager.get(href)).select_one(".set strong").get_text().split()[0])


@pytest.fixture
def busy():
    """A few days with a bit of everything, oldest first."""
    start = local("2026-10-20 09:00")
    made = []
    for day, make in enumerate([
        lambda: edit(actor=ALICE), lambda: edit(actor=ALICE), lambda: edit(actor=BOB),
        lambda: refusal(actor=BOB), lambda: edit(THEME, "refused", actor=CLARA),
        lambda: edit(THEME, "not_in_effect"), lambda: edit(actor=CLARA),
    ]):  # fmt: skip
        made += [moved(make(), start + timedelta(days=day)) for _ in range(day % 3 + 1)]
    return made


WINDOW = "?from=2026-10-18&to=2026-10-31"


def test_every_bar_s_number_is_what_its_link_finds(manager, busy):
    answer = manager.get(f"/audit/pictures/{WINDOW}")
    tried = 0
    for title in ("Edits and refusals a day", "Outcomes", "Busiest people"):
        for row in section(answer, title).select("tbody tr"):
            tried += 1
            assert found(manager, row.a["href"]) == int(row.td.get_text()), row
        assert sum(table(answer, title).values()) == len(busy)
    assert tried > 10


def test_each_picture_has_the_same_links_and_numbers_as_its_table(manager, busy):
    answer = manager.get(f"/audit/pictures/{WINDOW}")
    for svg in soup_of(answer).select("svg.picture"):
        links = {a["href"]: a.title.get_text() for a in svg.select("a")}
        rows = svg.find_parent("section").select("tbody tr")
        beside = {
            row.a["href"]: f"{row.th.get_text(strip=True)}: {row.td.get_text(strip=True)}"
            for row in rows
            if row.a
        }
        assert links == beside
        named = svg["aria-labelledby"].split()
        assert [svg.find(id=one).name for one in named] == ["title", "desc"]
        assert all(svg.find(id=one).get_text(strip=True) for one in named)


def test_the_pictures_need_no_script_and_no_style_of_their_own(manager, busy):
    page = soup_of(manager.get(f"/audit/pictures/{WINDOW}"))
    main = page.select_one("main")
    assert not main.select("script, style, [style], [onclick]")
    assert not re.search(r"#[0-9a-f]{3,6}\b", " ".join(map(str, main.select("svg.picture"))))


def test_a_day_is_a_local_day(manager):
    moved(edit(), local("2026-10-20 23:59"))
    moved(edit(), local("2026-10-21 00:00"))
    moved(edit(), local("2026-11-01 23:30"))  # the clocks went back that night
    answer = manager.get("/audit/pictures/?from=2026-10-20&to=2026-11-02")
    days = table(answer, "Edits and refusals a day")
    assert len(days) == 14
    assert {day: count for day, count in days.items() if count} == {
        "Tue Oct 20": 1, "Wed Oct 21": 1, "Sun Nov 1": 1,
    }  # fmt: skip


def test_without_days_it_shows_the_last_thirty(manager):
    today = timezone.localdate()
    moved(edit(), timezone.now() - timedelta(days=40))
    moved(edit(), timezone.now() - timedelta(days=20))
    answer = manager.get("/audit/pictures/")
    days = table(answer, "Edits and refusals a day")
    assert len(days) == 30
    assert sum(days.values()) == 1
    assert f"{today:%B} {today.day}, {today.year}" in answer.text


def test_a_long_time_gets_no_more_columns_than_can_be_seen(manager):
    for days in (1000, 500, 3):
        moved(edit(), timezone.now() - timedelta(days=days))
    answer = manager.get("/audit/pictures/?from=1900-01-01")
    counts = section(answer, "Edits and refusals every 17 days").select("tbody td")
    assert len(counts) <= MAX_COLUMNS
    assert sum(int(one.get_text()) for one in counts) == 3


@pytest.mark.parametrize("days", [1, 2, 61, 62, 63, 124, 125, 800])
def test_the_columns_cover_every_day_once(days):
    last = date(2026, 11, 20)
    first = last - timedelta(days=days - 1)
    moved(edit(), local("2020-01-01 12:00"))
    moved(edit(), local(f"{first} 00:00"))
    moved(edit(), local(f"{last} 23:59"))
    shown = audit_statistics(read_filter({"from": str(first), "to": str(last)}))
    daily = shown.charts[0]
    queries = [bar.query for bar in daily.bars]
    assert queries[0].startswith(f"from={first}&")
    assert queries[-1].endswith(f"&to={last}")
    for one, other in zip(queries, queries[1:], strict=False):
        end = date.fromisoformat(one.partition("&to=")[2])
        assert other.startswith(f"from={end + timedelta(days=1)}&")
    assert sum(bar.count for bar in daily.bars) == 2


def test_an_outcome_counts_as_it_is_now(manager):
    edit_id = intent()
    sent(edit_id)
    ended(edit_id, "unknown")
    assert table(manager.get("/audit/pictures/"), "Outcomes") == {"Unknown, checking": 1}
    resolved(edit_id, "in_effect")
    assert table(manager.get("/audit/pictures/"), "Outcomes") == {"In effect": 1}


def test_refusals_are_counted_by_the_rule_that_stopped_them(manager):
    refusal(locks={"session.theme": str(Reason.STARTED), "vehicle.vin": str(Reason.STARTED)})
    refusal(locks={"sms.to": str(Reason.SMS_NOT_FAILED), "vehicle.vin": str(Reason.STARTED)})
    stopped = intent()
    locks = {"session.theme": str(Reason.COMPLETED)}
    ended(stopped, "refused_by_policy", error_code="locked", detail={"locks": locks})
    edit(THEME, "refused")
    assert table(manager.get("/audit/pictures/"), "Refusals by rule") == {
        "PAVE accepts this only before the customer starts.": 2,
        "The text was accepted for delivery, so PAVE will not take a new number.": 1,
        "The customer has completed the inspection.": 1,
    }


def test_a_rule_leads_nowhere_for_the_explorer_cannot_ask_for_one(manager):
    refusal(locks={"session.theme": str(Reason.STARTED)})
    refusal(locks={"session.theme": str(Reason.COMPLETED)})
    drawn = section(manager.get("/audit/pictures/"), "Refusals by rule")
    assert len(drawn.select("tbody tr")) == 2
    assert not drawn.select("a")


def test_people_are_named_as_they_were_last_and_reads_do_not_count(manager):
    edit(actor=CLARA)
    edit(actor=replace(CLARA, label="Clara Ober-Lind"))
    edit(actor=BOB)
    note(edit(actor=BOB), actor=CLARA)
    manager.get("/audit/?outcome=confirmed")  # a search, on record as an access
    people = table(manager.get("/audit/pictures/"), "Busiest people")
    assert people == {"Bob Tran": 2, "Clara Ober-Lind": 2}


def test_a_person_who_has_left_is_not_taken_for_one_whose_name_is_their_number(manager):
    get_user_model().objects.create_user("4711")
    edit(actor=replace(ALICE, id=4711))
    people = section(manager.get("/audit/pictures/"), "Busiest people")
    assert found(manager, people.select_one("tbody a")["href"]) == 1


def test_only_the_busiest_are_named(manager):
    for n in range(numbers.MAX_PEOPLE + 3):
        for _ in range(n % 3 + 1):
            edit(actor=replace(ALICE, id=1000 + n, label=f"Person {n}"))
    people = table(manager.get("/audit/pictures/"), "Busiest people")
    assert len(people) == numbers.MAX_PEOPLE
    assert list(people.values()) == sorted(people.values(), reverse=True)


def took(seconds, outcome="confirmed"):
    edit_id = intent()
    end = ended(edit_id, outcome)
    began = AuditEntry.objects.get(id=edit_id).ts
    AuditEntry.objects.filter(id=end).update(ts=began + timedelta(seconds=seconds))
    return edit_id


def test_the_time_to_the_outcome_is_told_in_steps_and_in_words(manager):
    intent()
    for seconds in (0.2, 0.4, 0.5, 1.5, 3, 20, 5000):  # the last one may end tomorrow
        took(seconds)
    answer = manager.get("/audit/pictures/")
    times = table(answer, "Time to the outcome")
    assert list(times) == list(TIME_LABELS)
    assert list(times.values()) == [2, 1, 1, 1, 0, 1, 0, 1]
    text = section(answer, "Time to the outcome").get_text(" ", strip=True)
    assert "Half had their outcome within 1.50 s, 95 of 100 within 83 min." in text
    assert "1 has none yet." in text


def test_an_unknown_outcome_is_none_until_it_is_settled(manager):
    edit_id = took(15, "unknown")
    text = section(manager.get("/audit/pictures/"), "Time to the outcome").get_text(" ")
    assert "No edit has an outcome yet." in text
    end = resolved(edit_id, "in_effect")
    began = AuditEntry.objects.get(id=edit_id).ts
    AuditEntry.objects.filter(id=end).update(ts=began + timedelta(seconds=90))
    later = resolved(edit_id, "late_applied")
    AuditEntry.objects.filter(id=later).update(ts=began + timedelta(seconds=9000))
    assert table(manager.get("/audit/pictures/"), "Time to the outcome")["1 to 10 min"] == 1


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.5, 0), ([3], 0.5, 3), ([1, 2], 0.5, 1), ([1, 2, 3], 0.5, 2),
     (list(range(1, 101)), 0.95, 95), (list(range(1, 101)), 1.0, 100), ([1, 2, 3], 0.95, 3)],
)  # fmt: skip
def test_a_percentile_is_one_of_the_values(values, share, expected):
    assert percentile(values, share) == expected


def test_only_a_sample_is_looked_at_where_entries_have_to_be_read(manager, monkeypatch):
    monkeypatch.setattr(numbers, "SAMPLE_SIZE", 3)
    for _ in range(5):
        refusal(locks={"session.theme": str(Reason.STARTED)})
        took(1)
    answer = manager.get("/audit/pictures/")
    assert sum(table(answer, "Refusals by rule").values()) == 3
    assert sum(table(answer, "Time to the outcome").values()) == 3
    assert "The newest 2,000 refusals of this time." in answer.text
    assert sum(table(answer, "Outcomes").values()) == 10


def test_the_work_does_not_grow_with_the_entries(manager, django_assert_num_queries):
    moved(edit(), timezone.now() - timedelta(days=35))
    edit()
    refusal()
    manager.get("/audit/pictures/")  # the first look of a minute also renews the log-in
    with CaptureQueriesContext(connection) as few:
        manager.get("/audit/pictures/")
    for _ in range(10):
        edit(actor=BOB)
        refusal(actor=BOB)
    with django_assert_num_queries(len(few)):
        manager.get("/audit/pictures/")


def test_an_empty_window_says_so(manager):
    assert "Nothing to draw" in manager.get("/audit/pictures/").text
    edit()
    page = manager.get("/audit/pictures/?from=2020-01-01&to=2020-01-31")
    assert "Nothing to draw" in page.text
    assert not soup_of(page).select("svg.picture")


@pytest.mark.parametrize(
    "asked", ["from=yesterday", "to=2026-13-01", "from=2026-02-01&to=2026-01-01", "from=9999-12-31"]
)
def test_days_that_cannot_be_read_are_said_and_draw_nothing(manager, asked):
    edit()
    answer = manager.get(f"/audit/pictures/?{asked}")
    if asked == "from=9999-12-31":
        assert answer.status_code in (200, 422)
        return
    assert answer.status_code == 422
    assert "There is a problem with the days" in answer.text
    assert not soup_of(answer).select("svg.picture")


def test_what_people_are_called_is_escaped(manager):
    edit(actor=replace(ALICE, label="<script>alert(1)</script>"))
    assert "<script>alert" not in manager.get("/audit/pictures/").text


@pytest.mark.parametrize(
    ("name", "status"),
    [("alice", 403), ("carol", 200), ("dora", 403), ("nora", 403), (None, 302)],
)
def test_the_pictures_are_for_managers(client, request, name, status):
    if name:
        client.force_login(request.getfixturevalue(name))
    assert client.get("/audit/pictures/").status_code == status
    assert client.post("/audit/pictures/").status_code == (405 if status == 200 else status)


def test_looking_at_pictures_writes_nothing(manager):
    edit()
    before = AuditEntry.objects.count()
    manager.get("/audit/pictures/")
    assert AuditEntry.objects.count() == before
    assert not AuditEntry.objects.filter(kind=Kind.ACCESS).exists()
