"""The strict reader: one way to read an answer, or none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_ui.pave.answer import (
    MAX_DEPTH,
    MAX_DIGITS,
    clean_message,
    parse_date,
    parse_json,
    parse_retry_after,
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "{",
        "{}{}",
        "{,}",
        '{"a": 1,}',
        "{'a': 1}",
        "// PAVE\n{}",
        "NaN",
        "[Infinity]",
        '{"a": -Infinity}',
        "1e999",
        "[-1e999]",
        '{"a": 1, "a": 1}',
        '[{"deep": {"a": 1, "b": 2, "a": 3}}]',
        "9" * (MAX_DIGITS + 1),
        "9" * 4301,
        "-" + "9" * 100_000,
        "0." + "1" * 100_000,
        "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1),
        "[" * 100_000,
        '{"a":' * 100_000,
        '"\\ud800"',
        '{"\\udfff": 1}',
        '"a\\u0000b"',
        "\ufeff{}",
        '"a\nb"',
    ],
)
def test_it_reads_nothing_doubtful(text):
    with pytest.raises(ValueError, match=r"."):
        parse_json(text.encode())


@pytest.mark.parametrize("body", [b"\xff", b'{"a": "\xe9"}', "{}".encode("utf-16"), b"\x00"])
def test_it_reads_only_utf8(body):
    with pytest.raises(ValueError, match=r"."):
        parse_json(body)


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        None,
        True,
        "Zoë 🚗",
        {"a": [1, -2.5, 1e10, {"b": ""}], "c": None},
        int("9" * MAX_DIGITS),
    ],
)
def test_it_reads_what_is_beyond_doubt(document):
    assert parse_json(json.dumps(document).encode()) == document


def test_it_reads_down_to_its_depth_and_no_deeper():
    deepest = "[" * (MAX_DEPTH - 1) + "1" + "]" * (MAX_DEPTH - 1)
    assert parse_json(deepest.encode())
    with pytest.raises(ValueError, match="deep"):
        parse_json(f"[{deepest}]".encode())


PLAIN = st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.floats(allow_nan=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
DOCUMENTS = st.recursive(
    PLAIN.filter(lambda value: value not in (float("inf"), float("-inf"))) | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=20,
)


@given(DOCUMENTS)
def test_it_reads_back_whatever_json_can_say(document):
    assert parse_json(json.dumps(document).encode()) == document


@given(st.binary() | st.text('{}[]",:\\u0123456789.eE+-NaInfty ').map(str.encode))
def test_it_knows_only_one_error(body):
    try:
        found = parse_json(body)
    except ValueError:
        return
    json.dumps(found, allow_nan=False, ensure_ascii=False).encode()


@given(st.text() | st.from_regex(r"\w{3}, \d+ \w{3} -?\d+ \d+:\d+:\d+ [+-]?\w+", fullmatch=True))
def test_it_survives_any_date(text):
    moment = parse_date({"Date": text})
    assert moment is None or moment.utcoffset().total_seconds() == 0


@given(st.text())
def test_it_survives_any_request_to_wait(text):
    seconds = parse_retry_after(
        {"Retry-After": text}, parse_date({"Date": "Tue, 15 Nov 1994 08:12:31 GMT"})
    )
    assert seconds is None or seconds >= 0


@given(st.text(), st.lists(st.text(min_size=1), max_size=3))
def test_it_makes_one_short_line_of_any_words(message, hidden):
    words = clean_message({"message": message}, tuple(hidden))
    assert len(words) <= 500
    assert len(words.splitlines()) <= 1
