"""Test the fields and the select of the audit's filters."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from sessions_ui.forms.filter_fields import MomentField, OpenSelect, PageEdgeField

CHOICES = [("", "Any"), ("a", "First"), ("b", "<Second>")]


def test_a_select_marks_the_typed_choice_and_escapes_labels():
    html = OpenSelect({"class": "form-select"}, CHOICES).render("kind", "b", {"id": "id_kind"})
    assert html.startswith('<select name="kind" class="form-select" id="id_kind">')
    assert '<option value="b" selected>&lt;Second&gt;</option>' in html
    assert html.count("selected") == 1


@pytest.mark.parametrize("value", [None, ""])
def test_a_select_without_a_typed_value_marks_nothing(value):
    html = OpenSelect(choices=CHOICES).render("kind", value)
    assert html.count("<option") == len(CHOICES)
    assert "selected" not in html


def test_a_select_offers_the_typed_value_that_its_list_lacks():
    html = OpenSelect(choices=CHOICES).render("kind", '"><script>')
    assert html.count("<option") == len(CHOICES) + 1
    assert '<option value="&quot;&gt;&lt;script&gt;" selected>&quot;&gt;&lt;script&gt;' in html


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23", datetime(2026, 11, 23, 5, tzinfo=UTC)),
        ("2026-11-23T10:00", datetime(2026, 11, 23, 15, tzinfo=UTC)),
        ("2026-11-23T10:00+00:00", datetime(2026, 11, 23, 10, tzinfo=UTC)),
        ("", None),
        (None, None),
    ],
)
def test_a_moment_without_a_zone_is_local(text, moment):
    assert MomentField().clean(text) == moment


def test_a_day_may_mean_its_end():
    assert MomentField(day_end=True).clean("2026-11-23") == datetime(2026, 11, 24, 5, tzinfo=UTC)


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "9999-12-31"])
def test_a_text_that_is_no_moment_is_refused(text):
    with pytest.raises(ValidationError, match="is not a date"):
        MomentField(day_end=True).clean(text)


def test_the_edge_of_a_page_is_an_entry_number():
    assert PageEdgeField().clean("1,204") == 1204
    assert PageEdgeField().clean("") is None
    with pytest.raises(ValidationError, match="“x” is not a place in the list"):
        PageEdgeField().clean("x")
