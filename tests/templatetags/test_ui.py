"""Test the tags for the small parts of every page: their words, and that all text is escaped."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils.html import strip_tags

from paveadmin import ROOT
from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.domain.status import Status
from sessions_ui.html import markup
from sessions_ui.templatetags import ui

HOSTILE = '<script>alert("x")</script>'
ICONS = set(
    re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/sessions_ui/icons.svg").read_text())
)
MAY_2026 = datetime(2026, 5, 6, 18, 2, 11, tzinfo=UTC)


@pytest.fixture
def now(monkeypatch):
    """Stop the clock of the pages on the evening of 6 May 2026, Toronto time."""
    evening = datetime(2026, 5, 7, 2, 30, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: evening)
    return evening


def _marked(html, element):
    """One side of a difference, with the marked part in brackets."""
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
def test_only_the_part_that_differs_is_marked(key, was, now, marked):
    html = ui.diff(CATALOGUE[key], was, now)
    assert (_marked(html, "del"), _marked(html, "ins")) == marked


def test_a_difference_has_the_words_was_and_now_beside_colours():
    html = ui.diff(CATALOGUE["vehicle.trim"], "EX", "EX-L")
    assert html.index("was </span>") < html.index("now </span>")


def test_a_url_breaks_only_after_its_slashes():
    html = ui.value(CATALOGUE["session.redirect_url"], "https://a.ca/one/two")
    assert html == "https://a.ca/<wbr>one/<wbr>two"


@pytest.mark.parametrize("key", [spec.key for spec in CATALOGUE])
def test_every_value_is_escaped(key):
    for html in (
        ui.diff(CATALOGUE[key], HOSTILE, f"{HOSTILE}2"),
        ui.value(CATALOGUE[key], HOSTILE),
        ui.mask(CATALOGUE[key], HOSTILE),
        ui.status_chip(None, HOSTILE),
        ui.icon(HOSTILE),
        ui.state(HOSTILE, HOSTILE, HOSTILE, HOSTILE),
    ):
        assert "<script" not in html


def test_only_personal_values_are_masked():
    assert "0184" in ui.mask(CATALOGUE["sms.to"], "416-555-0184")
    assert "416" not in ui.mask(CATALOGUE["sms.to"], "416-555-0184")
    assert ui.mask(CATALOGUE["vehicle.make"], "Honda") == "Honda"


@pytest.mark.parametrize("status", list(Status))
def test_a_status_has_icon_word_and_code(status):
    html = ui.status_chip(status)
    assert f"#{status.icon}" in html
    assert status.label in html
    assert f"<code>{status.value}</code>" in html
    assert status.icon in ICONS


def test_a_status_outside_the_manual_is_called_unknown():
    html = ui.status_chip(None, "PAUSED")
    assert "Unknown status" in html
    assert "<code>PAUSED</code>" in html


@pytest.mark.parametrize("outcome", list(Outcome))
def test_an_outcome_has_icon_and_word(outcome):
    html = ui.outcome_state(outcome.value)
    assert outcome.label in html
    assert outcome.icon in ICONS


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
def test_a_time_has_its_zone(moment, local, utc):
    assert strip_tags(ui.when(moment)) == local
    assert strip_tags(ui.when_utc(moment)) == utc


def test_the_machine_readable_time_is_utc():
    assert 'datetime="2026-05-06T18:02:11.000Z"' in ui.when(MAY_2026)


def test_a_missing_time_is_a_dash():
    assert strip_tags(ui.when(None)) == strip_tags(ui.when_utc(None)) == "–"
    assert ui.ago(None) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-9, "just now"), (2, "just now"), (12, "12 s ago"), (300, "5 min ago"), (7200, "2 h ago"),
     (172_799, "47 h ago"), (172_800, "2 days ago")],
)  # fmt: skip
def test_an_age_has_one_unit(now, seconds, words):
    assert ui.ago(now - timedelta(seconds=seconds)) == words


def test_the_tags_work_in_a_template():
    html = Template('{% load ui %}{% icon "lock" %}{% diff spec "a" "b" %}').render(
        Context({"spec": CATALOGUE["vehicle.make"]})
    )
    assert 'href="/static/sessions_ui/icons.svg#lock"' in html
    assert "<ins>" in html


def test_a_text_is_escaped_although_the_same_markup_was_rendered_before():
    assert HOSTILE in ui.state("ok", "check", markup(HOSTILE))
    assert HOSTILE not in ui.state("ok", "check", HOSTILE)
