"""How many calls go out: so many a second, and so many at a time.

PAVE publishes no figure, only that a resend is "subject to rate limiting" (page *POST Resend SMS*).
One dashboard must not be what slows PAVE down for everybody.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

BURST = 10  # calls that may go out at once after a quiet time
AT_A_TIME = 8
PATIENCE = 2.0  # seconds that a call waits for its turn


class Gate:
    """Lets out ``rate`` calls a second, first come, first served; 0 lets all out at once.

    ``timer`` gives seconds that only grow, ``sleep`` waits for some. Many threads may share it.
    """

    def __init__(
        self, rate: float, *, timer: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._rate, self._timer, self._sleep = rate, timer, sleep
        self._tokens, self._counted_at = float(BURST), timer()
        self._lock = threading.Lock()
        self._places = threading.Semaphore(AT_A_TIME)
        self.in_flight = 0

    @contextmanager
    def turn(self, seconds: float) -> Iterator[bool]:
        """Wait for a turn, not longer than ``seconds`` and PATIENCE; give whether it came."""
        came = not self._rate or self._waited(min(seconds, PATIENCE))
        self._count(came)
        try:
            yield came
        finally:
            self._count(-came)
            if came and self._rate:
                self._places.release()

    def slow(self) -> None:
        """Take the rest of the burst away: PAVE asked us to wait."""
        with self._lock:
            self._tokens = min(self._tokens, 0.0)

    def _waited(self, patience: float) -> bool:
        wait = self._reserved(patience)
        if wait is None:
            return False
        if wait:
            self._sleep(wait)
        return self._places.acquire(timeout=max(0.0, patience - wait))

    def _reserved(self, patience: float) -> float | None:
        """Take the next token, which may come later: in how many seconds. None for too late."""
        with self._lock:
            now = self._timer()
            grown = self._tokens + (now - self._counted_at) * self._rate
            self._tokens, self._counted_at = min(float(BURST), grown), now
            wait = max(0.0, (1 - self._tokens) / self._rate)
            if wait > patience:
                return None
            self._tokens -= 1
            return wait

    def _count(self, more: int) -> None:
        with self._lock:
            self.in_flight += more
