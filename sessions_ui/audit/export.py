"""The answer to a question as CSV: one line per changed field, times in UTC, personal values
masked, and no cell that a spreadsheet could take for a formula."""

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from .rows import Change, Row

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
COLUMNS = (
    "entry_id", "time_utc", "kind", "action", "actor_id", "actor", "role", "session_key", "field",
    "label", "was", "now", "result", "held_by_pave", "outcome", "settled_utc", "reason",
    "note", "ticket", "pave_http_status", "error_code", "pave_message", "remote_addr", "request_id",
)  # fmt: skip
_FORMULA = frozenset("=+-@\t\r\n\x00|%")


class _Echo:
    """A file that gives back what is written to it, so that csv.writer makes lines to stream."""

    def write(self, text: str) -> str:
        return text


def safe_cell(value: object) -> str:
    """The text of a cell. Where a spreadsheet would start a formula, an apostrophe goes first:
    for = + - @ and their wide forms, also behind spaces and invisible signs."""
    text = "" if value is None else str(value)
    first = next((sign for sign in text if not _unseen(sign)), "")
    plain = unicodedata.normalize("NFKC", first)[:1]
    risky = plain in _FORMULA if plain else False
    return f"'{text}" if risky or text[:1] in _FORMULA and text else text


def _unseen(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) in {"Cf", "Cc"}


def iso_utc(moment: datetime | None) -> str:
    """ISO 8601 in UTC, to the millisecond."""
    if moment is None:
        return ""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def csv_lines(rows: Iterable[Row]) -> Iterator[str]:
    """The file line by line: a byte order mark, the heads, then each row's fields."""
    writer = csv.writer(_Echo())
    yield BOM
    yield writer.writerow(COLUMNS)
    for row in rows:
        for change in row.changes or (None,):
            yield writer.writerow([safe_cell(cell) for cell in _cells(row, change)])


def _cells(row: Row, change: Change | None) -> Sequence[object]:
    entry, end = row.entry, row.latest
    return (
        entry.id, iso_utc(entry.ts), entry.get_kind_display().lower(), entry.action,
        entry.actor_id, entry.actor_label, entry.actor_role, entry.session_key,
        *_field_cells(change),
        row.outcome.value if row.outcome else "", iso_utc(end.ts if end else None),
        entry.reason_code, entry.reason_note, entry.ticket,
        end.http_status if end else None, (end or entry).error_code, row.pave_message,
        entry.remote_addr, entry.request_id,
    )  # fmt: skip


def _field_cells(change: Change | None) -> Sequence[object]:
    if change is None:
        return ("",) * 6
    result = change.result.value if change.result else ""
    return (change.spec.key, change.spec.label, change.was, change.now, result, change.held)
