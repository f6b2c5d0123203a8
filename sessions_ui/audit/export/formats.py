"""The answer to a question as a file: CSV with a line per changed field, or JSON Lines with an
object per entry. Times are in UTC, personal values are masked.

Both formats are put together from pieces of text: what recurs in a large record (a name, a field,
a reason) is spelled once.
"""

from collections.abc import Callable
from functools import lru_cache
from json.encoder import encode_basestring
from typing import ClassVar, Protocol

from sessions_ui.audit.entries.rows import Values, field_spec
from sessions_ui.audit.sql import SqlRow
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.domain.values.text import storable
from sessions_ui.models import Kind

from .csv_cells import csv_cell, four_plain
from .rows import (
    LOCKS,
    NO_LOCKS,
    PAVE_SAID,
    REVERTS,
    Batch,
    FieldFormatter,
    about_in,
    edit_reverted,
    locks_told,
    said_by_pave,
)

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
COLUMNS = (
    "entry_id", "time_utc", "kind", "action", "actor_id", "actor", "role", "session_key", "field",
    "label", "was", "now", "differs", "result", "held_by_pave", "outcome", "settled_utc", "reason",
    "note", "ticket", "pave_http_status", "error_code", "pave_message", "remote_addr", "request_id",
    "status", "reverts", "locked", "told",
)  # fmt: skip
_RECURRING = 1024
_NOTHING = '""'
# Some tools take these for the end of a line; JSON itself does not mind them.
_BREAKS = {sign: f"\\u{sign:04x}" for sign in (0x85, 0x2028, 0x2029)}
_KINDS = {kind.value: kind.label.lower() for kind in Kind}
_WITHOUT_OUTCOME = frozenset({Kind.ACCESS.value, Kind.NOTE.value})


class Format(Protocol):
    """How a file is written: its name, its type, how it opens, and the lines of some entries."""

    name: ClassVar[str]
    content_type: ClassVar[str]
    opening: ClassVar[str]

    def lines(self, chunk: Batch) -> list[str]:
        """The lines of these entries, each with its end."""


def outcome_of(kind: int, own: str, end: SqlRow | None) -> str:
    """What became of an entry; ``""`` for one that only tells who read what."""
    if kind in _WITHOUT_OUTCOME:
        return ""
    return (end[3] if end else own) or Outcome.PENDING.value


class Csv:
    """A line per changed field, with the entry's facts in each."""

    name: ClassVar = "csv"
    content_type: ClassVar = "text/csv; charset=utf-8"
    opening: ClassVar = BOM + ",".join(COLUMNS) + "\r\n"

    def __init__(self) -> None:
        self._fields = FieldFormatter().fields
        self._cell = lru_cache(_RECURRING)(csv_cell)
        self._head = lru_cache(_RECURRING)(_csv_head)
        self._field = lru_cache(_RECURRING)(_csv_field)

    def lines(self, chunk: Batch) -> list[str]:
        """The lines of these entries; one without fields has one line."""
        found: list[str] = []
        for entry in chunk.entries:
            self._add(found.append, entry, chunk.ends.get(entry[0]), chunk.values)
        return found

    def _add(
        self, add: Callable[[str], None], entry: SqlRow, end: SqlRow | None, values: Values
    ) -> None:
        (id_, time, kind, action, actor_id, actor, role, key, reason, note, ticket, addr,
         request_id, own, error, body, detail, status) = entry  # fmt: skip
        cell, settled, http, about = self._cell, "", "", detail
        outcome = outcome_of(kind, own, end)
        if end:
            settled, answered, error, detail = end[2], end[4], end[5], end[7]
            http = "" if answered is None else str(answered)
        if not four_plain(f"{key},{note},{ticket},{request_id}"):
            key, note, ticket, request_id = map(csv_cell, (key, note, ticket, request_id))
        said = csv_cell(said_by_pave(detail)) if PAVE_SAID in detail else ""
        locks = locks_told(detail) if LOCKS in detail else NO_LOCKS
        reverts = edit_reverted(about) if REVERTS in about else ""
        head = f"{id_},{time},{self._head(kind, action, actor_id, actor, role)},{key},"
        tail = (
            f",{outcome},{settled},{cell(reason)},{note},{ticket},{http},{cell(error)},{said}"
            f",{cell(addr)},{request_id},{cell(status)},{reverts},"
        )
        fields = self._fields(id_, body, end, values)
        for field, was, now, differs, result, held in fields:
            if not four_plain(f"{was},{now},{result},{held}"):
                was, now, held = cell(was), cell(now), cell(held)
            told = f"{was},{now},{cell(differs) if differs else ''},{result},{held}"
            locked = cell(locks.get(field, "")) if locks else ""
            add(f"{head}{self._field(field)},{told}{tail}{locked},\r\n")
        if not fields:
            add(f"{head},,,,,,{tail},{csv_cell(about_in(about))}\r\n")


def _csv_head(kind: int, action: str, actor_id: int | None, actor: str, role: str) -> str:
    who = "" if actor_id is None else str(actor_id)
    return f"{_KINDS[kind]},{csv_cell(action)},{who},{csv_cell(actor)},{csv_cell(role)}"


def _csv_field(key: str) -> str:
    return f"{csv_cell(key)},{csv_cell(field_spec(key).label)}"


class JsonLines:
    """An object per entry, its changed fields in a list: what `jq`, a data frame or a log store
    takes as it is. Names as in the CSV; numbers are numbers, nothing is null but a missing one."""

    name: ClassVar = "jsonl"
    content_type: ClassVar = "application/jsonl; charset=utf-8"
    opening: ClassVar = ""

    def __init__(self) -> None:
        self._fields = FieldFormatter().fields
        self._text = lru_cache(_RECURRING)(_json_text)
        self._head = lru_cache(_RECURRING)(_json_head)
        self._field = lru_cache(_RECURRING)(_json_field)

    def lines(self, chunk: Batch) -> list[str]:
        """The lines of these entries, one each."""
        ends, values = chunk.ends, chunk.values
        return [self._line(entry, ends.get(entry[0]), values) for entry in chunk.entries]

    def _line(self, entry: SqlRow, end: SqlRow | None, values: Values) -> str:
        (id_, time, kind, action, actor_id, actor, role, key, reason, note, ticket, addr,
         request_id, own, error, body, detail, status) = entry  # fmt: skip
        text, settled, http, about = self._text, "null", "null", detail
        outcome = outcome_of(kind, own, end)
        if end:
            settled, answered, error, detail = f'"{end[2]}"', end[4], end[5], end[7]
            http = "null" if answered is None else str(answered)
        if not _stands(f"{key}{note}{ticket}{request_id}"):
            key, note, ticket, request_id = map(_escaped, (key, note, ticket, request_id))
        locks = locks_told(detail) if LOCKS in detail else NO_LOCKS
        changes = []
        for field, was, now, differs, result, held in self._fields(id_, body, end, values):
            if not _stands(f"{was}{now}{result}{held}"):
                was, now, held = _escaped(was), _escaped(now), _escaped(held)
            changes.append(
                f'{{{self._field(field)},"was":"{was}","now":"{now}","differs":"{differs}",'
                f'"result":"{result}","held_by_pave":"{held}",'
                f'"locked":{text(locks.get(field, "")) if locks else _NOTHING}}}'
            )
        said = _json_text(said_by_pave(detail)) if PAVE_SAID in detail else _NOTHING
        reverts = edit_reverted(about) if REVERTS in about else ""
        told = _NOTHING if changes else _json_text(about_in(about))
        return (
            f'{{"entry_id":{id_},"time_utc":"{time}",'
            f'{self._head(kind, action, actor_id, actor, role)},"session_key":"{key}",'
            f'"changes":[{",".join(changes)}],"outcome":"{outcome}","settled_utc":{settled},'
            f'"reason":{text(reason)},"note":"{note}","ticket":"{ticket}",'
            f'"pave_http_status":{http},"error_code":{text(error)},"pave_message":{said},'
            f'"remote_addr":{text(addr)},"request_id":"{request_id}",'
            f'"status":{text(status)},"reverts":{reverts or "null"},"told":{told}}}\n'
        )


def _stands(text: str) -> bool:
    """Whether a text stands in JSON as it is; one that does not print is looked at closely."""
    return text.isprintable() and '"' not in text and "\\" not in text


def _escaped(text: str) -> str:
    """A text as it stands between the quotation marks of JSON."""
    if _stands(text):
        return text
    return encode_basestring(storable(text))[1:-1].translate(_BREAKS)


def _json_text(text: str) -> str:
    return f'"{_escaped(text)}"'


def _json_head(kind: int, action: str, actor_id: int | None, actor: str, role: str) -> str:
    who = "null" if actor_id is None else str(actor_id)
    return (
        f'"kind":"{_KINDS[kind]}","action":{_json_text(action)},"actor_id":{who},'
        f'"actor":{_json_text(actor)},"role":{_json_text(role)}'
    )


def _json_field(key: str) -> str:
    return f'"field":{_json_text(key)},"label":{_json_text(field_spec(key).label)}'


FORMATS: dict[str, type[Format]] = {"csv": Csv, "jsonl": JsonLines}
