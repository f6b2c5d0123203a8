"""Differences of two values: the parts put together are the value, and the marks are where they
differ.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_ui.domain.values.kinds import Kind
from sessions_ui.domain.values.text_diff import parts_of


def marked(parts):
    """What is marked of a value, piece by piece."""
    return [text for text, differs in parts if differs]


@given(st.sampled_from([None, *Kind]), st.text(), st.text())
def test_the_parts_are_the_value(kind, was, now):
    for text, parts in zip((was, now), parts_of(kind, was, now), strict=True):
        assert "".join(part for part, _ in parts) == text


@pytest.mark.parametrize(
    ("kind", "was", "now", "before", "after"),
    [
        (Kind.VIN, "2HGFC2F7XMH018462", "2HGFC2F7XMH018426", ["62"], ["26"]),
        (Kind.TEXT, "Lakeshore Honda", "Lakeside Honda", ["hor"], ["id"]),
        (Kind.URL, "https://a.ca/x?n=1", "https://b.ca/x?n=2", ["a.ca", "1"], ["b.ca", "2"]),
        (Kind.TEXT, "EX", "Touring", [], []),
        (Kind.TEXT, "same", "same", [], []),
        (Kind.TEXT, "", "new", [], []),
    ],
)
def test_what_differs_is_marked(kind, was, now, before, after):
    first, second = parts_of(kind, was, now)
    assert (marked(first), marked(second)) == (before, after)
