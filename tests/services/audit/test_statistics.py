"""Test the counts and the words of the charts."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from sessions_ui.audit.search import statistics as queries
from sessions_ui.domain.rules.policy import Reason
from sessions_ui.forms.audit_filter import read_filter
from sessions_ui.models import AuditEntry
from sessions_ui.services.audit.statistics import (
    MAX_COLUMNS,
    TIME_LABELS,
    compute_statistics,
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
from tests.audit.charts import CLARA, counted, ended_after, local, moved, section, table

pytestmark = pytest.mark.django_db


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


def test_a_long_span_has_columns_of_several_days(manager):
    for days in (1000, 500, 3):
        moved(edit(), timezone.now() - timedelta(days=days))
    answer = manager.get("/audit/pictures/?from=1900-01-01")
    cells = section(answer, "Edits and refusals every 17 days").select("tbody td")
    assert len(cells) <= MAX_COLUMNS
    assert sum(int(cell.get_text()) for cell in cells) == 3


@pytest.mark.parametrize("days", [1, 2, 61, 62, 63, 124, 125, 800])
def test_the_columns_cover_every_day_once(days):
    last = date(2026, 11, 20)
    first = last - timedelta(days=days - 1)
    moved(edit(), local("2020-01-01 12:00"))
    moved(edit(), local(f"{first} 00:00"))
    moved(edit(), local(f"{last} 23:59"))
    statistics = compute_statistics(read_filter({"from": str(first), "to": str(last)}))
    daily = statistics.charts[0]
    queries = [bar.query for bar in daily.bars]
    assert queries[0].startswith(f"from={first}&")
    assert queries[-1].endswith(f"&to={last}")
    for query, following in zip(queries, queries[1:], strict=False):
        end = date.fromisoformat(query.partition("&to=")[2])
        assert following.startswith(f"from={end + timedelta(days=1)}&")
    assert sum(bar.count for bar in daily.bars) == 2


def test_an_edit_counts_for_its_latest_outcome(manager):
    edit_id = intent()
    sent(edit_id)
    ended(edit_id, "unknown")
    assert table(manager.get("/audit/pictures/"), "Outcomes") == {"Unknown, checking": 1}
    resolved(edit_id, "in_effect")
    assert table(manager.get("/audit/pictures/"), "Outcomes") == {"In effect": 1}


def test_refusals_are_counted_by_their_rule(manager):
    refusal(locks={"session.theme": str(Reason.STARTED), "vehicle.vin": str(Reason.STARTED)})
    refusal(locks={"sms.to": str(Reason.SMS_NOT_FAILED), "vehicle.vin": str(Reason.STARTED)})
    edit_id = intent()
    locks = {"session.theme": str(Reason.COMPLETED)}
    ended(edit_id, "refused_by_policy", error_code="locked", detail={"locks": locks})
    edit(THEME, "refused")
    assert table(manager.get("/audit/pictures/"), "Refusals by rule") == {
        "PAVE accepts this only before the customer starts.": 2,
        "The text was accepted for delivery, so PAVE will not take a new number.": 1,
        "The customer has completed the inspection.": 1,
    }


def test_people_have_their_latest_name_and_accesses_do_not_count(manager):
    edit(actor=CLARA)
    edit(actor=replace(CLARA, label="Clara Ober-Lind"))
    edit(actor=BOB)
    note(edit(actor=BOB), actor=CLARA)
    manager.get("/audit/?outcome=confirmed")  # a search, which is recorded as an access
    people = table(manager.get("/audit/pictures/"), "Busiest people")
    assert people == {"Bob Tran": 2, "Clara Ober-Lind": 2}


def test_a_deleted_user_is_not_mistaken_for_one_whose_name_is_their_number(manager):
    get_user_model().objects.create_user("4711")
    edit(actor=replace(ALICE, id=4711))
    people = section(manager.get("/audit/pictures/"), "Busiest people")
    assert counted(manager, people.select_one("tbody a")["href"]) == 1


def test_only_the_busiest_people_are_listed(manager):
    for n in range(queries.MAX_PEOPLE + 3):
        for _ in range(n % 3 + 1):
            edit(actor=replace(ALICE, id=1000 + n, label=f"Person {n}"))
    people = table(manager.get("/audit/pictures/"), "Busiest people")
    assert len(people) == queries.MAX_PEOPLE
    assert list(people.values()) == sorted(people.values(), reverse=True)


def test_the_time_to_the_outcome_is_grouped_and_summarised(manager):
    intent()
    for seconds in (0.2, 0.4, 0.5, 1.5, 3, 20, 5000):  # the last one may end tomorrow
        ended_after(seconds)
    answer = manager.get("/audit/pictures/")
    times = table(answer, "Time to the outcome")
    assert list(times) == list(TIME_LABELS)
    assert list(times.values()) == [2, 1, 1, 1, 0, 1, 0, 1]
    text = section(answer, "Time to the outcome").get_text(" ", strip=True)
    assert "Half had their outcome within 1.50 s, 95 of 100 within 83 min." in text
    assert "1 has none yet." in text


def test_an_unknown_outcome_counts_once_it_is_settled(manager):
    edit_id = ended_after(15, "unknown")
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


def test_what_needs_the_entries_reads_only_a_sample(manager, monkeypatch):
    monkeypatch.setattr(queries, "SAMPLE_SIZE", 3)
    for _ in range(5):
        refusal(locks={"session.theme": str(Reason.STARTED)})
        ended_after(1)
    answer = manager.get("/audit/pictures/")
    assert sum(table(answer, "Refusals by rule").values()) == 3
    assert sum(table(answer, "Time to the outcome").values()) == 3
    assert "The newest 2,000 refusals of this time." in answer.text
    assert sum(table(answer, "Outcomes").values()) == 10
