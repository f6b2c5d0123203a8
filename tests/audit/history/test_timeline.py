"""The history of a session: edits, what settled them, notes and PAVE's reports, on one line."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from sessions_ui.models import Observation
from tests.audit.authors import BOB, KEY, PHONE, edit, ended, intent, note, refusal, resolved, sent

pytestmark = pytest.mark.django_db

ADDRESS = f"/sessions/{KEY}/history/"
STAMP = "2026-11-23T11:00:00.000000Z"


def sighting(
    status="IDLE", delivery="", started="", stamp=STAMP, key=KEY, ago=timedelta(), texts=None
):
    """PAVE was seen to report this, so long ago."""
    at = timezone.now() - ago
    return Observation.objects.create(
        session_key=key,
        seen_at=at,
        last_seen_at=at,
        status=status,
        delivery=delivery,
        started_at=started,
        updated_at=stamp,
        texts=texts or {},
    )


def page(client, person, query=""):
    client.force_login(person)
    answer = client.get(ADDRESS + query)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def lines(soup):
    """The words of every line, in order, without stamps."""
    return [one.div.get_text(" ", strip=True) for one in soup.select("ol.steps > li")]


def test_all_that_happened_stands_on_one_line_newest_first(client, carol):
    sighting(ago=timedelta(hours=2))
    first = edit(PHONE)
    unknown = intent(actor=BOB)
    sent(unknown)
    ended(unknown, "unknown")
    resolved(unknown, "in_effect", {"session.theme": ("in_effect", "PRO")}, status="IDLE")
    note(unknown, "audit.commented", note="Well done, everyone.")
    refusal(locks={"session.theme": "STARTED"})
    sighting("STARTED", "201 Created", started=STAMP, stamp="2026-11-23T12:00:00Z")
    told = lines(page(client, carol))
    expected = [
        "PAVE: Status went from Not started (IDLE) to Started (STARTED)",
        "tried to change the theme",
        "commented",
        ": In effect",
        "Bob Tran changed the theme",
        "changed the phone number",
        "Looked at here for the first time: Not started (IDLE)",
    ]
    order = [next(n for n, line in enumerate(told) if words in line) for words in expected]
    assert order == sorted(order)
    assert any("turned from Not reported to Accepted (201 Created)" in line for line in told)
    assert "Well done, everyone." in " ".join(told)
    assert str(first) in " ".join(told)


def test_marks_stand_on_edits_and_refusals_alone(client, carol):
    sighting()
    edit_id = intent()
    sent(edit_id)
    ended(edit_id, "unknown")
    resolved(edit_id, "not_in_effect")
    note(edit_id, "audit.flagged")
    refused = refusal()
    soup = page(client, carol)
    assert [one["data-entry-id"] for one in soup.select("[data-entry-id]")] == [
        str(refused),
        str(edit_id),
    ]
    assert [one["data-outcome"] for one in soup.select("[data-outcome]")] == [
        "refused_by_policy",
        "not_in_effect",
    ]
    assert len(lines(soup)) == 5


def test_an_agent_reads_no_reviewers_notes(client, alice):
    edit_id = edit()
    note(edit_id, "audit.commented", note="Was this really needed?")
    told = " ".join(lines(page(client, alice)))
    assert "really needed" not in told
    assert "changed the theme" in told


def test_a_stamp_of_our_own_edit_is_no_news_and_another_is(client, alice):
    sighting(ago=timedelta(minutes=9))
    edit_id = intent()
    sent(edit_id)
    ended(edit_id, "confirmed", new_version="2026-11-23T12:00:00Z")
    sighting(stamp="2026-11-23T12:00:00Z", ago=timedelta(minutes=5))
    assert "stamp moved" not in " ".join(lines(page(client, alice)))
    sighting(stamp="2026-11-23T13:00:00Z")
    (told,) = [one for one in lines(page(client, alice)) if "stamp moved" in one]
    assert "no edit of ours says why" in told


def test_what_somebody_else_changed_is_told_with_both_values(client, alice):
    sighting(texts={"vehicle.make": "Honda", "session.theme": "LITE"}, ago=timedelta(minutes=9))
    edit()  # the theme, from LITE to PRO
    after = {"vehicle.make": "Acura", "session.theme": "pro"}
    sighting(stamp="2026-11-23T12:00:00Z", texts=after)
    (told,) = [one for one in lines(page(client, alice)) if "no edit of ours says so" in one]
    assert "Make was Honda → now Acura" in told.replace("  ", " ")
    assert "Theme" not in told


def test_what_somebody_put_back_where_we_had_put_it_before_is_told(client, alice):
    edit()  # the theme, to PRO
    for minutes, theme in ((9, "PRO"), (6, "LITE"), (3, "PRO")):
        Observation.objects.filter(pk=sighting(texts={"session.theme": theme}).pk).update(
            seen_at=timezone.now() + timedelta(minutes=9 - minutes)
        )
    told = [one for one in lines(page(client, alice)) if "no edit of ours says so" in one]
    assert len(told) == 2


def test_what_only_our_edit_changed_is_no_news(client, alice):
    sighting(texts={"session.theme": "LITE"}, ago=timedelta(minutes=9))
    edit_id = intent()
    sent(edit_id)
    ended(edit_id, "confirmed", new_version="2026-11-23T12:00:00Z")
    sighting(stamp="2026-11-23T12:00:00Z", texts={"session.theme": "PRO"})
    assert "no edit of ours" not in " ".join(lines(page(client, alice)))


def test_a_report_says_when_it_was_last_seen_otherwise(client, alice):
    sighting(ago=timedelta(hours=3))
    sighting("STARTED", started="2026-11-23T10:30:00Z")
    told = page(client, alice).select("ol.steps > li")[0]
    times = [one["datetime"][:16] for one in told.div.select("time")]
    assert times[0] == "2026-11-23T10:30"
    before = timezone.now() - timedelta(hours=3)
    assert times[1] in {
        (before - timedelta(minutes=late)).strftime("%Y-%m-%dT%H:%M") for late in (0, 1)
    }


def test_days_have_headings(client, alice):
    sighting(ago=timedelta(days=3))
    sighting("STARTED")
    heads = [one.get_text() for one in page(client, alice).select(".day h2")]
    assert len(heads) == 2
    assert heads[0].startswith("Today, ")


def test_each_line_stands_on_exactly_one_page(client, carol, monkeypatch):
    made = []
    for turn in range(7):
        sighting(stamp=f"2026-11-23T11:0{turn}:00Z")
        made.append(intent())
        sent(made[-1])
        ended(made[-1], "unknown")
        if turn in (2, 5):  # settled only after the next edits of the line
            resolved(made[turn - 2], "in_effect")
    monkeypatch.setattr("sessions_ui.audit.history.timeline.PAGE", 3)
    seen, query, pages = [], "", 0
    while query is not None:
        soup = page(client, carol, query)
        seen += [one.get_text(" ", strip=True) for one in soup.select("ol.steps > li")]
        older = soup.select_one("a[rel=next]")
        query, pages = (older["href"] if older else None), pages + 1
    assert pages == 3
    assert len(seen) == 7 + 7 + 2
    assert len(set(seen)) == len(seen)


def test_turning_back_shows_the_same_lines(client, carol, monkeypatch):
    monkeypatch.setattr("sessions_ui.audit.history.timeline.PAGE", 2)
    for turn in range(5):
        sighting(stamp=f"2026-11-23T11:0{turn}:00Z")
        edit()
    first = page(client, carol)
    second = page(client, carol, first.select_one("a[rel=next]")["href"])
    again = page(client, carol, second.select_one("a[rel=prev]")["href"])
    assert lines(first)[:-1] == lines(again)[:-1]
    assert lines(first)[-1] == lines(again)[-1]


def test_another_sessions_course_is_no_part_of_it(client, alice):
    sighting("STARTED", key="LKS-OTHER00001")
    assert "Nothing was changed here yet" in page(client, alice).get_text()


def test_it_stops_at_a_bound_and_says_so(client, alice, monkeypatch):
    monkeypatch.setattr("sessions_ui.audit.history.timeline.MOST", 3)
    for turn in range(6):
        sighting(stamp=f"2026-11-23T11:0{turn}:00Z")
    soup = page(client, alice)
    assert len(lines(soup)) == 3
    assert "more reports or notes" in soup.get_text()


def test_a_strip_tells_it_at_a_glance_and_in_words(client, alice):
    sighting(ago=timedelta(hours=2))
    Observation.objects.update(last_seen_at=timezone.now() - timedelta(hours=1))
    edit()
    refusal()
    sighting("STARTED", ago=timedelta(minutes=30))
    strip = page(client, alice).select_one("figure.course-strip")
    bands = [(one["x"], one["width"]) for one in strip.select(".course-strip-band")]
    assert bands[0] == ("0.0%", "50.0%")
    assert bands[1][0] in ("75.0%", "74.99%", "75.01%")
    assert (len(strip.select("circle")), len(strip.select("path"))) == (1, 1)
    told = strip.figcaption.get_text(" ", strip=True)
    for words in ("Not started", "Started", "PAVE took (1)", "not settled (1)"):
        assert words in told


def test_a_moments_history_needs_no_strip(client, alice):
    sighting()
    edit()
    assert not page(client, alice).select("figure.course-strip")
