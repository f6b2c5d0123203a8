"""Test kinds of values: which spellings are the same value, and how one is sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_ui.domain.values.kinds import Kind

SAME = [
    (Kind.NUMBER, "100,945", 100945),
    (Kind.YEAR, 2011, "2011"),
    (Kind.PHONE, "+1 (647) 455-0126", "647-455-0126"),
    (Kind.LANGUAGE, "en", "EN"),
    (Kind.WORD, "AUTOMATIC", "Automatic"),
    (Kind.TEXT, None, ""),
    (Kind.VIN, "2hgfc2f7xmh018462", "2HGFC2F7XMH018462"),
]
OTHER = [
    (Kind.NUMBER, "100,945", "100,946"),
    (Kind.PHONE, "+44 647 455 0126", "647-455-0126"),
    (Kind.TEXT, "honda", "Honda"),
    (Kind.URL, "https://a.ca/x", "https://a.ca/X"),
    (Kind.NUMBER, "", "0"),
]


@pytest.mark.parametrize(("kind", "one", "other"), SAME)
def test_it_knows_one_value_in_two_shapes(kind, one, other):
    assert kind.same(one, other)


@pytest.mark.parametrize(("kind", "one", "other"), OTHER)
def test_it_tells_two_values_apart(kind, one, other):
    assert not kind.same(one, other)


@given(kind=st.sampled_from(Kind), text=st.text())
def test_it_encodes_any_text_to_the_same_value(kind, text):
    assert kind.same(kind.sent(text), text)


def test_it_keeps_kinds_apart_that_mean_the_same():
    assert len(set(Kind)) == 12
