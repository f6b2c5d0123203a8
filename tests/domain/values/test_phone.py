"""Test phone numbers: one spelling to compare, the digits that identify them, and refusals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_ui.domain.values.phone import (
    local_digits,
    local_start,
    normalize_phone,
    phone_error,
    phone_warning,
)

SPELLINGS = {
    ("CA", "+16475550126"): [
        "647-555-0126", "(647) 555 0126", "1 647 555 0126", "+1 647.555.0126", "6475550126",
        "＋１６４７５５５０１２６", "٦٤٧-٥٥٥-٠١٢٦",
    ],
    ("GB", "+447911123456"): [
        "07911 123456", "+44 7911 123456", "+44 (0)7911 123456", "0044 7911 123456", "7911123456",
    ],
    ("CA", "+442079460018"): [
        "+44 20 7946 0018", "+44 (0)20 7946 0018", "011 44 20 7946 0018", "0044 20 7946 0018",
    ],
    ("CA", "+14165550184;ext=5"): ["416-555-0184 ext 5", "+1 416 555 0184 x5"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("region", "normal", "text"),
    [(*key, text) for key, texts in SPELLINGS.items() for text in texts],
)
def test_every_spelling_of_a_number_normalizes_to_the_same(region, normal, text):
    assert normalize_phone(text, region) == normal
    assert normalize_phone(normal, region) == normal


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("555-0126", "5550126"),
        ("416 555 01840", "41655501840"),
        ("0044 20 79", "00442079"),
        (" n/a ", "n/a"),
        ("", ""),
    ],
)
def test_what_is_no_whole_number_keeps_its_digits(text, normal):
    assert normalize_phone(text, "CA") == normal


@given(st.text(max_size=40))
def test_no_text_makes_it_fail_and_normal_stays_normal(text):
    normal = normalize_phone(text, "CA")
    assert normalize_phone(normal, "CA") == normal
    assert local_digits(text, "CA").isdecimal() or local_digits(text, "CA") == ""


@pytest.mark.parametrize(
    ("text", "region", "digits"),
    [
        ("+1 647-555-0126", "CA", "6475550126"),
        ("07911 123456", "GB", "7911123456"),
        ("+44 7911 123456", "GB", "7911123456"),
        ("+44 7911 123456", "CA", "447911123456"),
        ("647-555-0126", "GB", "6475550126"),
        ("555", "CA", "555"),
    ],
)
def test_a_number_is_known_by_its_local_digits(text, region, digits):
    assert local_digits(text, region) == digits


@pytest.mark.parametrize(
    ("text", "region", "digits"),
    [
        ("+1647", "CA", "647"),
        ("1647", "CA", "1647"),
        ("0791", "GB", "791"),
        ("+44791", "GB", "791"),
        ("+44791", "CA", "44791"),
    ],
)
def test_a_beginning_loses_what_local_digits_lack(text, region, digits):
    assert local_start(text, region) == digits


def test_it_refuses_and_warns_by_the_region():
    assert phone_error("07911 123456", "GB") == ""
    assert "too many" in phone_error("079111 234567", "CA")
    assert "area code" in phone_error("555-0126", "CA")
    assert "Write it like" in phone_error("+999 123456789", "CA")
    assert "digits, spaces" in phone_error("call me", "CA")
    assert phone_warning("+44 7911 123456", "CA") == ""
    assert "handed out" in phone_warning("200-555-0126", "CA")
