"""Test which values each kind accepts, and how PAVE keeps and shows them."""

import pytest

from sessions_ui.pave.sandbox import kinds


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (kinds.TEXT, "Black Edition"),
        (kinds.TEXT, "x" * 2000),
        (kinds.URL, "https://www.example.com/thanks?ref=7"),
        (kinds.LANGUAGE, "FR"),
        (kinds.LANGUAGE, "fr-CA"),
        (kinds.VIN, "4T1BK1EB5EU096061"),
        (kinds.PHONE, "+1 (416) 555-0101"),
        (kinds.YEAR, "2014"),
        (kinds.YEAR, 2014),
        (kinds.COUNT, 0),
        (kinds.COUNT, "100945"),
        (kinds.one_of("LITE", "PRO"), "PRO"),
    ],
)
def test_a_valid_value_is_accepted(kind, value):
    assert kind.is_valid(value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (kinds.TEXT, "   "),
        (kinds.TEXT, "x" * 2001),
        (kinds.TEXT, 7),
        (kinds.URL, "ftp://example.com"),
        (kinds.URL, "https://"),
        (kinds.LANGUAGE, "F"),
        (kinds.VIN, "4T1BK1EB5EU09606I"),
        (kinds.PHONE, "12"),
        (kinds.PHONE, "0" * 16),
        (kinds.YEAR, "3014"),
        (kinds.YEAR, True),
        (kinds.COUNT, "1,000"),
        (kinds.COUNT, True),
        (kinds.one_of("LITE", "PRO"), "lite"),
    ],
)
def test_an_invalid_value_is_refused(kind, value):
    assert not kind.is_valid(value)


def test_numbers_are_stored_as_int_and_readings_shown_with_commas():
    assert kinds.YEAR.store("2014") == 2014
    assert kinds.YEAR.show(2014) == 2014
    assert kinds.COUNT.show(kinds.COUNT.store("100945")) == "100,945"
    assert kinds.COUNT.show("unreadable") == "unreadable"
    assert kinds.TEXT.show(kinds.TEXT.store("007")) == "007"
