"""Test the timeline of a session: edits, settlements, notes and reports of PAVE on one line."""

from datetime import timedelta

import pytest

from tests.audit.authors import BOB, PHONE, edit, ended, intent, note, refusal, resolved, sent

from .builders import STAMP, observe, timeline_lines, timeline_page

pytestmark = pytest.mark.django_db


def test_everything_is_on_one_timeline_newest_first(client, carol):
    observe(ago=timedelta(hours=2))
    first = edit(PHONE)
    unknown = intent(actor=BOB)
    sent(unknown)
    ended(unknown, "unknown")
    resolved(unknown, "in_effect", {"session.theme": ("in_effect", "PRO")}, status="IDLE")
    note(unknown, "audit.commented", note="Well done, everyone.")
    refusal(locks={"session.theme": "STARTED"})
    observe("STARTED", "201 Created", started=STAMP, stamp="2026-11-23T12:00:00Z")
    lines = timeline_lines(timeline_page(client, carol))
    expected = [
        "PAVE: Status went from Not started (IDLE) to Started (STARTED)",
        "tried to change the theme",
        "commented",
        ": In effect",
        "Bob Tran changed the theme",
        "changed the phone number",
        "Looked at here for the first time: Not started (IDLE)",
    ]
    order = [next(n for n, line in enumerate(lines) if words in line) for words in expected]
    assert order == sorted(order)
    assert any("turned from Not reported to Accepted (201 Created)" in line for line in lines)
    assert "Well done, everyone." in " ".join(lines)
    assert str(first) in " ".join(lines)


def test_only_edits_and_refusals_have_an_outcome(client, carol):
    observe()
    edit_id = intent()
    sent(edit_id)
    ended(edit_id, "unknown")
    resolved(edit_id, "not_in_effect")
    note(edit_id, "audit.flagged")
    refused = refusal()
    soup = timeline_page(client, carol)
    assert [one["data-entry-id"] for one in soup.select("[data-entry-id]")] == [
        str(refused),
        str(edit_id),
    ]
    assert [one["data-outcome"] for one in soup.select("[data-outcome]")] == [
        "refused_by_policy",
        "not_in_effect",
    ]
    assert len(timeline_lines(soup)) == 5


def test_an_agent_does_not_see_reviewers_notes(client, alice):
    edit_id = edit()
    note(edit_id, "audit.commented", note="Was this really needed?")
    text = " ".join(timeline_lines(timeline_page(client, alice)))
    assert "really needed" not in text
    assert "changed the theme" in text


def test_days_have_headings(client, alice):
    observe(ago=timedelta(days=3))
    observe("STARTED")
    headings = [one.get_text() for one in timeline_page(client, alice).select(".day h2")]
    assert len(headings) == 2
    assert headings[0].startswith("Today, ")


def test_each_line_is_on_exactly_one_page(client, carol, monkeypatch):
    edits = []
    for turn in range(7):
        observe(stamp=f"2026-11-23T11:0{turn}:00Z")
        edits.append(intent())
        sent(edits[-1])
        ended(edits[-1], "unknown")
        if turn in (2, 5):  # settled only after the next edits
            resolved(edits[turn - 2], "in_effect")
    monkeypatch.setattr("sessions_ui.audit.history.timeline.PAGE_SIZE", 3)
    seen, query, pages = [], "", 0
    while query is not None:
        soup = timeline_page(client, carol, query)
        seen += [one.get_text(" ", strip=True) for one in soup.select("ol.steps > li")]
        older = soup.select_one("a[rel=next]")
        query, pages = (older["href"] if older else None), pages + 1
    assert pages == 3
    assert len(seen) == 7 + 7 + 2
    assert len(set(seen)) == len(seen)


def test_paging_back_shows_the_same_lines(client, carol, monkeypatch):
    monkeypatch.setattr("sessions_ui.audit.history.timeline.PAGE_SIZE", 2)
    for turn in range(5):
        observe(stamp=f"2026-11-23T11:0{turn}:00Z")
        edit()
    first = timeline_page(client, carol)
    second = timeline_page(client, carol, first.select_one("a[rel=next]")["href"])
    again = timeline_page(client, carol, second.select_one("a[rel=prev]")["href"])
    assert timeline_lines(first)[:-1] == timeline_lines(again)[:-1]
    assert timeline_lines(first)[-1] == timeline_lines(again)[-1]


def test_observations_of_another_session_are_left_out(client, alice):
    observe("STARTED", key="LKS-OTHER00001")
    assert "Nothing was changed here yet" in timeline_page(client, alice).get_text()


def test_reports_beyond_the_limit_are_left_out_and_the_page_says_so(client, alice, monkeypatch):
    monkeypatch.setattr("sessions_ui.audit.history.timeline.MAX_EXTRAS", 3)
    for turn in range(6):
        observe(stamp=f"2026-11-23T11:0{turn}:00Z")
    soup = timeline_page(client, alice)
    assert len(timeline_lines(soup)) == 3
    assert "more reports or notes" in soup.get_text()
