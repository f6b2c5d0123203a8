"""Limit how many calls go out per second, and how many are under way at the same time.

PAVE publishes no figure, only that a resend is "subject to rate limiting" (page *POST Resend SMS*).
This dashboard must not slow PAVE down for its other customers.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

BURST = 10  # calls that may go out at once after a quiet time
MAX_CONCURRENT = 8
MAX_WAIT = 2.0  # seconds that a call waits for its turn


class RateLimiter:
    """Let ``rate`` calls per second through a token bucket, in order of arrival, and at most
    MAX_CONCURRENT at a time. A rate of 0 lifts both limits.

    ``timer`` returns monotonic seconds, ``sleep`` waits for some. Threads may share one instance.
    """

    def __init__(
        self, rate: float, *, timer: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._rate, self._timer, self._sleep = rate, timer, sleep
        self._tokens, self._refilled_at = float(BURST), timer()
        self._lock = threading.Lock()
        self._slots = threading.Semaphore(MAX_CONCURRENT)
        self.in_flight = 0

    @contextmanager
    def slot(self, seconds: float) -> Iterator[bool]:
        """Wait at most ``seconds`` and MAX_WAIT for a slot, and yield whether there was one."""
        acquired = not self._rate or self._acquire(min(seconds, MAX_WAIT))
        self._add_in_flight(acquired)
        try:
            yield acquired
        finally:
            self._add_in_flight(-acquired)
            if acquired and self._rate:
                self._slots.release()

    def cancel_burst(self) -> None:
        """Drop the saved-up calls, because PAVE asked us to wait."""
        with self._lock:
            self._tokens = min(self._tokens, 0.0)

    def _acquire(self, max_wait: float) -> bool:
        wait = self._reserve(max_wait)
        if wait is None:
            return False
        if wait:
            self._sleep(wait)
        return self._slots.acquire(timeout=max(0.0, max_wait - wait))

    def _reserve(self, max_wait: float) -> float | None:
        """Take the next token and return the seconds until it is due, None if that is too late."""
        with self._lock:
            now = self._timer()
            refilled = self._tokens + (now - self._refilled_at) * self._rate
            self._tokens, self._refilled_at = min(float(BURST), refilled), now
            wait = max(0.0, (1 - self._tokens) / self._rate)
            if wait > max_wait:
                return None
            self._tokens -= 1
            return wait

    def _add_in_flight(self, count: int) -> None:
        with self._lock:
            self.in_flight += count
