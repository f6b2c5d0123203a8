"""The stored entries, many at a time and past the ORM, each held against its own hash.

Reading raw rows, past the ORM, proves a whole record in seconds.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection

from sessions_ui.audit.log.canonical import COLUMNS, HASH_VERSION, row_hash

AT_ONCE = 2000
COMMITTED = '{"sha256":"'
"""How a commitment begins in a body. In a text of the body a quotation mark is escaped, so there
it cannot stand."""

_NAMES = COLUMNS[HASH_VERSION]
# What the database gives quicker than its driver, or in a form that the driver leaves alone. A
# moment that is none of ours becomes NULL.
_IN_SQL: dict[str, dict[str, str]] = {
    "sqlite": {"ts": "+ts"},
    "postgresql": {
        "ts": "CASE WHEN isfinite(ts) THEN (extract(epoch FROM ts) * 1000000)::bigint END",
        "op_key": "replace(op_key::text, '-', '')",
    },
}
_COLUMNS = {
    vendor: ", ".join(spelt.get(name, name) for name in ("id", "hash", *_NAMES))
    for vendor, spelt in _IN_SQL.items()
}
_ID, _HASH, _FIRST = 0, 1, 2
_HV = _FIRST + _NAMES.index("hv")
_TS = _FIRST + _NAMES.index("ts")
_AFTER_TS = _TS + 1
_BODY = _FIRST + _NAMES.index("body")
_UNREAD = (None,) * (_FIRST - 1 + len(_NAMES))
_EPOCH, _MICROSECOND = datetime(1970, 1, 1), timedelta(microseconds=1)

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Batch:
    """Entries in id order: their ids, their stored hashes, those that disagree with their own
    hash, and the bodies of those that committed to personal values."""

    ids: list[int] = field(default_factory=list)
    hashes: list[bytes] = field(default_factory=list)
    wrong: frozenset[int] = frozenset()
    committed: list[tuple[int, str]] = field(default_factory=list)

    def split(self, last: int) -> "tuple[Batch, Batch]":
        """The entries up to the one numbered ``last``, and those past it."""
        at = bisect_right(self.ids, last)
        cut = bisect_right(self.committed, last, key=lambda one: one[0])
        return (
            Batch(self.ids[:at], self.hashes[:at], self.wrong, self.committed[:cut]),
            Batch(self.ids[at:], self.hashes[at:], self.wrong, self.committed[cut:]),
        )

    def plus(self, more: "Batch") -> "Batch":
        """Both, one behind the other."""
        if not self.ids:
            return more
        return Batch(
            self.ids + more.ids,
            self.hashes + more.hashes,
            self.wrong | more.wrong,
            self.committed + more.committed,
        )


def batches(after: int | None, until: int | None = None, at_once: int = AT_ONCE) -> Iterator[Batch]:
    """All entries past ``after`` (None: from the first) up to ``until`` (None: to the last),
    ``at_once`` to a batch. No cursor stays open from one batch to the next."""
    while rows := _rows(after, until, at_once):
        yield _batch(rows)
        after = rows[-1][_ID]


def rows_between(after: int, until: int) -> Iterator[dict[str, Any]]:
    """Each entry past ``after`` up to ``until`` as it was hashed, with its id and its hash; the
    moment in microseconds since 1970 UTC, bytes in hex."""
    while rows := _rows(after, until, AT_ONCE):
        for row in rows:
            named = dict(zip(_NAMES, _values(row), strict=True))
            yield {"id": row[_ID], "hash": bytes(row[_HASH]).hex(), **named}
        after = rows[-1][_ID]


def _batch(rows: list[Row]) -> Batch:
    hashes = [row[_HASH] for row in rows]
    wrong = frozenset(row[_ID] for row in rows if not _agrees(row))
    ids = [row[_ID] for row in rows]
    sound = [row for row in rows if row[_ID] not in wrong] if wrong else rows
    committed = [(row[_ID], row[_BODY]) for row in sound if COMMITTED in row[_BODY]]
    return Batch(ids, hashes, wrong, committed)


def _agrees(row: Row) -> bool:
    """Whether one row has its own hash, by its own hash version; not if nobody can read it."""
    try:
        values, columns = _values(row), COLUMNS[row[_HV]]
        if columns is not _NAMES:
            named = dict(zip(_NAMES, values, strict=True))
            values = tuple(named[name] for name in columns)
        return bool(row_hash(values) == row[_HASH])
    except (KeyError, TypeError, ValueError):
        return False


def _values(row: Row) -> Row:
    """The hashed columns, the moment in microseconds whatever the database gives."""
    moment = row[_TS]
    if isinstance(moment, str):
        moment = (datetime.fromisoformat(moment) - _EPOCH) // _MICROSECOND
    return (*row[_FIRST:_TS], moment, *row[_AFTER_TS:])


def _rows(after: int | None, until: int | None, limit: int) -> list[Row]:
    """The next rows. One that the driver cannot read stands there with its id alone."""
    bounds = [("id > %s", after), ("id <= %s", until)]
    where = " AND ".join(text for text, bound in bounds if bound is not None) or "TRUE"
    given = [bound for _, bound in bounds if bound is not None]
    asked = f"WHERE {where} ORDER BY id LIMIT {limit:d}"
    try:
        return _asked(_COLUMNS[connection.vendor], asked, given)
    except (DatabaseError, ValueError):
        return [_row(id_) for (id_,) in _asked("id", asked, given)]


def _row(id_: int) -> Row:
    try:
        return _asked(_COLUMNS[connection.vendor], "WHERE id = %s", [id_])[0]
    except (DatabaseError, ValueError):
        return (id_, *_UNREAD)


def _asked(columns: str, rest: str, given: Sequence[int | None]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM audit_entry {rest}", given)  # noqa: S608
        return list(cursor.fetchall())
