"""Spell texts in one way, so that two that look or sound the same compare equal."""

import json
import re
from unicodedata import combining, normalize

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Replace what no database stores (NUL, lone surrogates) with U+FFFD."""
    if text.isprintable():  # neither of them is; five times as fast as the search for them
        return text
    return _UNSTORABLE.sub("\ufffd", text)


def text_of(value: object) -> str:
    """Return a value of PAVE's JSON as text: ``""`` for null, JSON for what is not a scalar."""
    if value is None:
        return ""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict | list | bool):
        return storable(json.dumps(value, ensure_ascii=False))
    return str(value)


def without_accents(text: str) -> str:
    """Return a text without accents and compatibility forms (``ﬁ``, full-width letters)."""
    return "".join(letter for letter in normalize("NFKD", text) if not combining(letter))


def folded(text: str) -> str:
    """Return a text as names and words are compared: without accents and without case."""
    return without_accents(text).casefold()
