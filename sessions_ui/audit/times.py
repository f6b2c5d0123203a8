"""Where a moment lies in the record: ids follow time, so no index on the time is needed."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

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
