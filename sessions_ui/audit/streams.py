"""Reading many rows without holding them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db.models import QuerySet

Record = TypeVar("Record")
CHUNK = 2000


@contextmanager
def streamed(rows: "QuerySet[Any, Record]") -> Iterator[Iterator[Record]]:
    """The rows one by one. Closed by hand: who stops early must not leave a cursor behind."""
    stream = rows.iterator(chunk_size=CHUNK)
    try:
        yield stream
    finally:
        stream.close()  # type: ignore[attr-defined]  # it is a generator
