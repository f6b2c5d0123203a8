"""Statements of ours over many ids, answered with bare tuples."""

from collections.abc import Iterable
from typing import Any

from django.db import connection

Bare = tuple[Any, ...]
# Many ids as one text: a driver that spells them one by one takes longer than the database.
_AMONG = {
    "postgresql": "= ANY(translate(%s, '[]', '{}')::bigint[])",
    "sqlite": "IN (SELECT value FROM json_each(%s))",
}


def asked(query: str, ids: Iterable[int], *more: int, **spelled: str) -> list[Bare]:
    """What a query gives. ``{among}`` in it stands for being one of these ids, which are its first
    parameter, however many; ``spelled`` are the other names in braces."""
    with connection.cursor() as cursor:
        query = query.format(among=_AMONG[connection.vendor], **spelled)
        cursor.execute(query, [str(list(ids)), *more])
        return list(cursor.fetchall())
