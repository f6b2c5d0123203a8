"""Test the reading of a row's number from text."""

import pytest

from sessions_ui.domain.values.ids import LARGEST_ID, parse_id


def test_it_reads_plain_digits():
    assert parse_id("0") == 0
    assert parse_id("0042") == 42
    assert parse_id(str(LARGEST_ID)) == LARGEST_ID


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", " 1", "1.0", "x", "٤٢", "²", str(LARGEST_ID + 1), "9" * 5000]
)
def test_no_row_has_a_number_like_this(text):
    assert parse_id(text) is None
