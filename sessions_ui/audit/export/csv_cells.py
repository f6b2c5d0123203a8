"""Make text safe for a CSV cell: no spreadsheet may take it for a formula."""

import string
import unicodedata

from sessions_ui.domain.values.masking import DOT

_FORMULA_STARTS = frozenset("=+-@\t\r\n\x00|%")
_INVISIBLE_CATEGORIES = frozenset({"Cf", "Cc"})
_HARMLESS_STARTS = frozenset(f"{string.ascii_letters}{string.digits}(/#{DOT}")
"""Most values begin with one of these, and then there is no need to look at each character."""


def safe_cell(value: object) -> str:
    """The text of a cell, ``""`` for None, with an apostrophe in front where a spreadsheet would
    start a formula: for = + - @ and their full-width forms, also after blanks and invisible
    characters."""
    text = "" if value is None else str(value)
    if not text or text[0] in _HARMLESS_STARTS:
        return text
    first = next((character for character in text if not _is_invisible(character)), "")
    narrow = unicodedata.normalize("NFKC", first)[:1]
    risky = narrow in _FORMULA_STARTS if narrow else False
    return f"'{text}" if risky or text[0] in _FORMULA_STARTS else text


def _is_invisible(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in _INVISIBLE_CATEGORIES
