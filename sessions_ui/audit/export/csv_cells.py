"""Values as an export's cells: times in UTC, and no cell that a spreadsheet could take for a
formula."""

import csv
import re
import unicodedata

from sessions_ui.domain.values.masking import DOT
from sessions_ui.domain.values.text import storable

_FORMULA = frozenset("=+-@\t\r\n\x00|%")
# Begins with nothing that a spreadsheet stumbles over, has nothing to quote: most values are so.
_PLAIN = rf'(?:[A-Za-z0-9(/#{DOT}][^",\r\n\x00\ud800-\udfff]*)?'
plain = re.compile(_PLAIN).fullmatch
four_plain = re.compile(rf"{_PLAIN},{_PLAIN},{_PLAIN},{_PLAIN}").fullmatch
"""Whether a text, or each of four joined by commas, stands as it is in CSV."""
_harmless = re.compile(r"[A-Za-z0-9][^\x00\ud800-\udfff]*").fullmatch
_quoted = re.compile(r'[",\r\n]').search


class _Echo:
    """A file that gives back what is written to it, so that csv.writer makes text."""

    def write(self, text: str) -> str:
        return text


_writer = csv.writer(_Echo())


def safe_cell(value: object) -> str:
    """The text of a cell. Where a spreadsheet would start a formula, an apostrophe goes first:
    for = + - @ and their wide forms, also behind spaces and invisible signs."""
    text = "" if value is None else str(value)
    first = next((sign for sign in text if not _unseen(sign)), "")
    narrow = unicodedata.normalize("NFKC", first)[:1]
    risky = narrow in _FORMULA if narrow else False
    return f"'{text}" if risky or text[:1] in _FORMULA and text else text


def _unseen(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) in {"Cf", "Cc"}


def csv_cell(text: str) -> str:
    """A text as it stands between two commas: disarmed, and quoted where it has to be."""
    if plain(text):
        return text
    if _harmless(text):
        # As csv.writer does it, without its detour.
        return '"' + text.replace('"', '""') + '"' if _quoted(text) else text
    # Beside an empty cell: alone in its row, an empty one would be quoted.
    line: str = _writer.writerow(("", safe_cell(storable(text))))
    return line[1:-2]
