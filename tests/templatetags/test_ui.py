"""The tags of the templates: what they say, and that nothing unescaped gets through."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils.html import strip_tags

from paveadmin import ROOT
from sessions_ui.audit.entries.rows import Change, EntryRow
from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.domain.status import Status
from sessions_ui.html import markup
from sessions_ui.models import AuditEntry, Kind
from sessions_ui.services.review.status import ReviewStatus
from sessions_ui.templatetags import audit
from sessions_ui.templatetags import ui as pave

HOSTILE = '<script>alert("x")</script>'
DRAWN = set(
    re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/sessions_ui/icons.svg").read_text())
)
MAY_2026 = datetime(2026, 5, 6, 18, 2, 11, tzinfo=UTC)


@pytest.fixture
def now(monkeypatch):
    """Stop the clock that the pages read, on the evening of 6 May 2026, Toronto time."""
    evening = datetime(2026, 5, 7, 2, 30, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: evening)
    return evening


def _marked(html, element):
    """Give a side of a difference with the marked part in brackets."""
    side = re.search(rf"<{element}>(.*)</{element}>", html)[1]
    side = re.sub(r'<span class="visually-hidden">(was|now) </span>', "", side)
    return strip_tags(side.replace("<wbr>", "").replace("<b>", "[").replace("</b>", "]"))


@pytest.mark.parametrize(
    ("key", "was", "now", "marked"),
    [
        ("sms.to", "416-555-0184", "416-555-0148", ("416-555-01[84]", "416-555-01[48]")),
        ("vehicle.trim", "EX", "EX-L", ("EX", "EX[-L]")),
        ("vehicle.make", "Honda", "Toyota", ("Honda", "Toyota")),
        ("vehicle.make", "Honda", "", ("Honda", "empty")),
        ("vehicle.make", "", "Honda", ("empty", "Honda")),
        ("sms.to_name", "D••• O•••", "D••• O•••", ("D••• O•••", "D••• O•••")),
        (
            "vehicle.vin", "KM8J33A43LU146203", "KM8J33A48LU146213",
            ("KM8J33A4[3]LU1462[0]3", "KM8J33A4[8]LU1462[1]3"),
        ),
        (
            "vehicle.vin", "KM8J33A43LU146203", "KM8J33A43LU1462",
            ("KM8J33A43LU1462[03]", "KM8J33A43LU1462"),
        ),
        (
            "session.redirect_url", "https://a.ca/thanks/", "https://trade.a.ca/thanks/",
            ("https://[a.ca]/thanks/", "https://[trade.a.ca]/thanks/"),
        ),
        (
            "session.redirect_url", "https://a.ca/b?ref=48190", "https://a.ca/b?ref=48219",
            ("https://a.ca/b?ref=48[190]", "https://a.ca/b?ref=48[219]"),
        ),
        ("session.redirect_url", "https://a.ca", "http://a.ca/x", ("[https://]a.ca", "[http://]a.ca[/x]")),
        ("session.redirect_url", "not a link", "https://a.ca", ("not a link", "https://a.ca")),
    ],
)  # fmt: skip
def test_it_marks_what_differs_and_nothing_else(key, was, now, marked):
    html = pave.diff(CATALOGUE[key], was, now)
    assert (_marked(html, "del"), _marked(html, "ins")) == marked


def test_it_says_was_and_now_for_those_who_do_not_see_colours():
    html = pave.diff(CATALOGUE["vehicle.trim"], "EX", "EX-L")
    assert html.index("was </span>") < html.index("now </span>")


def test_it_lets_a_link_break_after_its_slashes_only():
    html = pave.value(CATALOGUE["session.redirect_url"], "https://a.ca/one/two")
    assert html == "https://a.ca/<wbr>one/<wbr>two"


@pytest.mark.parametrize("key", [spec.key for spec in CATALOGUE])
def test_it_escapes_every_value(key):
    for html in (
        pave.diff(CATALOGUE[key], HOSTILE, f"{HOSTILE}2"),
        pave.value(CATALOGUE[key], HOSTILE),
        pave.mask(CATALOGUE[key], HOSTILE),
        pave.status_chip(None, HOSTILE),
        pave.icon(HOSTILE),
        pave.state(HOSTILE, HOSTILE, HOSTILE, HOSTILE),
    ):
        assert "<script" not in html


def test_it_masks_what_is_personal_and_only_that():
    assert "0184" in pave.mask(CATALOGUE["sms.to"], "416-555-0184")
    assert "416" not in pave.mask(CATALOGUE["sms.to"], "416-555-0184")
    assert pave.mask(CATALOGUE["vehicle.make"], "Honda") == "Honda"


@pytest.mark.parametrize("status", list(Status))
def test_it_shows_a_status_as_icon_word_and_code(status):
    html = pave.status_chip(status)
    assert f"#{status.icon}" in html
    assert status.label in html
    assert f"<code>{status.value}</code>" in html
    assert status.icon in DRAWN


def test_it_shows_a_status_nobody_knows():
    html = pave.status_chip(None, "PAUSED")
    assert "Unknown status" in html
    assert "<code>PAUSED</code>" in html


@pytest.mark.parametrize("outcome", list(Outcome))
def test_it_shows_every_outcome_as_icon_and_word(outcome):
    html = pave.outcome_state(outcome.value)
    assert outcome.label in html
    assert outcome.icon in DRAWN


@pytest.mark.usefixtures("now")
@pytest.mark.parametrize(
    ("moment", "local", "utc"),
    [
        (MAY_2026, "Today, 14:02:11 EDT", "18:02:11 UTC"),
        (MAY_2026 - timedelta(days=1), "Yesterday, 14:02:11 EDT", "18:02:11 UTC"),
        (MAY_2026 - timedelta(days=100), "Jan 26, 13:02:11 EST", "18:02:11 UTC"),
        (MAY_2026 - timedelta(days=365), "May 6, 2025, 14:02:11 EDT", "18:02:11 UTC"),
        (MAY_2026 + timedelta(hours=7), "Today, 21:02:11 EDT", "May 7, 01:02:11 UTC"),
    ],
)
def test_it_tells_a_time_with_its_zone(moment, local, utc):
    assert strip_tags(pave.when(moment)) == local
    assert strip_tags(pave.when_utc(moment)) == utc


def test_it_gives_machines_the_time_in_utc():
    assert 'datetime="2026-05-06T18:02:11.000Z"' in pave.when(MAY_2026)


def test_it_shows_a_time_that_is_not_there_as_a_dash():
    assert strip_tags(pave.when(None)) == strip_tags(pave.when_utc(None)) == "–"
    assert pave.ago(None) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-9, "just now"), (2, "just now"), (12, "12 s ago"), (300, "5 min ago"), (7200, "2 h ago"),
     (172_799, "47 h ago"), (172_800, "2 days ago")],
)  # fmt: skip
def test_it_tells_how_long_ago(now, seconds, words):
    assert pave.ago(now - timedelta(seconds=seconds)) == words


def test_it_works_from_a_template():
    drawn = Template('{% load ui %}{% icon "lock" %}{% diff spec "a" "b" %}').render(
        Context({"spec": CATALOGUE["vehicle.make"]})
    )
    assert 'href="/static/sessions_ui/icons.svg#lock"' in drawn
    assert "<ins>" in drawn


def test_what_is_drawn_once_is_still_escaped_where_the_same_text_was_markup():
    assert HOSTILE in pave.state("ok", "check", markup(HOSTILE))
    assert HOSTILE not in pave.state("ok", "check", HOSTILE)


def _told(**columns):
    """A row about four fields, with what PAVE said, and with markup wherever text can stand."""
    keys = ("vehicle.make", "vehicle.model", "vehicle.trim", "vehicle.vin")
    texts = dict.fromkeys(("actor_label", "session_key", "reason_code", "ticket"), HOSTILE)
    entry = AuditEntry(id=1204, ts=MAY_2026, kind=Kind.INTENT, **{**texts, **columns})
    latest = AuditEntry(detail=json.dumps({"pave_message": HOSTILE}))
    changes = [Change(CATALOGUE[key], HOSTILE, "Honda") for key in keys]
    return EntryRow(entry, Outcome.CONFIRMED, changes, latest)


def test_a_row_of_the_audit_lets_nothing_through_unescaped():
    drawn = audit.audit_row(_told(), {1204: ReviewStatus(HOSTILE, HOSTILE, HOSTILE)})
    assert "<script" not in drawn
    assert "#1,204" in drawn


@pytest.mark.parametrize("linked", [True, False])
def test_what_a_row_leaves_out_is_a_link_for_who_may_read_the_audit(linked):
    drawn = audit.changes(_told(), linked)
    assert "and 1 more field<" in drawn
    assert ("href" in drawn) is linked
