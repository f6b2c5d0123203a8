"""Save the sandbox's state in one JSON file, replaced as a whole."""

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

PAUSE_SECONDS: Final = 0.1
FORMAT: Final = 1


class StateFileError(Exception):
    """The state file cannot be read; the message says what to do about it."""


def read_state(path: Path) -> dict[str, Any] | None:
    """Return the saved state, or None when there is none yet. Raises StateFileError."""
    if not path.exists():
        return None
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StateFileError(f"{path} cannot be read. Remove it to start afresh.") from error
    if not isinstance(saved, dict) or saved.get("format") != FORMAT:
        raise StateFileError(f"{path} is of another version. Remove it to start afresh.")
    return saved


def write_state(path: Path, state: dict[str, Any]) -> None:
    """Write a temporary file, flush it and rename it, so that no reader sees half a state."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".new")
    with temporary.open("w", encoding="utf-8") as out:
        json.dump({"format": FORMAT, **state}, out, separators=(",", ":"))
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(path)


class StateWriter:
    """Write the state shortly after each change, in a thread of its own, and when it closes.

    Changes in quick succession are written together, so that a kill -9 loses at most a tenth of a
    second of them, and Ctrl-C none.
    """

    def __init__(self, path: Path, state: Callable[[], dict[str, Any]]) -> None:
        self._path = path
        self._state = state
        self._changed = threading.Event()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox-writer", daemon=True)
        self._thread.start()

    def save_soon(self) -> None:
        """Ask for the state to be written, because something changed."""
        self._changed.set()

    def close(self) -> None:
        """Write the final state and stop."""
        self._ending.set()
        self._changed.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ending.is_set():
            self._changed.wait()
            self._ending.wait(PAUSE_SECONDS)
            self._changed.clear()
            write_state(self._path, self._state())
        write_state(self._path, self._state())  # changes made during the last write
