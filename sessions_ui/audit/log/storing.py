"""Putting an entry, its personal values and its index rows into the tables: in one statement on
PostgreSQL, where each is a round trip, in a few short ones on SQLite.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from .canonical import COLUMNS, HASH_VERSION

Term = tuple[str, str]
"""What an entry is found by: field and value."""


@dataclass(frozen=True)
class RelatedRows:
    """What goes beside an entry: personal values (field, side, salt, value), and index rows of its
    edit, or of itself where it stands alone. ``stale`` ones are taken away where they are there."""

    kept: Sequence[tuple[str, int, bytes, str]] = ()
    tokens: Collection[Term] = ()
    stale: Collection[Term] = ()


NO_RELATED_ROWS = RelatedRows()

_NAMES = (*COLUMNS[HASH_VERSION], "hash")
_ENTRY = (
    f"INSERT INTO audit_entry ({', '.join(_NAMES)})"  # noqa: S608  names of ours only
    f" VALUES ({', '.join(['%s'] * len(_NAMES))})"
)
_VALUE = "INSERT INTO audit_value (entry_id, field, side, salt, value) VALUES (%s, %s, %s, %s, %s)"
_TOKEN = "INSERT OR IGNORE INTO audit_token (field, val, entry_id) VALUES (%s, %s, %s)"  # noqa: S105
_STALE = "DELETE FROM audit_token WHERE field = %s AND val = %s AND entry_id = %s"
_AT_ONCE = f"""
WITH entry AS ({_ENTRY} RETURNING id),
kept AS (
    INSERT INTO audit_value (entry_id, field, side, salt, value)
    SELECT entry.id, one.* FROM entry, unnest(%s::text[], %s::int[], %s::bytea[], %s::text[]) one
),
stale AS (
    DELETE FROM audit_token USING unnest(%s::text[], %s::text[]) AS one (field, val)
    WHERE audit_token.field = one.field AND audit_token.val = one.val AND entry_id = %s
),
found AS (
    INSERT INTO audit_token (field, val, entry_id)
    SELECT one.field, one.val, COALESCE(%s, entry.id)
    FROM entry, unnest(%s::text[], %s::text[]) AS one (field, val)
    ON CONFLICT DO NOTHING
)
SELECT id FROM entry
"""  # noqa: S608


def entry_store(row: Mapping[str, Any], beside: RelatedRows) -> int:
    """Store an entry and give its id. Raises IntegrityError for a key that is taken."""
    store = _store_at_once if connection.vendor == "postgresql" else _store_in_steps
    return store(_adapted(row), row["op"], beside)


def _adapted(row: Mapping[str, Any]) -> list[Any]:
    """The columns as this database takes them."""
    ts = connection.ops.adapt_datetimefield_value(row["ts"])
    key = row["op_key"]
    if key is not None and not connection.features.has_native_uuid_field:
        key = key.hex
    other = {"ts": ts, "op_key": key}
    return [other[name] if name in other else row[name] for name in _NAMES]


def _store_at_once(columns: list[Any], op: int | None, beside: RelatedRows) -> int:
    kept = [[one[n] for one in beside.kept] for n in range(4)]
    stale, tokens = _columns(beside.stale), _columns(beside.tokens)
    with connection.cursor() as cursor:
        cursor.execute(_AT_ONCE, [*columns, *kept, *stale, op, op, *tokens])
        return int(cursor.fetchone()[0])


def _columns(tokens: Collection[Term]) -> tuple[list[str], list[str]]:
    return [str(field) for field, _ in tokens], [str(val) for _, val in tokens]


def _store_in_steps(columns: list[Any], op: int | None, beside: RelatedRows) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_ENTRY, columns)
        id_ = int(cursor.lastrowid)
        if beside.kept:
            cursor.executemany(_VALUE, [(id_, *one) for one in beside.kept])
        if beside.stale:
            cursor.executemany(_STALE, [(*one, op) for one in beside.stale])
        if beside.tokens:
            cursor.executemany(_TOKEN, [(*one, op or id_) for one in beside.tokens])
    return id_
