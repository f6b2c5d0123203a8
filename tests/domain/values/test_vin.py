"""Test VINs: what cannot be one, and the check digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_ui.domain.values.vin import vin_error, vin_warning

GOOD_VINS = ["2HGFC2F7XMH018462", "1FTEW1EP3NFA73058", "WVWZZZ1JZXW000001"]


@pytest.mark.parametrize("vin", GOOD_VINS)
def test_it_takes_a_vin(vin):
    assert vin_error(vin.lower()) == ""


@pytest.mark.parametrize(
    ("vin", "words"),
    [
        ("2HGFC2F7XMHO18462", "Did you mean 2HGFC2F7XMH018462?"),
        ("2HGFC2F7XMH01846", "this one has 16"),
        ("2HGFC2F7XMH-18462", "only digits and the letters"),
        ("", "this one has 0"),
    ],
)
def test_it_says_why_it_is_no_vin(vin, words):
    assert words in vin_error(vin)


def test_it_warns_of_a_check_digit_only_where_it_binds():
    assert vin_warning("1M8GDM9AXKP042788") == ""
    assert "X would fit" in vin_warning("1M8GDM9A1KP042788")
    assert vin_warning("WVWZZZ1JZXW000001") == ""


@given(st.text())
def test_it_judges_any_text(text):
    assert isinstance(vin_error(text) or vin_warning(text), str)
