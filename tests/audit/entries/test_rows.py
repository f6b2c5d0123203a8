"""Test how the rows of lists present entries."""

import pytest
from django.db import connection

from sessions_ui.audit.entries.row_queries import load_entry_rows
from sessions_ui.audit.entries.rows import (
    MAX_SHOWN_CHANGES,
    build_entry_row,
    describe_detail,
    describe_locks,
    field_spec,
    in_sentence,
    load_personal_values,
    parse_detail,
    side_text,
)
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.models import LISTED_KINDS, AuditEntry, Side
from tests.audit.authors import KEY, PHONE, edit, ended, intent, note, refusal

pytestmark = pytest.mark.django_db


def rows():
    """The rows of the session's edits and refusals, newest first."""
    listed = AuditEntry.objects.filter(session_key=KEY, kind__in=LISTED_KINDS).order_by("-id")
    return load_entry_rows(listed.values_list("id", flat=True))


def test_a_row_reads_as_a_sentence():
    edit(PHONE, ticket="ZD-48213")
    edit({**PHONE, "session.language": ("EN", "FR")}, "partial")
    edit({"vehicle.vin": ("A", "B")}, "refused", code="")
    edit({f"vehicle.{name}": ("", "x") for name in ("make", "model", "trim", "year")})
    sentences = [row.sentence for row in rows()]
    assert sentences == [
        f"Alice Moreau changed 4 fields of {KEY} (wrong number)",
        f"Alice Moreau tried to change the VIN of {KEY}",
        f"Alice Moreau changed the language and phone number of {KEY} (wrong number)",
        f"Alice Moreau changed the phone number of {KEY} (wrong number, ZD-48213)",
    ]


def test_every_outcome_has_a_sentence():
    for outcome in Outcome:
        if outcome is not Outcome.PENDING:
            edit(outcome=outcome.value)
    intent()
    verbs = {row.outcome: row.verb for row in rows()}
    assert set(verbs) == set(Outcome)
    assert verbs[Outcome.PENDING] == "is changing the theme"
    assert verbs[Outcome.REFUSED] == "tried to change the theme"
    assert verbs[Outcome.UNKNOWN] == "sent a change to the theme"


def test_changes_are_masked_and_say_how_they_differ():
    edit(PHONE)
    (change,) = rows()[0].changes
    assert (change.was, change.now) == ("•••-•••-0184", "•••-•••-0148")
    assert change.differs == "Same length, 2 digits differ"
    assert (change.result.value, change.held) == ("applied", "•••-•••-0148")


def test_a_row_says_which_values_were_erased():
    edit(PHONE)
    connection.cursor().execute("DELETE FROM audit_value")
    (change,) = rows()[0].changes
    assert (change.was, change.now, change.differs) == ("(erased)", "(erased)", "")


def test_plain_shows_the_values_that_a_row_masks():
    entry = AuditEntry.objects.get(id=edit(PHONE))
    end = AuditEntry.objects.latest_end(entry.id)
    values = load_personal_values([entry.id, end.id])
    for plain in (False, True):
        (change,) = build_entry_row(entry, end, values, plain=plain).changes
        assert (change.was == PHONE["sms.to"][0]) is plain
        assert change.hides is not plain


def test_a_change_says_what_pave_holds_in_place_of_the_value_sent():
    edit_id = intent({"session.theme": ("LITE", "PRO"), "vehicle.make": ("", "Ford")})
    results = {"session.theme": ("ignored", "LITE"), "vehicle.make": ("altered", "")}
    ended(edit_id, "partial", results)
    assert [change.holds for change in rows()[0].changes] == ["Still holds LITE", "Holds nothing"]


def test_a_row_leaves_the_changes_beyond_the_third_to_the_page_of_the_entry():
    edit({f"vehicle.{name}": ("", "x") for name in ("make", "model", "trim", "year")})
    assert rows()[0].more == 4 - MAX_SHOWN_CHANGES == 1


@pytest.mark.parametrize(
    ("detail", "cause"),
    [
        ({"pave_message": "No."}, ""),
        ({"unknown_names": ["session-x", "y"]}, "Names that PAVE does not have: session-x, y"),
    ],
)
def test_a_row_says_what_stopped_the_edit_unless_pave_said_it(detail, cause):
    refusal({}, **detail)
    assert rows()[0].cause == cause
    assert rows()[0].pave_message == detail.get("pave_message", "")


def test_a_row_names_the_fields_of_a_refusal_without_values():
    refusal({}, fields=["sms.to", "vehicle.vin"])
    assert rows()[0].what == "the phone number and VIN"
    refusal({}, unknown_names=["x"])
    assert rows()[0].what == "fields that PAVE does not have"


def test_locks_are_described_reason_by_reason():
    text = describe_locks({"session.theme": "STARTED", "vehicle.vin": "STARTED"})
    assert text.startswith("Theme and VIN: ")


def test_a_label_inside_a_sentence_keeps_its_abbreviations():
    assert in_sentence("Phone number") == "phone number"
    assert in_sentence("VIN") == "VIN"
    assert in_sentence("") == ""


def test_a_field_that_the_catalogue_does_not_list_is_masked():
    spec = field_spec("vehicle.plate")
    assert (spec.section, spec.name, spec.label) == ("vehicle", "plate", "vehicle.plate")
    assert spec.personal


@pytest.mark.parametrize(
    ("detail", "text"),
    [
        ({}, ""),
        ({"filter": {"q": "T-1", "actor": "2"}, "count": 1}, "actor: 2, q: T-1, 1 entry"),
        ({"rule": "Often", "was": "Paused", "now": "Active"}, "“Often” Was: Paused Now: Active"),
        ({"fields": ["sms.to"], "entry": 1234}, "Phone number, entry #1,234"),
        ({"from_id": 1, "to_id": 1200, "count": "2"}, "2 entries, entries #1 to #1200"),
        ({"note": "Called back"}, "“Called back”"),
    ],
)
def test_the_detail_of_an_access_is_described_in_words(detail, text):
    assert describe_detail(detail) == text


def test_the_row_of_a_note_says_what_it_was_about():
    (row,) = load_entry_rows([note(action="watch.changed", rule="Often")])
    assert (row.outcome, row.about, row.changes) == (None, "“Often”", ())
    edit(PHONE)
    assert rows()[0].about == ""


def test_the_text_of_a_value_is_none_once_it_was_erased():
    where = (7, "sms.to", Side.NOW)
    assert side_text({"sha256": "…"}, where, {where: "1"}) == "1"
    assert side_text({"sha256": "…"}, where, {}) is None
    assert side_text(None, where, {}) == ""
    assert side_text(True, where, {}) == "true"


def test_an_entry_without_a_detail_has_an_empty_one():
    assert parse_detail(AuditEntry(detail="")) == {}
