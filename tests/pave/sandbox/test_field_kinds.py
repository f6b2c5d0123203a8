"""Test which values each kind accepts, and how PAVE keeps and shows them."""

import pytest

from sessions_ui.pave.sandbox import field_kinds


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (field_kinds.TEXT, "Black Edition"),
        (field_kinds.TEXT, "x" * 2000),
        (field_kinds.URL, "https://www.example.com/thanks?ref=7"),
        (field_kinds.LANGUAGE, "FR"),
        (field_kinds.LANGUAGE, "fr-CA"),
        (field_kinds.VIN, "4T1BK1EB5EU096061"),
        (field_kinds.PHONE, "+1 (416) 555-0101"),
        (field_kinds.YEAR, "2014"),
        (field_kinds.YEAR, 2014),
        (field_kinds.COUNT, 0),
        (field_kinds.COUNT, "100945"),
        (field_kinds.one_of("LITE", "PRO"), "PRO"),
    ],
)
def test_a_valid_value_is_accepted(kind, value):
    assert kind.is_valid(value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (field_kinds.TEXT, "   "),
        (field_kinds.TEXT, "x" * 2001),
        (field_kinds.TEXT, 7),
        (field_kinds.URL, "ftp://example.com"),
        (field_kinds.URL, "https://"),
        (field_kinds.LANGUAGE, "F"),
        (field_kinds.VIN, "4T1BK1EB5EU09606I"),
        (field_kinds.PHONE, "12"),
        (field_kinds.PHONE, "0" * 16),
        (field_kinds.YEAR, "3014"),
        (field_kinds.YEAR, True),
        (field_kinds.COUNT, "1,000"),
        (field_kinds.COUNT, True),
        (field_kinds.one_of("LITE", "PRO"), "lite"),
    ],
)
def test_an_invalid_value_is_refused(kind, value):
    assert not kind.is_valid(value)


def test_numbers_are_stored_as_int_and_readings_shown_with_commas():
    assert field_kinds.YEAR.store("2014") == 2014
    assert field_kinds.YEAR.show(2014) == 2014
    assert field_kinds.COUNT.show(field_kinds.COUNT.store("100945")) == "100,945"
    assert field_kinds.COUNT.show("unreadable") == "unreadable"
    assert field_kinds.TEXT.show(field_kinds.TEXT.store("007")) == "007"
