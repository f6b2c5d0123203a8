"""Log lines: one JSON object per line, without query strings, session keys or error texts."""

import hashlib
import json
import logging
import re
import traceback
from datetime import UTC, datetime

# Session keys, and the tokens of PAVE's call-backs.
_KEY_IN_PATH = re.compile(r"(?:(?<=/sessions/)|(?<=/hooks/pave/))[^/\s?\"']+")
_QUERY = re.compile(r"(?<=/)\?\S*|(?<=\S)\?\S*=\S*")
_OWN_WORDS = ("request_id", "user_id", "method", "path", "status", "ms", "edit_id", "outcome",
              "circuit", "skew_seconds", "cause", "pave_request_id")  # fmt: skip


def key_hash(session_key: str) -> str:
    """Give the 12 hex digits that stand for a session key in logs: the key itself opens the
    customer's capture page.
    """
    return hashlib.sha256(session_key.encode()).hexdigest()[:12]


def quiet(text: str) -> str:
    """Cut query strings from a text and put the hash for every session key in a path."""
    text = _QUERY.sub("", text)
    return _KEY_IN_PATH.sub(lambda found: key_hash(found.group()), text)


class JsonLine(logging.Formatter):
    """Write a record as one line of JSON: time (UTC), level, logger, text, and our own words.

    Of an exception only its class and the places in the code are told: its text may hold
    what PAVE or a person wrote.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Give the line; line breaks and control characters are escaped by JSON itself."""
        line: dict[str, object] = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": quiet(record.getMessage()),
        }
        line |= {word: getattr(record, word) for word in _OWN_WORDS if hasattr(record, word)}
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["trace"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])[-12:]
            ]
        return json.dumps(line, default=str)
