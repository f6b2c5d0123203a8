"""Personal values as lists, audit and export may show them: that they changed, and how."""

import re
from collections.abc import Iterable

from sessions_ui.domain.catalogue import FieldSpec
from sessions_ui.domain.values import Kind, text_of

DOT = "\N{BULLET}"
HIDDEN = DOT * 5
ERASED = "(erased)"
LAST = 4
SHORTEST_KNOWN = 3

_PHONE_LIKE = re.compile(r"\+?\d[\d\s().\-]{5,}\d")


def mask(spec: FieldSpec | None, value: object) -> str:
    """The value as it may be shown: masked when personal, or when no row of the catalogue
    vouches for it; ``""`` stays ``""``."""
    text = text_of(value)
    if not text or (spec is not None and not spec.personal):
        return text
    return masked(spec.kind if spec else None, text)


def masked(kind: Kind | None, text: str) -> str:
    """A phone by its last four digits, a name by its initials, anything else not at all."""
    if kind is Kind.PHONE:
        return _phone(text)
    if kind is Kind.TEXT:
        return " ".join(word[0] + DOT * (len(word) - 1) for word in text.split()) or HIDDEN
    return HIDDEN


def difference(was: str, now: str) -> str:
    """How two personal values differ, in words that give neither away."""
    if not was or not now:
        return ""
    if was == now:
        return "Same value"
    noun = "digit" if re.search(r"\d", was + now) else "letter"
    ours, theirs = (_compared(text, noun) for text in (was, now))
    if len(ours) != len(theirs):
        return f"{len(ours)} {noun}s before, {len(theirs)} now"
    count = sum(one != other for one, other in zip(ours, theirs, strict=True))
    if not count:
        return f"Same {noun}s, spelled otherwise"
    plural, verb = ("", "differs") if count == 1 else ("s", "differ")
    return f"Same length, {count} {noun}{plural} {verb}"


def scrub(text: str, values: Iterable[str] = ()) -> str:
    """A remote's sentence without phone numbers and without the personal ``values`` of the edit."""
    for value in sorted(values, key=len, reverse=True):
        if len(value) >= SHORTEST_KNOWN:
            text = re.sub(re.escape(value), HIDDEN, text, flags=re.IGNORECASE)
    return _PHONE_LIKE.sub(lambda found: _phone(found[0]), text)


def _phone(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    if len(digits) <= LAST:
        return HIDDEN
    return f"{DOT * 3}-{DOT * 3}-{digits[-LAST:]}"


def _compared(text: str, noun: str) -> str:
    return re.sub(r"\D", "", text) if noun == "digit" else text
