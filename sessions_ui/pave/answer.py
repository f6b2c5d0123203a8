"""What PAVE answered, read strictly.

Python's own JSON reader takes NaN, lets the last of two equal keys win, overflows to infinity, and
gives up with errors of its own on endless numbers and deep nesting. An answer that needs such
charity may be half of something, so it is no answer.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn

from sessions_ui.pave.transport.exchange import Reply

MAX_DEPTH = 32
MAX_DIGITS = 64
MAX_MESSAGE = 500
_JSON_TYPE = re.compile(r"application/(?:[a-z0-9.-]+\+)?json\s*(?:;.*)?", re.IGNORECASE)
# A lone half of a character pair cannot be written as UTF-8, and PostgreSQL keeps no NUL.
_UNKEEPABLE = re.compile("[\ud800-\udfff\x00]")
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True)
class Answer:
    """A good answer: status 2xx, the decoded JSON, PAVE's clock (UTC, None where it does not tell),
    the time that the call took.
    """

    status: int
    document: Any = field(repr=False)  # names and phone numbers
    date: datetime | None
    duration_ms: int
    request_id: str


def document_of(reply: Reply) -> tuple[Any, str]:
    """Read a reply: its JSON and no cause, or None and the cause why there is none."""
    if reply.status is None or reply.cause:
        return None, reply.cause or "reset"
    kind = reply.status // 100
    if kind not in (2, 4):
        return None, "redirect" if kind == 3 else f"http_{reply.status}"
    if fault := _content_fault(reply.headers):
        return None, fault
    try:
        return strict_json(reply.body), ""
    except ValueError:
        return None, "json"


def strict_json(body: bytes) -> Any:
    """Decode one JSON text in UTF-8. Raises ValueError for anything that is not beyond doubt."""
    try:
        document = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_decimal,
            parse_constant=_constant,
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None
    _check(document)
    return document


def date_of(headers: Mapping[str, str]) -> datetime | None:
    """Read the Date header as UTC; None where it is missing or no date."""
    try:
        date = parsedate_to_datetime(headers.get("Date", ""))
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def retry_after(headers: Mapping[str, str], now: datetime) -> int | None:
    """Read the Retry-After header, seconds or a date, as seconds from now, 0 or more."""
    told = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,6}", told):
        return int(told)
    until = date_of({"Date": told})
    return max(0, math.ceil((until - now).total_seconds())) if until else None


def words_of(document: Any, hidden: tuple[str, ...]) -> str | None:
    """Give PAVE's ``message``, at most 500 characters, without control characters and without the
    words to hide (it may echo what we sent); None where there is no message.
    """
    message = document.get("message") if isinstance(document, dict) else None
    if not isinstance(message, str):
        return None
    for word in hidden:
        message = re.sub(re.escape(word), "***", message, flags=re.IGNORECASE)
    return _UNPRINTED.sub(" ", message).strip()[:MAX_MESSAGE]


def _content_fault(headers: Mapping[str, str]) -> str:
    kind = headers.get("Content-Type", "").strip()
    if "html" in kind.lower():
        return "html"
    if not _JSON_TYPE.fullmatch(kind):
        return "json"
    encoding = headers.get("Content-Encoding", "").strip().lower()
    return "" if encoding in ("", "identity") else "encoding"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError("a number too long")
    return int(digits)


def _decimal(digits: str) -> float:
    number = float(digits)
    if len(digits) > MAX_DIGITS or not math.isfinite(number):
        raise ValueError("a number too long")
    return number


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _check(document: Any) -> None:
    """Walk through without recursion: not too deep, and only text that can be kept."""
    level = [document]
    for _ in range(MAX_DEPTH):
        if any(isinstance(value, str) and _UNKEEPABLE.search(value) for value in level):
            raise ValueError("text that cannot be kept")
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return
    raise ValueError("nested too deeply")


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else []
