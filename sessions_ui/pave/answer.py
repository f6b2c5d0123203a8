"""Decode what PAVE sent, and accept nothing doubtful.

Python's JSON parser accepts NaN, lets the last of two equal keys win, overflows to infinity, and
fails with errors of its own on very long numbers and deep nesting. A body that only such leniency
can read may be half of something else, so it counts as no answer at all.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn

from sessions_ui.pave.errors import PaveError
from sessions_ui.pave.transport.http_exchange import ExchangeResult

MAX_DEPTH = 32
MAX_DIGITS = 64
MAX_MESSAGE_LENGTH = 500
_JSON_TYPE = re.compile(r"application/(?:[a-z0-9.-]+\+)?json\s*(?:;.*)?", re.IGNORECASE)
# UTF-8 cannot encode half of a surrogate pair, and PostgreSQL stores no NUL.
_UNSTORABLE = re.compile("[\ud800-\udfff\x00]")
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True)
class Answer:
    """A usable answer of PAVE: a 2xx status and a JSON document.

    ``date`` is PAVE's clock in UTC, None if the answer has no valid Date header.
    """

    status: int
    document: Any = field(repr=False)  # contains names and phone numbers
    date: datetime | None
    duration_ms: int
    request_id: str


CallResult = Answer | PaveError
"""The result of one call inside the client, which raises the error only at its surface."""


def parse_document(result: ExchangeResult) -> tuple[Any, str]:
    """Return the JSON document and "", or None and the cause why there is no document."""
    if result.status is None or result.cause:
        return None, result.cause or "reset"
    kind = result.status // 100
    if kind not in (2, 4):
        return None, "redirect" if kind == 3 else f"http_{result.status}"
    if cause := _check_content(result.headers):
        return None, cause
    try:
        return parse_json(result.body), ""
    except ValueError:
        return None, "json"


def parse_json(body: bytes) -> Any:
    """Decode one JSON text in UTF-8. Raises ValueError for a text that is invalid or ambiguous."""
    try:
        document = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_build_object,
            parse_int=_parse_integer,
            parse_float=_parse_float,
            parse_constant=_reject_constant,
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None
    _check_document(document)
    return document


def parse_date(headers: Mapping[str, str]) -> datetime | None:
    """Return the Date header in UTC, or None if it is missing or invalid."""
    try:
        date = parsedate_to_datetime(headers.get("Date", ""))
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def parse_retry_after(headers: Mapping[str, str], now: datetime) -> int | None:
    """Return the Retry-After header, be it seconds or a date, as seconds from ``now``, at least 0.

    None if it is missing or invalid.
    """
    value = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,6}", value):
        return int(value)
    until = parse_date({"Date": value})
    return max(0, math.ceil((until - now).total_seconds())) if until else None


def clean_message(document: Any, secrets: tuple[str, ...]) -> str | None:
    """Return PAVE's ``message`` on one line of at most 500 characters, or None without a message.

    PAVE may echo what we sent, so each of the ``secrets`` in it is replaced with ``***``.
    """
    message = document.get("message") if isinstance(document, dict) else None
    if not isinstance(message, str):
        return None
    for secret in secrets:
        message = re.sub(re.escape(secret), "***", message, flags=re.IGNORECASE)
    return _CONTROL_CHARACTERS.sub(" ", message).strip()[:MAX_MESSAGE_LENGTH]


def _check_content(headers: Mapping[str, str]) -> str:
    """Return the cause why a body with these headers is not parsed, "" if it is."""
    content_type = headers.get("Content-Type", "").strip()
    if "html" in content_type.lower():
        return "html"
    if not _JSON_TYPE.fullmatch(content_type):
        return "json"
    encoding = headers.get("Content-Encoding", "").strip().lower()
    return "" if encoding in ("", "identity") else "encoding"


def _build_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate key")
    return members


def _parse_integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError("number too long")
    return int(digits)


def _parse_float(digits: str) -> float:
    number = float(digits)
    if len(digits) > MAX_DIGITS or not math.isfinite(number):
        raise ValueError("number too long")
    return number


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _check_document(document: Any) -> None:
    """Check depth and text level by level, because recursion could fail on a deep document."""
    level = [document]
    for _ in range(MAX_DEPTH):
        if any(isinstance(value, str) and _UNSTORABLE.search(value) for value in level):
            raise ValueError("text that cannot be stored")
        level = [child for value in level for child in _children(value)]
        if not level:
            return
    raise ValueError("nested too deeply")


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else []
