"""Mask personal values for lists, the audit and exports: that they changed, and how."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from operator import ne
from unicodedata import normalize

from sessions_ui.domain.catalogue import CATALOGUE, FieldSpec
from sessions_ui.domain.values.kinds import Kind
from sessions_ui.domain.values.phone import local_digits
from sessions_ui.domain.values.text import text_of, without_accents

DOT = "\N{BULLET}"
HIDDEN = DOT * 5
_PHONE_MASK = f"{DOT * 3}-{DOT * 3}-"
ERASED = "(erased)"
LAST = 4
SHORTEST_WORD = 3

_LETTER = r"[^\W\d_]"
_digits_of = partial(re.compile(r"\D").sub, "")
_has_digit = re.compile(r"\d").search
_JOIN = r"[\s().\-]"
_DATE = r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_TIME = r"[ T](?:[01]\d|2[0-3]):[0-5]\d"
# Digits that are not a phone number: a day and a time, an entry's number, a word such as INC0012345
# or a VIN. Unless more digits follow that would make it a whole phone number.
_KEPT = (
    rf"(?<![\d+]){_DATE}{_TIME}"
    rf"|(?:(?<![\d+]){_DATE}|[#A-Z]\d{{7,9}})(?![^\W_])"
    rf"(?!{_JOIN}*(?:\d{_JOIN}*){{2,6}}(?!{_JOIN}*\d))"
)
_PHONE_BEFORE_DATE = rf"\+?(?:\d{_JOIN}*){{6,14}}?\d(?=\s+{_DATE}\b)"
_PHONE_LIKE = re.compile(rf"(?P<kept>{_KEPT})|{_PHONE_BEFORE_DATE}|\+?\d(?:\d|{_JOIN}){{5,}}\d")


def mask(spec: FieldSpec | None, value: object) -> str:
    """Mask a value where it is personal, or where it is of no field in the catalogue."""
    text = text_of(value)
    if not text or (spec is not None and not spec.personal):
        return text
    return masked(spec.kind if spec else None, text)


def masked(kind: Kind | None, text: str) -> str:
    """Show a phone by its last four digits, a name by its initials, anything else as dots."""
    if kind is Kind.PHONE:
        return _phone(text)
    if kind is Kind.TEXT:
        return " ".join(word[0] + DOT * (len(word) - 1) for word in text.split()) or HIDDEN
    return HIDDEN


def difference(was: str, now: str) -> str:
    """Say how two personal values differ, in words that give neither away."""
    if not was or not now:
        return ""
    if was == now:
        return "Same value"
    noun = "digit" if _has_digit(was + now) else "letter"
    ours, theirs = _compared(was, noun), _compared(now, noun)
    if len(ours) != len(theirs):
        return f"{len(ours)} {noun}s before, {len(theirs)} now"
    count = sum(map(ne, ours, theirs))
    if not count:
        return f"Same {noun}s, spelled otherwise"
    plural, verb = ("", "differs") if count == 1 else ("s", "differ")
    return f"Same length, {count} {noun}{plural} {verb}"


def personal_texts(texts: Mapping[str, object]) -> set[str]:
    """Collect the personal texts among a session's values by field key, nested ones included, so
    that they can be kept out of free text."""
    return {
        text
        for key, value in texts.items()
        if key not in CATALOGUE or CATALOGUE[key].personal
        for text in map(str.strip, leaf_texts(value))
        if text
    }


def leaf_texts(document: object) -> Iterator[str]:
    """Each scalar of a JSON document as text, however deeply it is nested; keys are left out."""
    if isinstance(document, Mapping):
        document = list(document.values())
    if isinstance(document, list | tuple):
        for item in document:
            yield from leaf_texts(item)
    else:
        yield text_of(document)


def scrub(text: str, values: Iterable[str] = ()) -> str:
    """Return free text without phone numbers and without the session's personal ``values``."""
    return _PHONE_LIKE.sub(lambda found: found["kept"] or _phone(found[0]), hide(text, values))


def hide(text: str, values: Iterable[str]) -> str:
    """Hide these values in a text: each as a whole, however its words are joined, and each of its
    words of three letters or more, in any case, with accents or without."""
    known = {spelled for value in values for spelled in _spellings(value)}
    if not known:
        return text
    either = "|".join(sorted(known, key=len, reverse=True))
    pattern = rf"(?<!{_LETTER})(?:{either})(?!{_LETTER})"
    return re.sub(pattern, HIDDEN, normalize("NFC", text), flags=re.IGNORECASE)


def _spellings(value: str) -> Iterator[str]:
    """Give patterns for a value, with its accents and without. A single letter or a few digits get
    none, since they would hide half of every sentence. Phone numbers are found by their form."""
    for one in {normalize("NFC", value), without_accents(value)}:
        parts = re.findall(r"[^\W_]+", one)
        if re.search(_LETTER, one) and len("".join(parts)) > 1:
            yield r"[\W_]*".join(parts)
        elif one.isdecimal() and len(one) >= LAST:
            yield rf"(?<!\d){one}(?!\d)"
        yield from re.findall(rf"{_LETTER}{{{SHORTEST_WORD},}}", one)


def _phone(text: str) -> str:
    digits = _digits_of(text)
    if len(digits) <= LAST:
        return HIDDEN
    return _PHONE_MASK + digits[-LAST:]


def _compared(text: str, noun: str) -> str:
    """Reduce a value to what is compared: a number's local digits, or letters without case and
    spaces."""
    return local_digits(text) if noun == "digit" else "".join(text.casefold().split())
