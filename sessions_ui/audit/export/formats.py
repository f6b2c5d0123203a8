"""Write entries as CSV, with a line per changed field, or as JSON Lines, with an object per entry.

Times are in UTC, personal values are masked.
"""

import csv
import json
from types import SimpleNamespace
from typing import ClassVar, Protocol

from .csv_cells import safe_cell
from .entry_batches import EntryBatch, entry_facts

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
COLUMNS = (
    "entry_id", "time_utc", "kind", "action", "actor_id", "actor", "role", "session_key", "field",
    "label", "was", "now", "differs", "result", "held_by_pave", "outcome", "settled_utc", "reason",
    "note", "ticket", "pave_http_status", "error_code", "pave_message", "remote_addr", "request_id",
    "status", "reverts", "locked", "told",
)  # fmt: skip
_FIRST_OF_FIELD = COLUMNS.index("field")
_NO_CHANGE = dict.fromkeys((*COLUMNS[_FIRST_OF_FIELD : COLUMNS.index("outcome")], "locked"), "")
# JSON allows these inside a string, but some tools take them for the end of a line.
_LINE_BREAKS = {character: f"\\u{character:04x}" for character in (0x85, 0x2028, 0x2029)}
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Format(Protocol):
    """A file format: its name, the type of the file, what the file begins with, and its lines."""

    name: ClassVar[str]
    content_type: ClassVar[str]
    opening: ClassVar[str]

    def lines(self, batch: EntryBatch) -> list[str]:
        """The lines of these entries, each with its line break."""


class Csv:
    """A line per changed field, with the entry's facts in each; one line for an entry without
    fields."""

    name: ClassVar = "csv"
    content_type: ClassVar = "text/csv; charset=utf-8"
    opening: ClassVar = BOM + ",".join(COLUMNS) + "\r\n"

    def lines(self, batch: EntryBatch) -> list[str]:
        """The lines of these entries, each with its line break."""
        lines: list[str] = []
        write_row = csv.writer(SimpleNamespace(write=lines.append)).writerow
        for entry in batch.entries:
            facts = entry_facts(entry, batch)
            changes = facts.pop("changes") or [_NO_CHANGE]
            cells = [safe_cell(value) for value in facts.values()]
            head, tail, told = cells[:_FIRST_OF_FIELD], cells[_FIRST_OF_FIELD:-1], cells[-1]
            for change in changes:
                *field, locked = [safe_cell(text) for text in change.values()]
                write_row([*head, *field, *tail, locked, told])
        return lines


class JsonLines:
    """An object per entry with its changed fields in a list, as `jq`, a data frame or a log store
    reads it. Names are those of the CSV, numbers are numbers, and only what is missing is null."""

    name: ClassVar = "jsonl"
    content_type: ClassVar = "application/jsonl; charset=utf-8"
    opening: ClassVar = ""

    def lines(self, batch: EntryBatch) -> list[str]:
        """The lines of these entries, each with its line break."""
        return [_json_line(entry_facts(entry, batch)) for entry in batch.entries]


def _json_line(facts: dict[str, object]) -> str:
    line = _encode(facts)
    if not line.isprintable():  # few lines have such characters, and translating is slow
        line = line.translate(_LINE_BREAKS)
    return f"{line}\n"


FORMATS: dict[str, type[Format]] = {"csv": Csv, "jsonl": JsonLines}
