"""Keep a copy of the checkpoints outside the database, and compare the database with it.

Only the copy reveals that the end of the audit was cut off or that a backup was restored.
"""

import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

from sessions_ui.audit.sql import stream_rows
from sessions_ui.models import AuditCheckpoint

from .checkpoints import Checkpoint
from .errors import IntegrityFailure

LONGEST_LINE = 1_000_000
"""Bytes that are more than any line of the copy has."""

Line = dict[str, Any]


def update_copy(path: Path) -> int:
    """Append the checkpoints that the copy lacks, one JSON line each; return their number.

    Raises OSError, and ValueError when the last line of the file is not a checkpoint.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    missing = AuditCheckpoint.objects.filter(n__gt=last_copied(path)).order_by("n")
    count = 0
    with path.open("a", encoding="utf-8") as file, stream_rows(missing) as rows:
        for row in rows:
            file.write(json.dumps(Checkpoint.from_row(row).as_json(), sort_keys=True) + "\n")
            count += 1
        file.flush()
        os.fsync(file.fileno())
    return count


def last_copied(path: Path) -> int:
    """The number of the last checkpoint in the copy; 0 for a new copy.

    Raises OSError, and ValueError when the last line is not a checkpoint.
    """
    if not path.exists():
        return 0
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - LONGEST_LINE))
        lines = file.read().strip().split(b"\n")
    return int(json.loads(lines[-1])["n"]) if lines[-1] else 0


class CopyReader:
    """Read the copy line by line beside the checkpoints of the database.

    The size of the file is taken before the database is read, so lines that a sealing process
    appends meanwhile are not compared. ``begin``: the number of the first checkpoint to compare.
    Raises IntegrityFailure when the file cannot be read.
    """

    def __init__(self, path: Path, begin: int = 0) -> None:
        try:
            self._size = path.stat().st_size
        except OSError as error:
            raise IntegrityFailure(
                f"The copy of the seals cannot be read: {error.strerror}."
            ) from error
        self._lines = self._read_lines(path)
        self._begin, self._last = begin, 0
        self._lacking = 0

    def _read_lines(self, path: Path) -> Generator[Line, None, None]:
        done = 0
        with path.open("rb") as file:
            for number, text in enumerate(file, 1):
                done += len(text)
                if done > self._size:
                    return
                try:
                    line: Line = json.loads(text)
                    n = int(line["n"])
                    # A line can be there twice, when two sealing processes updated the copy.
                    if n == self._last or n < self._begin:
                        continue
                except (ValueError, KeyError, TypeError) as error:
                    raise IntegrityFailure(f"Line {number} of the copy is not a seal.") from error
                yield line

    def close(self) -> None:
        """Close the file."""
        self._lines.close()

    def compare(self, checkpoint: Checkpoint) -> None:
        """Compare the database's next checkpoint with the next line. Raises IntegrityFailure."""
        line = next(self._lines, None)
        if line is None:
            self._lacking += 1
            return
        if line != checkpoint.as_json():
            raise IntegrityFailure(
                f"Checkpoint {checkpoint.n}, from entry #{checkpoint.first_id} on, is not the one"
                " that was copied.",
                checkpoint.first_id,
            )
        self._last = checkpoint.n

    def compare_end(self, count: int) -> None:
        """Compare the ends, after the last of the database's ``count`` checkpoints.

        The copy may lack one checkpoint, which is just being copied, and have none in excess.
        Raises IntegrityFailure.
        """
        line = next(self._lines, None)
        if line is not None:
            first = int(line["first_id"])
            raise IntegrityFailure(
                f"Checkpoint {line['n']}, from entry #{first} on, stands in the copy and is"
                " missing in the database.",
                first,
            )
        if self._lacking > 1:
            raise IntegrityFailure(
                f"The copy lacks the last {self._lacking} of {count} checkpoints."
            )
