"""The copy of the seals that is kept elsewhere: only it shows a cut end or a restored backup."""

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

from .checkpoints import Checkpoint
from .errors import IntegrityFailure

Line = dict[str, Any]


class Copy:
    """One JSON line per seal, read beside the seals of the database.

    Its length is taken before the database is read: what a sealer adds later is not compared.
    ``begin``: the number of the seal to begin with.
    """

    def __init__(self, path: Path, begin: int = 0) -> None:
        try:
            self._size = path.stat().st_size
        except OSError as error:
            raise IntegrityFailure(
                f"The copy of the seals cannot be read: {error.strerror}."
            ) from error
        self._lines = self._read(path)
        self._begin, self._last = begin, 0
        self._lacking = 0

    def _read(self, path: Path) -> Generator[Line, None, None]:
        done = 0
        with path.open("rb") as copy:
            for number, line in enumerate(copy, 1):
                done += len(line)
                if done > self._size:
                    return
                try:
                    found: Line = json.loads(line)
                    n = int(found["n"])
                    if n == self._last or n < self._begin:
                        continue
                except (ValueError, KeyError, TypeError) as error:
                    raise IntegrityFailure(f"Line {number} of the copy is not a seal.") from error
                yield found

    def close(self) -> None:
        """Let go of the file."""
        self._lines.close()

    def compare(self, seal: Checkpoint) -> None:
        """Hold the next line against the database's next seal. Raises Doubt when they differ."""
        line = next(self._lines, None)
        if line is None:
            self._lacking += 1
            return
        if line != seal.as_json():
            raise IntegrityFailure(
                f"Checkpoint {seal.n}, from entry #{seal.first_id} on, is not the one that was"
                " copied.",
                seal.first_id,
            )
        self._last = seal.n

    def end(self, count: int) -> None:
        """After the last of ``count`` seals: the copy must not know more, nor lack more than the
        one that may be on its way."""
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
