"""When PAVE fails again and again: leave it alone, and look in now and then.

Own code, because pybreaker holds one lock for as long as a call lasts, so that a process would
speak with PAVE one call at a time; it also has no window of the last calls, and would let a change
be the call that tries PAVE out.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime
from enum import Enum

IN_A_ROW = 5
LAST, WITHIN, SHARE = 20, 60.0, 0.5  # calls, seconds, how many of them may fail
PROBE_EVERY = 15.0  # seconds

_log = logging.getLogger(__name__)


class Leave(Enum):
    """What a call may do: go, go once to try PAVE out, or not go."""

    GO = "go"
    PROBE = "probe"
    NONE = "none"


class Circuit:
    """Opens after IN_A_ROW failures, or when more than half of the LAST calls failed in a minute.

    Open, it lets one read out every PROBE_EVERY seconds; a good read closes it. ``since`` is the
    moment when it opened, None while it is closed. ``timer`` gives seconds that only grow,
    ``clock`` the aware moment. Many threads may share it.
    """

    def __init__(
        self, *, on: bool, timer: Callable[[], float], clock: Callable[[], datetime]
    ) -> None:
        self._on, self._timer, self._clock = on, timer, clock
        self._lock = threading.Lock()
        self._failures, self._next_probe = 0, 0.0
        self._calls: deque[tuple[float, bool]] = deque(maxlen=LAST)
        self.since: datetime | None = None

    @property
    def name(self) -> str:
        """``off``, ``closed`` or ``open``, for display."""
        return ("open" if self.since else "closed") if self._on else "off"

    def leave(self, *, is_read: bool) -> Leave:
        """Ask for a call, before it; a PROBE is given to one asker only."""
        with self._lock:
            if not self.since:
                return Leave.GO
            if not is_read or self._timer() < self._next_probe:
                return Leave.NONE
            self._next_probe = self._timer() + PROBE_EVERY
            return Leave.PROBE

    def note(self, *, failed: bool, is_read: bool) -> None:
        """Tell how a call went. PAVE's definite no is no failure."""
        if not self._on:
            return
        with self._lock:
            if not self.since:
                self._weigh(failed)
            elif is_read and not failed:
                self._turn(None)

    def _weigh(self, failed: bool) -> None:
        now = self._timer()
        self._failures = self._failures + 1 if failed else 0
        self._calls.append((now, failed))
        full = len(self._calls) == LAST and now - self._calls[0][0] <= WITHIN
        mostly = full and sum(bad for _, bad in self._calls) > LAST * SHARE
        if self._failures >= IN_A_ROW or mostly:
            self._next_probe = now + PROBE_EVERY
            self._turn(self._clock())

    def _turn(self, since: datetime | None) -> None:
        self.since, self._failures = since, 0
        self._calls.clear()
        _log.warning("circuit to PAVE: %s", self.name, extra={"circuit": self.name})
