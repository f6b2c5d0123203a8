"""Describe one field as a page shows it."""

import pytest

from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.rules.merge import FieldMerge, Merge
from sessions_ui.domain.rules.policy import Verdict
from sessions_ui.forms.session.row import FieldRow, choices_of, display_text

THEME, LANGUAGE = CATALOGUE["session.theme"], CATALOGUE["session.language"]


def row(current, merge=None, typed="LITE"):
    """Give the row of the theme, with what was typed and how it merges."""
    merged = FieldMerge("session.theme", "PRO", current, typed, merge) if merge else None
    return FieldRow(THEME, Verdict(), current, merged)


def test_the_languages_come_from_the_settings(settings):
    settings.PAVE_LANGUAGES = ("EN", "FR")
    assert choices_of(LANGUAGE, "FR") == [("EN", "English · EN"), ("FR", "French · FR")]


def test_a_value_that_is_not_on_the_list_is_added_first(settings):
    settings.PAVE_LANGUAGES = ("EN",)
    assert choices_of(LANGUAGE, "de")[0] == ("de", "de")
    assert choices_of(LANGUAGE, "")[0] == ("", "Not set")
    assert choices_of(LANGUAGE, "en") == [("EN", "English · EN")], "in any case"


def test_a_field_without_a_list_has_no_choices():
    assert choices_of(CATALOGUE["vehicle.trim"], "EX") == []


def test_a_choice_is_shown_by_its_label():
    assert display_text(THEME, "pro") == "Pro"
    assert display_text(THEME, "NEON") == "NEON"
    assert display_text(CATALOGUE["vehicle.trim"], "EX") == "EX"


def test_a_value_is_selected_in_the_spelling_of_its_choice():
    assert row("PRO").option("pro") == "PRO"
    assert row("PRO").option("NEON") == "NEON"


@pytest.mark.parametrize(
    ("merge", "typed", "changed", "conflict"),
    [
        (None, "", False, False),
        (Merge.UNTOUCHED, "", False, False),
        (Merge.THEIRS, "", False, False),
        (Merge.SAME, "LITE", False, False),
        (Merge.MINE, "LITE", True, False),
        (Merge.CONFLICT, "LITE", True, True),
    ],
)
def test_a_row_tells_what_was_typed_and_whether_it_is_a_change(merge, typed, changed, conflict):
    field = row("PRO", merge)
    assert (field.typed, field.changed, field.conflict) == (typed, changed, conflict)


def test_a_value_longer_than_a_line_gets_a_box():
    assert not row("x" * 60).long
    assert row("x" * 61).long


def test_an_empty_value_is_shown_empty():
    assert row("").display == ""
    assert row("PRO").display == "Pro"
