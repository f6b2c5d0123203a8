"""Keep the sandbox's state in one JSON file, written whole and swapped in."""

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

PAUSE_SECONDS: Final = 0.1
FORMAT: Final = 1


class StateFileError(Exception):
    """The state file cannot be read; the message says what to do."""


def read_state(path: Path) -> dict[str, Any] | None:
    """Give the kept state, or None when there is none yet. Raises StateFileError."""
    if not path.exists():
        return None
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StateFileError(f"{path} cannot be read. Remove it to start afresh.") from error
    if not isinstance(kept, dict) or kept.get("format") != FORMAT:
        raise StateFileError(f"{path} is of another version. Remove it to start afresh.")
    return kept


def write_state(path: Path, state: dict[str, Any]) -> None:
    """Write beside the file, flush to disk, swap: a reader sees the old state or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    with beside.open("w", encoding="utf-8") as out:
        json.dump({"format": FORMAT, **state}, out, separators=(",", ":"))
        out.flush()
        os.fsync(out.fileno())
    beside.replace(path)


class Keeper:
    """Writes the state a moment after a change, in a thread of its own, and at the end.

    Changes that come together are written together: at most one tenth of a second is at risk
    from a kill -9, and nothing from Ctrl-C.
    """

    def __init__(self, path: Path, state: Callable[[], dict[str, Any]]) -> None:
        self._path = path
        self._state = state
        self._changed = threading.Event()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="sandbox-keeper", daemon=True)
        self._thread.start()

    def note(self) -> None:
        """Say that something changed."""
        self._changed.set()

    def close(self) -> None:
        """Write the last state and stop."""
        self._ending.set()
        self._changed.set()
        self._thread.join()

    def _keep(self) -> None:
        while not self._ending.is_set():
            self._changed.wait()
            self._ending.wait(PAUSE_SECONDS)
            self._changed.clear()
            write_state(self._path, self._state())
        write_state(self._path, self._state())  # what came while the last one was written
