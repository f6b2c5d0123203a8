"""Test that log lines are JSON, one each, without anything that must not be logged."""

import json
import logging
import sys

import pytest

from paveadmin.logs import JsonFormatter, hash_session_key, redact

KEY_HASH = hash_session_key("ABC-123")


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("/audit/?value=416&q=x", "/audit/"),
        ("No: /sessions/ABC-123/history/", f"No: /sessions/{KEY_HASH}/history/"),
        ("GET /sessions/ABC-123?edit=4 HTTP/1.1", f"GET /sessions/{KEY_HASH} HTTP/1.1"),
        ("/hooks/pave/s3cr3t/", f"/hooks/pave/{hash_session_key('s3cr3t')}/"),
        ("/sessions/", "/sessions/"),
        ("Is it done? Yes.", "Is it done? Yes."),
    ],
)  # fmt: skip
def test_it_redacts_addresses(text, redacted):
    assert redact(text) == redacted


def _record(message, *arguments, exc_info=None):
    return logging.LogRecord("x", logging.ERROR, "x.py", 1, message, arguments, exc_info)


@pytest.mark.parametrize("hostile", ["a\nb", "a\r\nb", "\x1b[31mred", "a\u2028b", "\x00"])
def test_it_keeps_every_event_on_one_line(hostile):
    line = JsonFormatter().format(_record("%s", hostile))
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line
    assert json.loads(line)["event"] == hostile


def test_it_logs_where_an_error_was_raised_but_not_its_text():
    try:
        raise ValueError("phone 4165550174")
    except ValueError:
        line = JsonFormatter().format(_record("failed", exc_info=sys.exc_info()))
    assert "4165550174" not in line
    fields = json.loads(line)
    assert fields["error"] == "ValueError"
    assert "test_logs.py" in fields["trace"][0]


def test_it_logs_our_own_fields_and_no_other():
    record = _record("request")
    record.status, record.ms, record.secret = 200, 12, "hidden"
    line = json.loads(JsonFormatter().format(record))
    assert (line["status"], line["ms"]) == (200, 12)
    assert "secret" not in line
    assert line["ts"].endswith("+00:00")
    assert (line["level"], line["logger"], line["event"]) == ("error", "x", "request")


def test_a_session_key_has_one_short_hash():
    assert hash_session_key("ABC-123") == KEY_HASH != hash_session_key("ABC-124")
    assert len(KEY_HASH) == 12
