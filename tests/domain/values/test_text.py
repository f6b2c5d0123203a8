"""Test texts: as values of JSON, as a database can store them, and as they are compared."""

import pytest

from sessions_ui.domain.values.text import folded, storable, text_of, without_accents


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("Zoé", "Zoé"),
        (7, "7"),
        (331000.0, "331000.0"),
        (True, "true"),
        ({"a": ["é", None]}, '{"a": ["é", null]}'),
        ("a\x00b\ud800", "a\ufffdb\ufffd"),
        (["\ud800"], '["\ufffd"]'),
    ],
)
def test_a_value_of_json_becomes_a_text(value, text):
    assert text_of(value) == text


def test_what_no_database_stores_is_replaced():
    assert storable("plain") == "plain"
    assert storable("a\tb") == "a\tb"
    assert storable("\x00\udfff") == "\ufffd\ufffd"


@pytest.mark.parametrize("text", ["Zoé", "ZOÉ", "Zoe\u0301", "zoe", "Ｚｏｅ"])
def test_names_compare_without_accents_and_case(text):
    assert folded(text) == "zoe"
    assert folded(folded(text)) == "zoe"


def test_accents_go_and_the_case_stays():
    assert without_accents("Ünïté ﬁn") == "Unite fin"
