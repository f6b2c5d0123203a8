"""Stop calling PAVE while it fails again and again, and probe it from time to time.

This is not pybreaker, because pybreaker holds one lock for the duration of a call, so that a
process could make only one call at a time. It also has no window of the last calls, and it would
let a write be the probe.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime
from enum import Enum

FAILURES_TO_OPEN = 5
WINDOW_CALLS, WINDOW_SECONDS = 20, 60.0
MAX_FAILURE_SHARE = 0.5  # of the calls in a full window
PROBE_INTERVAL = 15.0  # seconds

logger = logging.getLogger(__name__)


class Permit(Enum):
    """What a call may do: run, run once as the probe, or not run."""

    RUN = "run"
    PROBE = "probe"
    DENIED = "denied"


class CircuitBreaker:
    """Open after FAILURES_TO_OPEN, or if more than half of a full window failed.

    The window is full when the last WINDOW_CALLS calls came within WINDOW_SECONDS. While open, let
    one read out every PROBE_INTERVAL; a good read closes the circuit.

    ``open_since`` is the time at which it opened, None while it is closed. ``timer`` returns
    monotonic seconds, ``clock`` the current time, aware. Threads may share one instance.
    """

    def __init__(
        self, *, enabled: bool, timer: Callable[[], float], clock: Callable[[], datetime]
    ) -> None:
        self._enabled, self._timer, self._clock = enabled, timer, clock
        self._lock = threading.Lock()
        self._consecutive_failures, self._next_probe = 0, 0.0
        self._calls: deque[tuple[float, bool]] = deque(maxlen=WINDOW_CALLS)
        self.open_since: datetime | None = None

    @property
    def state(self) -> str:
        """``off``, ``closed`` or ``open``, for display."""
        return ("open" if self.open_since else "closed") if self._enabled else "off"

    def request_permit(self, *, is_read: bool) -> Permit:
        """Ask whether a call may run, just before it; only one caller gets each PROBE."""
        with self._lock:
            if not self.open_since:
                return Permit.RUN
            if not is_read or self._timer() < self._next_probe:
                return Permit.DENIED
            self._next_probe = self._timer() + PROBE_INTERVAL
            return Permit.PROBE

    def record(self, *, failed: bool, is_read: bool) -> None:
        """Record the result of a call. A definite refusal by PAVE is not a failure."""
        if not self._enabled:
            return
        with self._lock:
            if not self.open_since:
                self._count(failed)
            elif is_read and not failed:
                self._switch(open_since=None)

    def _count(self, failed: bool) -> None:
        now = self._timer()
        self._consecutive_failures = self._consecutive_failures + 1 if failed else 0
        self._calls.append((now, failed))
        full = len(self._calls) == WINDOW_CALLS and now - self._calls[0][0] <= WINDOW_SECONDS
        failures = sum(call_failed for _, call_failed in self._calls)
        mostly_failed = full and failures > WINDOW_CALLS * MAX_FAILURE_SHARE
        if self._consecutive_failures >= FAILURES_TO_OPEN or mostly_failed:
            self._next_probe = now + PROBE_INTERVAL
            self._switch(open_since=self._clock())

    def _switch(self, *, open_since: datetime | None) -> None:
        self.open_since, self._consecutive_failures = open_since, 0
        self._calls.clear()
        logger.warning("circuit to PAVE: %s", self.state, extra={"circuit": self.state})
