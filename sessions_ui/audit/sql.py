"""Run the audit's own SQL: queries over many ids, streamed reads, and the first id of a moment."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection
from django.db.models import QuerySet

SqlRow = tuple[Any, ...]
Record = TypeVar("Record")
FETCH_SIZE = 2000
# All ids in one parameter: to bind thousands one by one takes longer than the query itself.
_ID_IN_LIST = {
    "postgresql": "= ANY(translate(%s, '[]', '{}')::bigint[])",
    "sqlite": "IN (SELECT value FROM json_each(%s))",
}
# A binary search for many moments in one statement. Each step looks at one entry and halves the
# range in which the id must be.
_FIRST_IDS = """
WITH RECURSIVE moments(n, at) AS ({moments}), bound(n, at, lo, span) AS (
    SELECT n, at, CAST(1 AS BIGINT), (SELECT COALESCE(MAX(id), 0) FROM audit_entry) FROM moments
    UNION ALL
    SELECT n, at,
        CASE WHEN (SELECT ts FROM audit_entry WHERE id >= lo + (span - 1) / 2
                   ORDER BY id LIMIT 1) < at THEN lo + (span + 1) / 2 ELSE lo END,
        span / 2
    FROM bound WHERE span > 0
)
SELECT lo FROM bound WHERE span = 0 ORDER BY n
"""


def query_by_ids(query: str, ids: Iterable[int], *params: int, **fragments: str) -> list[SqlRow]:
    """Run a query over any number of ids and give its rows.

    The query has ``{among}`` where a column is compared with the ids, once and before any other
    parameter (``WHERE id {among} AND kind = %s``). ``fragments`` are texts for other names in
    braces; they become part of the SQL, so never pass input.
    """
    with connection.cursor() as cursor:
        query = query.format(among=_ID_IN_LIST[connection.vendor], **fragments)
        cursor.execute(query, [str(list(ids)), *params])
        return list(cursor.fetchall())


@contextmanager
def stream_rows(rows: "QuerySet[Any, Record]") -> Iterator[Iterator[Record]]:
    """Read the rows one by one, and close the server's cursor even when the reader stops early."""
    stream = rows.iterator(chunk_size=FETCH_SIZE)
    try:
        yield stream
    finally:
        stream.close()  # type: ignore[attr-defined]  # it is a generator


def first_ids_since(moments: Sequence[datetime]) -> list[int]:
    """For each moment the first id that is not older; past the last id where there is none."""
    params = [
        param
        for n, moment in enumerate(moments)
        for param in (n, connection.ops.adapt_datetimefield_value(moment))
    ]
    selects = " UNION ALL ".join(["SELECT %s, %s"] * len(moments))
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_IDS.format(moments=selects), params)
        return [row[0] for row in cursor.fetchall()]


def first_id_since(moment: datetime) -> int:
    """The first id that is not older than the moment; past the last id where there is none."""
    return first_ids_since([moment])[0]
