"""The rows of a list: of each entry, and of its latest end, the columns that a row tells. Any other
column of these entries is fetched when it is asked for.
"""

from collections.abc import Sequence
from datetime import UTC

from django.db import connection

from sessions_ui.audit.sql import Bare, asked
from sessions_ui.models import END_KINDS, AuditEntry

from .rows import EntryRow, entry_row, values_of

# In the order of the model, as `from_db` takes them.
_ENTRY = (
    "id", "ts", "kind", "actor_id", "actor_label", "session_key", "action", "reason_code", "ticket",
    "body", "detail", "outcome", "error_code",
)  # fmt: skip
_END = ("id", "body", "detail", "outcome", "error_code")
_SPLIT = len(_ENTRY)
_ENTRIES = f"""
SELECT {", ".join(f"one.{name}" for name in _ENTRY)}, {", ".join(f"its.{name}" for name in _END)}
FROM audit_entry AS one LEFT JOIN audit_entry AS its
ON its.op = one.id AND its.kind IN ({", ".join(f"{kind:d}" for kind in END_KINDS)})
WHERE one.id {{among}} ORDER BY its.id
"""  # noqa: S608  names of ours only


def entry_rows(ids: Sequence[int]) -> list[EntryRow]:
    """The rows of these ids, in their order: two queries, however many there are."""
    if not ids:
        return []
    found = {row[0]: row for row in asked(_ENTRIES, ids)}  # of several ends the latest stays
    ends = [row[_SPLIT] for row in found.values() if row[_SPLIT]]
    values = values_of([*found, *ends])
    return [entry_row(*_pair(found[id_]), values) for id_ in ids if id_ in found]


def _pair(row: Bare) -> tuple[AuditEntry, AuditEntry | None]:
    """An entry and its latest end."""
    ended = row[_SPLIT:]
    entry = AuditEntry.from_db(connection.alias, _ENTRY, row[:_SPLIT])
    if entry.ts.tzinfo is None:  # SQLite keeps UTC without saying so
        entry.ts = entry.ts.replace(tzinfo=UTC)
    return entry, AuditEntry.from_db(connection.alias, _END, ended) if ended[0] else None
