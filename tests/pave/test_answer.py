"""Test that an answer is read strictly: in the only way it can be read, or not at all."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_ui.pave.answer import (
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_MESSAGE_LENGTH,
    clean_message,
    parse_date,
    parse_json,
    parse_retry_after,
)
from sessions_ui.pave.errors import PaveRefused, PaveUnknown
from tests.pave.client_calls import HTML, KEY, READ_AND_WRITE, SESSION, error_of, get
from tests.pave.scripted_server import responds

# --- JSON ----------------------------------------------------------------------------------------


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
def test_doubtful_json_is_rejected(text):
    with pytest.raises(ValueError, match=r"."):
        parse_json(text.encode())


@pytest.mark.parametrize("body", [b"\xff", b'{"a": "\xe9"}', "{}".encode("utf-16"), b"\x00"])
def test_only_utf8_is_read(body):
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
def test_plain_json_is_read(document):
    assert parse_json(json.dumps(document).encode()) == document


def test_json_is_read_down_to_the_maximum_depth():
    deepest = "[" * (MAX_DEPTH - 1) + "1" + "]" * (MAX_DEPTH - 1)
    assert parse_json(deepest.encode())
    with pytest.raises(ValueError, match="deep"):
        parse_json(f"[{deepest}]".encode())


SCALARS = st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.floats(allow_nan=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
DOCUMENTS = st.recursive(
    SCALARS.filter(lambda value: value not in (float("inf"), float("-inf"))) | TEXTS,
    lambda children: st.lists(children) | st.dictionaries(TEXTS, children),
    max_leaves=20,
)


@given(DOCUMENTS)
def test_any_json_document_is_read_back_unchanged(document):
    assert parse_json(json.dumps(document).encode()) == document


@given(st.binary() | st.text('{}[]",:\\u0123456789.eE+-NaInfty ').map(str.encode))
def test_any_bytes_are_read_or_raise_value_error(body):
    try:
        document = parse_json(body)
    except ValueError:
        return
    json.dumps(document, allow_nan=False, ensure_ascii=False).encode()


@READ_AND_WRITE
@pytest.mark.parametrize(
    ("body", "options", "cause"),
    [
        ("<html>Log in</html>", {"kind": HTML}, "html"),
        (SESSION, {"kind": HTML}, "html"),
        (SESSION, {"kind": ""}, "json"),
        (SESSION, {"kind": "Content-Type: text/plain"}, "json"),
        ("", {}, "json"),
        ("{", {}, "json"),
        ('{"session_key": NaN}', {}, "json"),
        (f'{{"session_key": "XXX", "session_key": "{KEY}"}}', {}, "json"),
        (f'{{"session_key": "{KEY}", "year": {"9" * 4301}}}', {}, "json"),
        (f'{{"session_key": "{KEY}", "deep": {"[" * 50_000}{"]" * 50_000}}}', {}, "json"),
        (b"\xff\xfe", {}, "json"),
        ("", {"status": "204 No Content"}, "json"),
    ],
)
def test_a_200_that_cannot_be_read_is_unknown(serve, make_client, call, body, options, cause):
    error = error_of(call, make_client(serve(responds(body, **options))), PaveUnknown)
    assert error.cause == cause


# --- headers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["application/json", "APPLICATION/JSON; charset=utf-8"])
def test_json_is_recognised_by_its_content_type(serve, make_client, kind):
    server = serve(responds(SESSION, kind=f"Content-Type: {kind}"))
    assert get(make_client(server)).document == SESSION


@READ_AND_WRITE
def test_a_compressed_body_is_rejected(serve, make_client, call):
    server = serve(responds(SESSION, "Content-Encoding: gzip"))
    assert error_of(call, make_client(server), PaveUnknown).cause == "encoding"


@pytest.mark.parametrize(
    ("header", "date"),
    [
        ("Tue, 15 Nov 1994 08:12:31 GMT", datetime(1994, 11, 15, 8, 12, 31, tzinfo=UTC)),
        ("Tue, 15 Nov 1994 08:12:31 +0200", datetime(1994, 11, 15, 6, 12, 31, tzinfo=UTC)),
        ("Tue, 15 Nov 1994 08:12:31 -0000", datetime(1994, 11, 15, 8, 12, 31, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
        ("Mon, 31 Dec 9999 23:59:59 -0100", None),
    ],
)
def test_the_answer_has_paves_clock_in_utc(serve, make_client, header, date):
    server = serve(responds(SESSION, f"Date: {header}"))
    assert get(make_client(server)).date == date


@given(st.text() | st.from_regex(r"\w{3}, \d+ \w{3} -?\d+ \d+:\d+:\d+ [+-]?\w+", fullmatch=True))
def test_any_date_header_is_read_or_ignored(text):
    moment = parse_date({"Date": text})
    assert moment is None or moment.utcoffset().total_seconds() == 0


@given(st.text())
def test_any_retry_after_header_is_read_or_ignored(text):
    seconds = parse_retry_after(
        {"Retry-After": text}, parse_date({"Date": "Tue, 15 Nov 1994 08:12:31 GMT"})
    )
    assert seconds is None or seconds >= 0


# --- messages ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("a\r\nb\x1b[31m\u2028c", "a b [31m c"),
        ("x" * 5000, "x" * 500),
        ("", ""),
        ("  Zoë <b>", "Zoë <b>"),
    ],
)
def test_paves_message_is_short_and_on_one_line(serve, make_client, message, shown):
    server = serve(responds({"message": message}, status="400 No"))
    error = error_of(get, make_client(server), PaveRefused)
    assert error.pave_message == shown


@given(st.text(), st.lists(st.text(min_size=1), max_size=3))
def test_any_message_becomes_one_short_line(message, secrets):
    cleaned = clean_message({"message": message}, tuple(secrets))
    assert len(cleaned) <= MAX_MESSAGE_LENGTH == 500
    assert len(cleaned.splitlines()) <= 1
