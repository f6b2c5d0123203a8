"""Run the audit's own SQL: queries over many ids, streamed reads, and the first id of a moment."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection
from django.db.models import QuerySet

Bare = tuple[Any, ...]
Record = TypeVar("Record")
CHUNK = 2000
# Many ids as one text: a driver that spells them one by one takes longer than the database.
_AMONG = {
    "postgresql": "= ANY(translate(%s, '[]', '{}')::bigint[])",
    "sqlite": "IN (SELECT value FROM json_each(%s))",
}
# Binary search, for many moments in one statement. Each step looks at one entry and halves the
# span in which the id must be.
_FIRST_IDS = """
WITH RECURSIVE asked(n, at) AS ({asked}), bound(n, at, lo, span) AS (
    SELECT n, at, CAST(1 AS BIGINT), (SELECT COALESCE(MAX(id), 0) FROM audit_entry) FROM asked
    UNION ALL
    SELECT n, at,
        CASE WHEN (SELECT ts FROM audit_entry WHERE id >= lo + (span - 1) / 2
                   ORDER BY id LIMIT 1) < at THEN lo + (span + 1) / 2 ELSE lo END,
        span / 2
    FROM bound WHERE span > 0
)
SELECT lo FROM bound WHERE span = 0 ORDER BY n
"""


def asked(query: str, ids: Iterable[int], *more: int, **spelled: str) -> list[Bare]:
    """What a query gives. ``{among}`` in it stands for being one of these ids, which are its first
    parameter, however many; ``spelled`` are the other names in braces."""
    with connection.cursor() as cursor:
        query = query.format(among=_AMONG[connection.vendor], **spelled)
        cursor.execute(query, [str(list(ids)), *more])
        return list(cursor.fetchall())


@contextmanager
def streamed(rows: "QuerySet[Any, Record]") -> Iterator[Iterator[Record]]:
    """The rows one by one. Closed by hand: who stops early must not leave a cursor behind."""
    stream = rows.iterator(chunk_size=CHUNK)
    try:
        yield stream
    finally:
        stream.close()  # type: ignore[attr-defined]  # it is a generator


def first_ids_since(moments: Sequence[datetime]) -> list[int]:
    """For each moment the first id that is not older; past the last where there is none."""
    given = [
        one
        for n, moment in enumerate(moments)
        for one in (n, connection.ops.adapt_datetimefield_value(moment))
    ]
    asked = " UNION ALL ".join(["SELECT %s, %s"] * len(moments))
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_IDS.format(asked=asked), given)
        return [row[0] for row in cursor.fetchall()]


def first_id_since(moment: datetime) -> int:
    """The same for one moment."""
    return first_ids_since([moment])[0]
