"""Format log records as JSON lines without query strings, session keys or error texts."""

import hashlib
import json
import logging
import re
import traceback
from datetime import UTC, datetime

# Session keys, and the tokens of PAVE's callbacks.
_KEY_IN_PATH = re.compile(r"(?:(?<=/sessions/)|(?<=/hooks/pave/))[^/\s?\"']+")
_QUERY = re.compile(r"(?<=/)\?\S*|(?<=\S)\?\S*=\S*")
_EXTRA_FIELDS = ("request_id", "user_id", "method", "path", "status", "ms", "edit_id", "outcome",
              "circuit", "skew_seconds", "cause", "pave_request_id")  # fmt: skip


def hash_session_key(session_key: str) -> str:
    """The 12 hex digits that replace a session key in logs, because the key itself opens the
    customer's capture page.
    """
    return hashlib.sha256(session_key.encode()).hexdigest()[:12]


def redact(text: str) -> str:
    """Cut query strings from a text, and replace session keys in paths with their hashes."""
    text = _QUERY.sub("", text)
    return _KEY_IN_PATH.sub(lambda match: hash_session_key(match.group()), text)


class JsonFormatter(logging.Formatter):
    """Format a record as one line of JSON: time (UTC), level, logger, event, and extra fields.

    An exception is logged by its class and its trace, without its text, which may hold what PAVE
    or a person wrote.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line; JSON itself escapes line breaks and control characters."""
        line: dict[str, object] = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": redact(record.getMessage()),
        }
        line |= {name: getattr(record, name) for name in _EXTRA_FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["trace"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])[-12:]
            ]
        return json.dumps(line, default=str)
