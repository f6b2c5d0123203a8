"""Test the tags of the pages about a session's past."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils.html import strip_tags

from sessions_ui.audit.history.facts import Source, value_at
from sessions_ui.audit.history.state_at import FieldState
from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.models import AuditEntry
from sessions_ui.templatetags import history
from tests.audit.history.builders import NOON, THEME, fact, hour

HOSTILE = "<script>alert(1)</script>"
READER = {"perms": {"sessions_ui": {"read_audit": True}}, "session_key": "A-1"}
AGENT = {"perms": {"sessions_ui": {"read_audit": False}}, "session_key": "A-1"}
SEEN = {"source": Source.SEEN, "edit_id": None}
SENT = {"source": Source.SENT}


def row(entry_id=4, detail=""):
    """A row of which only the entry matters here."""
    return type("Row", (), {"entry": AuditEntry(id=entry_id, detail=detail)})()


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ([], "Not known: nothing is on record, and PAVE cannot be asked now."),
        ([fact(0, "PRO")], "PAVE took it with #1, 07:00."),
        (
            [fact(-1, "PRO", source=Source.REFUSED), fact(1, "pro", **SEEN)],
            "PAVE held it when #1 was refused, 06:00; the same again: PAVE showed it, 08:00.",
        ),
        (
            [fact(-1, "PRO"), fact(1, "LITE", stamp=hour(-0.5), **SEEN)],
            "PAVE showed it, 08:00; by PAVE’s own stamp nothing changed since 06:30.",
        ),
        (
            [fact(-1, "PRO", source=Source.READ_BACK)],
            "PAVE showed it with #1, 06:00; nothing later is on record.",
        ),
        (
            [fact(1, "PRO", source=Source.PRESENT, edit_id=None)],
            "PAVE’s latest word, 08:00; nothing earlier is on record.",
        ),
        (
            [fact(-1, "PRO", **SEEN), fact(1, "LITE", **SEEN)],
            "Not known: the first PAVE showed it, 06:00, the other PAVE showed it, 08:00;"
            " it changed in between, where nobody looked.",
        ),
        (
            [fact(-1, "PRO", **SENT), fact(1, "LITE")],
            "Not known: our own edit was on its way. The first PAVE held it when #1 was sent,"
            " 06:00, the other PAVE took it with #1, 08:00.",
        ),
    ],
)
@time_machine.travel(NOON)
def test_evidence_is_the_sentence_for_the_facts_around_the_moment(facts, sentence):
    text = strip_tags(history.evidence(READER, value_at(facts, THEME, NOON)))
    assert re.sub(r"Today, (\d\d:\d\d):00 EST", r"\1", text) == sentence


def test_evidence_links_to_the_entry_or_for_agents_to_the_history():
    known = value_at([fact(0, "PRO", edit_id=1204)], THEME, NOON)
    assert 'href="/audit/1204/">#1,204</a>' in history.evidence(READER, known)
    history_url = "/sessions/A-1/history/?before=1205#entry-1204"
    assert f'href="{history_url}">#1,204</a>' in history.evidence(AGENT, known)


@pytest.mark.parametrize(
    ("key", "facts", "text"),
    [
        (THEME, [], "Not known"),
        (THEME, [fact(0, "PRO")], "PRO"),
        (THEME, [fact(0, "")], "Empty"),
        (THEME, [fact(-1, "PRO")], "PROOnly seen earlier"),
        (THEME, [fact(1, "PRO")], "PROOnly seen later"),
        (THEME, [fact(-1, "PRO"), fact(1, "LITE")], "PRO before, LITE after"),
        ("sms.to_name", [fact(0, "Daniel", "sms.to_name")], "D•••••"),
        ("sms.to_name", [fact(0, None, "sms.to_name")], "(erased)"),
    ],
)
def test_a_value_at_a_moment_is_masked_and_says_how_it_is_known(key, facts, text):
    field = FieldState(CATALOGUE[key], value_at(facts, key, NOON), [])
    assert strip_tags(history.value_at_moment(field)) == text


def test_two_personal_values_show_only_how_they_differ():
    facts = [fact(-1, "647-555-0184", "sms.to"), fact(1, "647-555-0148", "sms.to")]
    field = FieldState(CATALOGUE["sms.to"], value_at(facts, "sms.to", NOON), [])
    html = history.value_at_moment(field)
    assert "647" not in html
    assert "differ" in html


def test_a_value_is_escaped():
    field = FieldState(
        CATALOGUE["vehicle.trim"],
        value_at([fact(0, HOSTILE, "vehicle.trim")], "vehicle.trim", NOON),
        [],
    )
    assert "<script" not in history.value_at_moment(field)
    assert "<script" not in history.delivery_state(HOSTILE)


def test_an_edit_links_to_what_it_reverts_and_to_what_reverts_it():
    links = strip_tags(history.revert_links(READER, row(4, '{"reverts":2}'), {4: [7, 9], 3: [8]}))
    assert links == "Reverts #2 Reverted by #7 Reverted by #9"
    assert history.revert_links(READER, row(), {}) == ""


@time_machine.travel(NOON)
@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0, "Today, Monday, Mar 2"),
        (1, "Yesterday, Sunday, Mar 1"),
        (2, "Saturday, Feb 28"),
        (366, "Saturday, Mar 1, 2025"),
    ],
)
def test_a_day_has_its_weekday_and_in_another_year_the_year(days, text):
    assert strip_tags(history.day(NOON - timedelta(days=days))) == text


def test_a_moment_in_a_query_string_is_utc_to_the_microsecond():
    moment = datetime(2026, 3, 2, 12, 0, 0, 5, tzinfo=UTC)
    assert history.iso(moment) == "2026-03-02T12:00:00.000005Z"
    assert history.iso(history.just_before(moment)) == "2026-03-02T12:00:00.000004Z"
