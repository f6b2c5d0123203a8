"""Read the stored entries in batches of raw rows, and compare each with its own hash.

Without the ORM the whole audit is verified in seconds.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection

from sessions_ui.audit.log.canonical import COLUMNS, HASH_VERSION, row_hash

BATCH_SIZE = 2000
COMMITMENT_START = '{"sha256":"'
"""The beginning of a commitment in a body. No text of a body can contain it, because quotation
marks are escaped there."""

_NAMES = COLUMNS[HASH_VERSION]
# The database converts these columns faster than its driver does, or to a type that the driver
# leaves alone. An infinite timestamp, which no entry of ours has, becomes NULL.
_EXPRESSIONS: dict[str, dict[str, str]] = {
    "sqlite": {"ts": "+ts"},
    "postgresql": {
        "ts": "CASE WHEN isfinite(ts) THEN (extract(epoch FROM ts) * 1000000)::bigint END",
        "op_key": "replace(op_key::text, '-', '')",
    },
}
_COLUMNS = {
    vendor: ", ".join(expressions.get(name, name) for name in ("id", "hash", *_NAMES))
    for vendor, expressions in _EXPRESSIONS.items()
}
_ID, _HASH, _FIRST = 0, 1, 2
_HV = _FIRST + _NAMES.index("hv")
_TS = _FIRST + _NAMES.index("ts")
_AFTER_TS = _TS + 1
_BODY = _FIRST + _NAMES.index("body")
_UNREADABLE = (None,) * (_FIRST - 1 + len(_NAMES))
_EPOCH, _MICROSECOND = datetime(1970, 1, 1), timedelta(microseconds=1)

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Batch:
    """Entries in id order: their ids, their stored hashes, the ids of those that do not match
    their own hash, and the bodies of those that committed to personal values."""

    ids: list[int] = field(default_factory=list)
    hashes: list[bytes] = field(default_factory=list)
    wrong: frozenset[int] = frozenset()
    committed: list[tuple[int, str]] = field(default_factory=list)

    def split(self, last: int) -> "tuple[Batch, Batch]":
        """The entries up to the id ``last``, and those after it."""
        at = bisect_right(self.ids, last)
        cut = bisect_right(self.committed, last, key=lambda entry: entry[0])
        return (
            Batch(self.ids[:at], self.hashes[:at], self.wrong, self.committed[:cut]),
            Batch(self.ids[at:], self.hashes[at:], self.wrong, self.committed[cut:]),
        )

    def plus(self, later: "Batch") -> "Batch":
        """This batch and a later one as one batch."""
        if not self.ids:
            return later
        return Batch(
            self.ids + later.ids,
            self.hashes + later.hashes,
            self.wrong | later.wrong,
            self.committed + later.committed,
        )


def read_batches(
    after: int | None, until: int | None = None, size: int = BATCH_SIZE
) -> Iterator[Batch]:
    """All entries with ids past ``after`` (None: from the first) up to ``until`` (None: to the
    last), ``size`` to a batch. No cursor stays open between two batches."""
    while rows := _fetch_rows(after, until, size):
        yield _make_batch(rows)
        after = rows[-1][_ID]


def read_rows(after: int, until: int) -> Iterator[dict[str, Any]]:
    """Each entry past ``after`` up to ``until`` with its hashed columns, its id and its hash;
    the moment in microseconds since 1970 UTC, bytes in hex."""
    while rows := _fetch_rows(after, until, BATCH_SIZE):
        for row in rows:
            columns = dict(zip(_NAMES, _hashed_values(row), strict=True))
            yield {"id": row[_ID], "hash": bytes(row[_HASH]).hex(), **columns}
        after = rows[-1][_ID]


def _make_batch(rows: list[Row]) -> Batch:
    hashes = [row[_HASH] for row in rows]
    wrong = frozenset(row[_ID] for row in rows if not _matches_own_hash(row))
    ids = [row[_ID] for row in rows]
    right = [row for row in rows if row[_ID] not in wrong] if wrong else rows
    committed = [(row[_ID], row[_BODY]) for row in right if COMMITMENT_START in row[_BODY]]
    return Batch(ids, hashes, wrong, committed)


def _matches_own_hash(row: Row) -> bool:
    """Compare one row with its hash, by the row's hash version; an unreadable row never matches."""
    try:
        values, columns = _hashed_values(row), COLUMNS[row[_HV]]
        if columns is not _NAMES:
            by_name = dict(zip(_NAMES, values, strict=True))
            values = tuple(by_name[name] for name in columns)
        return bool(row_hash(values) == row[_HASH])
    except (KeyError, TypeError, ValueError):
        return False


def _hashed_values(row: Row) -> Row:
    """The hashed columns, with the moment in microseconds on every database."""
    moment = row[_TS]
    if isinstance(moment, str):
        moment = (datetime.fromisoformat(moment) - _EPOCH) // _MICROSECOND
    return (*row[_FIRST:_TS], moment, *row[_AFTER_TS:])


def range_condition(column: str, after: int | None, until: int | None) -> tuple[str, list[int]]:
    """A condition of SQL on ids past ``after`` up to ``until``, and its parameters.

    None leaves that side open. ``column`` is a name of ours, never a user's text.
    """
    bounds = [(f"{column} > %s", after), (f"{column} <= %s", until)]
    conditions = [(text, bound) for text, bound in bounds if bound is not None]
    where = " AND ".join(text for text, _ in conditions) or "TRUE"
    return where, [bound for _, bound in conditions]


def _fetch_rows(after: int | None, until: int | None, limit: int) -> list[Row]:
    """The next rows. A row that the driver cannot read has its id and no other column."""
    where, params = range_condition("id", after, until)
    clauses = f"WHERE {where} ORDER BY id LIMIT {limit:d}"
    try:
        return _select(_COLUMNS[connection.vendor], clauses, params)
    except (DatabaseError, ValueError):
        return [_fetch_row(id_) for (id_,) in _select("id", clauses, params)]


def _fetch_row(id_: int) -> Row:
    try:
        return _select(_COLUMNS[connection.vendor], "WHERE id = %s", [id_])[0]
    except (DatabaseError, ValueError):
        return (id_, *_UNREADABLE)


def _select(columns: str, clauses: str, params: Sequence[int]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM audit_entry {clauses}", params)  # noqa: S608
        return list(cursor.fetchall())
