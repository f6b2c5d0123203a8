"""Insert one entry with its personal values and index rows, stamped by the database's clock.

A writer takes a shared lock before it draws an id. A sealer that holds the exclusive lock
therefore knows that no smaller id is still to come.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import connection, models, transaction

from sessions_ui.domain.values.text import storable
from sessions_ui.models import AuditEntry, Kind

from .canonical import COLUMNS, HASH_VERSION, canonical_json, commitment, row_hash
from .index_terms import Term

HORIZON_LOCK = 7_283_001
"""Advisory lock of PostgreSQL: shared by writers, exclusive for the sealer."""

_NULLABLE = ("op", "op_key", "actor_id", "http_status", "duration_ms")
_BLANK: dict[str, Any] = dict.fromkeys(COLUMNS[HASH_VERSION], "") | dict.fromkeys(_NULLABLE)
_CLOCKS = {
    "postgresql": "SELECT clock_timestamp(), pg_advisory_xact_lock_shared(%s)",
    "sqlite": "SELECT strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now'), %s",
}
_STORED_COLUMNS = (*COLUMNS[HASH_VERSION], "hash")
_INSERT_ENTRY = (
    f"INSERT INTO audit_entry ({', '.join(_STORED_COLUMNS)})"  # noqa: S608  names of ours only
    f" VALUES ({', '.join(['%s'] * len(_STORED_COLUMNS))})"
)
_INSERT_VALUE = (
    "INSERT INTO audit_value (entry_id, field, side, salt, value) VALUES (%s, %s, %s, %s, %s)"
)
_INSERT_TERM = "INSERT OR IGNORE INTO audit_token (field, val, entry_id) VALUES (%s, %s, %s)"
_DELETE_TERM = "DELETE FROM audit_token WHERE field = %s AND val = %s AND entry_id = %s"
# One statement, because each is a round trip while the session's slot is held.
_INSERT_ALL = f"""
WITH entry AS ({_INSERT_ENTRY} RETURNING id),
personal_values AS (
    INSERT INTO audit_value (entry_id, field, side, salt, value)
    SELECT entry.id, one.* FROM entry, unnest(%s::text[], %s::int[], %s::bytea[], %s::text[]) one
),
stale_terms AS (
    DELETE FROM audit_token USING unnest(%s::text[], %s::text[]) AS one (field, val)
    WHERE audit_token.field = one.field AND audit_token.val = one.val AND entry_id = %s
),
terms AS (
    INSERT INTO audit_token (field, val, entry_id)
    SELECT one.field, one.val, COALESCE(%s, entry.id)
    FROM entry, unnest(%s::text[], %s::text[]) AS one (field, val)
    ON CONFLICT DO NOTHING
)
SELECT id FROM entry
"""  # noqa: S608


@dataclass(frozen=True)
class RelatedRows:
    """Rows that are stored with an entry: personal values (field, side, salt, value), and index
    rows of its edit, or of itself where it belongs to no edit. ``stale_terms`` are deleted."""

    values: Sequence[tuple[str, int, bytes, str]] = ()
    terms: Collection[Term] = ()
    stale_terms: Collection[Term] = ()


NO_RELATED_ROWS = RelatedRows()


class PersonalValues:
    """Collect the personal values of an entry, which holds a commitment in place of each."""

    def __init__(self) -> None:
        self._salted: dict[tuple[str, int], tuple[bytes, str]] = {}

    def commit(self, field: str, side: int, value: str) -> dict[str, str]:
        """Keep a value under a fresh salt; gives what the entry holds instead."""
        salt, value = secrets.token_bytes(16), storable(value)
        self._salted[field, side] = (salt, value)
        return {"sha256": commitment(salt, value)}

    @property
    def values(self) -> list[str]:
        """The values themselves, so that they can be kept out of free text."""
        return [value for _, value in self._salted.values()]

    @property
    def rows(self) -> list[tuple[str, int, bytes, str]]:
        """Field, side, salt and value of each, as `audit_value` stores them."""
        return [(*key, *salted) for key, salted in self._salted.items()]


def database_clock() -> datetime:
    """The database's time in UTC, read behind the shared lock. Raises TransactionManagementError
    outside `transaction.atomic()`: the lock would be gone before the insert."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("An audit entry needs a transaction.")
    with connection.cursor() as cursor:
        cursor.execute(_CLOCKS[connection.vendor], [HORIZON_LOCK])
        now = cursor.fetchone()[0]
    moment = datetime.fromisoformat(now) if isinstance(now, str) else now
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def insert_entry(
    *,
    kind: Kind,
    body: object,
    detail: object,
    related: RelatedRows = NO_RELATED_ROWS,
    **columns: Any,
) -> AuditEntry:
    """Insert one entry and its related rows. Columns not given are empty. Raises IntegrityError
    for a second outcome of one edit or a second intent of one key, TransactionManagementError
    outside a transaction."""
    row = _BLANK | _fit_columns(columns)
    row |= {"hv": HASH_VERSION, "ts": database_clock(), "kind": int(kind)}
    row |= {"body": canonical_json(body), "detail": canonical_json(detail)}
    row["hash"] = row_hash(row[name] for name in COLUMNS[HASH_VERSION])
    return AuditEntry(id=store_entry(row, related), **row)


def store_entry(row: Mapping[str, Any], related: RelatedRows) -> int:
    """Store a complete row and give its id. Raises IntegrityError for a key that is taken."""
    store = _store_at_once if connection.vendor == "postgresql" else _store_in_steps
    return store(_adapt_row(row), row["op"], related)


@cache
def _max_lengths() -> Mapping[str, int | None]:
    fields = [f for f in AuditEntry._meta.get_fields() if isinstance(f, models.CharField)]
    return {field.attname: field.max_length for field in fields}


def _fit_columns(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Cut texts to their columns: a long word of a remote must not keep an entry from the log."""
    lengths = _max_lengths()
    return {
        name: storable(value)[: lengths.get(name)] if isinstance(value, str) else value
        for name, value in columns.items()
    }


def _adapt_row(row: Mapping[str, Any]) -> list[Any]:
    """The columns as this database's driver takes them."""
    ts = connection.ops.adapt_datetimefield_value(row["ts"])
    key = row["op_key"]
    if key is not None and not connection.features.has_native_uuid_field:
        key = key.hex
    adapted = {"ts": ts, "op_key": key}
    return [adapted[name] if name in adapted else row[name] for name in _STORED_COLUMNS]


def _store_at_once(columns: list[Any], op: int | None, related: RelatedRows) -> int:
    values = [[row[n] for row in related.values] for n in range(4)]
    stale, terms = _split_pairs(related.stale_terms), _split_pairs(related.terms)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_ALL, [*columns, *values, *stale, op, op, *terms])
        return int(cursor.fetchone()[0])


def _split_pairs(terms: Collection[Term]) -> tuple[list[str], list[str]]:
    return [str(field) for field, _ in terms], [str(val) for _, val in terms]


def _store_in_steps(columns: list[Any], op: int | None, related: RelatedRows) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_ENTRY, columns)
        entry_id = int(cursor.lastrowid)
        if related.values:
            cursor.executemany(_INSERT_VALUE, [(entry_id, *row) for row in related.values])
        if related.stale_terms:
            cursor.executemany(_DELETE_TERM, [(*term, op) for term in related.stale_terms])
        if related.terms:
            cursor.executemany(_INSERT_TERM, [(*term, op or entry_id) for term in related.terms])
    return entry_id
