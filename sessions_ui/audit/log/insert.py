"""Putting one entry into the table: the database's clock, the sealer's horizon, the hash.

A writer takes the shared lock before it draws an id. A sealer that holds the exclusive lock
therefore knows that no smaller id is still to come.
"""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import connection, models, transaction

from sessions_ui.domain.values.text import storable
from sessions_ui.models import AuditEntry, Kind

from .canonical import COLUMNS, HASH_VERSION, canonical_json, commitment, row_hash
from .storing import NO_RELATED_ROWS, RelatedRows, entry_store

HORIZON_LOCK = 7_283_001
"""Advisory lock of PostgreSQL: shared by writers, exclusive for the sealer."""

_NULLS = ("op", "op_key", "actor_id", "http_status", "duration_ms")
_BLANK: dict[str, Any] = dict.fromkeys(COLUMNS[HASH_VERSION], "") | dict.fromkeys(_NULLS)
_CLOCKS = {
    "postgresql": "SELECT clock_timestamp(), pg_advisory_xact_lock_shared(%s)",
    "sqlite": "SELECT strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now'), %s",
}


def database_clock() -> datetime:
    """The database's time in UTC, behind the shared lock. Raises TransactionManagementError
    outside `transaction.atomic()`: the lock would be gone before the insert."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("An audit entry needs a transaction.")
    with connection.cursor() as cursor:
        cursor.execute(_CLOCKS[connection.vendor], [HORIZON_LOCK])
        now = cursor.fetchone()[0]
    moment = datetime.fromisoformat(now) if isinstance(now, str) else now
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


@cache
def _lengths() -> Mapping[str, int | None]:
    fields = [f for f in AuditEntry._meta.get_fields() if isinstance(f, models.CharField)]
    return {field.attname: field.max_length for field in fields}


def _fitted(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Texts as their columns can hold them: a long word of a remote must not stop the record."""
    longest = _lengths()
    return {
        name: storable(value)[: longest.get(name)] if isinstance(value, str) else value
        for name, value in columns.items()
    }


class PersonalValues:
    """Personal values on their way beside an entry: the entry gets commitments in their place."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, int], tuple[bytes, str]] = {}

    def commit(self, field: str, side: int, value: str) -> dict[str, str]:
        """Keep a value under a fresh salt; gives what the entry holds instead."""
        salt, value = secrets.token_bytes(16), storable(value)
        self._kept[field, side] = (salt, value)
        return {"sha256": commitment(salt, value)}

    @property
    def values(self) -> list[str]:
        """The values themselves, so that they can be kept out of free text."""
        return [value for _, value in self._kept.values()]

    @property
    def rows(self) -> list[tuple[str, int, bytes, str]]:
        """What was kept, as it stands beside the entry: field, side, salt and value."""
        return [(*where, *kept) for where, kept in self._kept.items()]


def entry_insert(
    *,
    kind: Kind,
    body: object,
    detail: object,
    beside: RelatedRows = NO_RELATED_ROWS,
    **columns: Any,
) -> AuditEntry:
    """Write one entry and what goes beside it. Columns not given are empty. Raises IntegrityError
    for a second outcome of one edit or a second intent of one key, TransactionManagementError
    outside a transaction."""
    row = _BLANK | _fitted(columns)
    row |= {"hv": HASH_VERSION, "ts": database_clock(), "kind": int(kind)}
    row |= {"body": canonical_json(body), "detail": canonical_json(detail)}
    row["hash"] = row_hash(row[name] for name in COLUMNS[HASH_VERSION])
    return AuditEntry(id=entry_store(row, beside), **row)
