"""Test arguments that several commands take."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime

import pytest

from sessions_ui.management.arguments import moment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31", datetime(2026, 1, 31, 5, 0, tzinfo=UTC)),  # midnight in Toronto
        ("2026-07-31T14:05", datetime(2026, 7, 31, 18, 5, tzinfo=UTC)),
        ("2026-07-31T14:05:00+02:00", datetime(2026, 7, 31, 12, 5, tzinfo=UTC)),
    ],
)
def test_a_moment_without_a_zone_is_local(text, expected):
    assert moment(text) == expected


def test_a_moment_that_is_none_is_named():
    with pytest.raises(ArgumentTypeError, match="“soon” is not a date"):
        moment("soon")
