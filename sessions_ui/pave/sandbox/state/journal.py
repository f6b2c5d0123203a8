"""Journal every request that came in, and every change that was made or refused."""

import time
from collections import deque
from copy import deepcopy
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

KEPT_IN_MEMORY: Final = 200_000
KEPT_IN_FILE: Final = 300

Row = dict[str, Any]


class Journal:
    """Rows in order of `n`, which goes on counting over a restart.

    `kind` is "request" (received, before anything else) or "application" (a change put to the
    rules; `applied` says whether it was made). Not thread-safe: the owner holds a lock.
    """

    def __init__(self, rows: list[Row] | None = None, last_n: int = 0) -> None:
        self.rows: deque[Row] = deque(rows or [], maxlen=KEPT_IN_MEMORY)
        self.last_n = max(last_n, self.rows[-1]["n"] if self.rows else 0)

    def add(self, kind: str, **facts: Any) -> Row:
        """Append and return one row, with its wall time (UTC) and monotonic time (seconds)."""
        self.last_n += 1
        row = {
            "n": self.last_n,
            "kind": kind,
            "at": datetime.now(UTC).isoformat(timespec="microseconds"),
            "monotonic": time.monotonic(),
            **deepcopy(facts),
        }
        self.rows.append(row)
        return row

    def since(self, n: int = 0) -> list[Row]:
        """Return copies of the rows after row `n`, oldest first."""
        return [deepcopy(row) for row in self.rows if row["n"] > n]

    def about(self, key: str, count: int) -> list[Row]:
        """Return copies of the newest `count` rows about one session, newest first."""
        matches = (row for row in reversed(self.rows) if row["session_key"] == key)
        return [deepcopy(row) for row in islice(matches, count)]

    def tail(self) -> list[Row]:
        """Return the rows that the state file keeps."""
        return list(self.rows)[-KEPT_IN_FILE:]
