"""Load the rows of a list in two queries: the columns that a row shows, of each entry and of its
latest end. Django fetches any other column of these entries when it is read.
"""

from collections.abc import Sequence
from datetime import UTC

from django.db import connection

from sessions_ui.audit.sql import SqlRow, query_by_ids
from sessions_ui.models import END_KINDS, AuditEntry

from .rows import EntryRow, build_entry_row, load_personal_values

# In the order of the model's fields, as `from_db` needs them.
_ENTRY_COLUMNS = (
    "id", "ts", "kind", "actor_id", "actor_label", "session_key", "action", "reason_code", "ticket",
    "body", "detail", "outcome", "error_code",
)  # fmt: skip
_END_COLUMNS = ("id", "body", "detail", "outcome", "error_code")
_SPLIT = len(_ENTRY_COLUMNS)
_ENTRIES_WITH_ENDS = f"""
SELECT {", ".join(f"entry.{name}" for name in _ENTRY_COLUMNS)},
       {", ".join(f"ending.{name}" for name in _END_COLUMNS)}
FROM audit_entry AS entry LEFT JOIN audit_entry AS ending
ON ending.op = entry.id AND ending.kind IN ({", ".join(f"{kind:d}" for kind in END_KINDS)})
WHERE entry.id {{among}} ORDER BY ending.id
"""  # noqa: S608  names of ours only


def load_entry_rows(ids: Sequence[int]) -> list[EntryRow]:
    """The rows of these ids, in their order; ids without an entry are left out."""
    if not ids:
        return []
    # Of an edit's several ends the last row, with the latest one, stays in the dictionary.
    rows = {row[0]: row for row in query_by_ids(_ENTRIES_WITH_ENDS, ids)}
    end_ids = [row[_SPLIT] for row in rows.values() if row[_SPLIT]]
    values = load_personal_values([*rows, *end_ids])
    return [build_entry_row(*_parse_row(rows[id_]), values) for id_ in ids if id_ in rows]


def _parse_row(row: SqlRow) -> tuple[AuditEntry, AuditEntry | None]:
    """An entry and its latest end."""
    ending = row[_SPLIT:]
    entry = AuditEntry.from_db(connection.alias, _ENTRY_COLUMNS, row[:_SPLIT])
    if entry.ts.tzinfo is None:  # SQLite stores UTC without a zone
        entry.ts = entry.ts.replace(tzinfo=UTC)
    end = AuditEntry.from_db(connection.alias, _END_COLUMNS, ending) if ending[0] else None
    return entry, end
