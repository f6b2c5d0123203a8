"""Statements of ours over many ids, answered with bare tuples."""

from collections.abc import Iterable
from typing import Any

from django.db import connection

Bare = tuple[Any, ...]
_AMONG = {"postgresql": "= ANY(%s)", "sqlite": "IN (SELECT value FROM json_each(%s))"}


def asked(query: str, ids: Iterable[int], *more: int, **spelled: str) -> list[Bare]:
    """What a query gives. ``{among}`` in it stands for being one of these ids, which are its first
    parameter, however many; ``spelled`` are the other names in braces."""
    vendor, listed = connection.vendor, list(ids)
    with connection.cursor() as cursor:
        given = str(listed) if vendor == "sqlite" else listed
        cursor.execute(query.format(among=_AMONG[vendor], **spelled), [given, *more])
        return list(cursor.fetchall())
