"""Retry reads. A write is never retried, because it may have taken effect the first time.

This is done here and not with urllib3's own retries, because each attempt needs a new signature.
"""

import threading
from collections.abc import Callable
from typing import Any, cast

from tenacity import RetryCallState, Retrying, retry_if_result
from tenacity.wait import wait_random_exponential

from sessions_ui.pave.answer import Answer, CallResult
from sessions_ui.pave.config import PaveConfig

MAX_PAUSE = 4.0  # seconds, unless PAVE asks for more
MAX_BUDGET = 10.0  # retries that a client may make in a row before calls have to earn more
EARNED_PER_CALL = 0.1  # retries
RETRYABLE_CAUSES = frozenset({"dns", "connect", "connect_timeout", "timeout", "reset", "truncated"})
RETRYABLE_STATUSES = frozenset({429, 502, 503, 504})


class Retrier:
    """Attempt a read again where that may help and time and budget allow it.

    All attempts together have ``get_deadline`` seconds; a ``Retry-After`` beyond that ends them at
    once. In the long run at most a tenth of the calls are retries, so that retrying never doubles
    the load on a PAVE that is down.

    ``timer`` returns monotonic seconds, ``sleep`` waits for some. Threads may share one instance.
    """

    def __init__(
        self, config: PaveConfig, *, timer: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._config, self._timer, self._sleep = config, timer, sleep
        self._jitter = wait_random_exponential(multiplier=config.retry_base, max=MAX_PAUSE)
        self._budget = MAX_BUDGET
        self._lock = threading.Lock()

    def call(self, attempt: Callable[[float], CallResult], *, attempts: int) -> CallResult:
        """Call ``attempt`` with the seconds that are left, at most ``attempts`` times.

        Returns the last result.
        """
        until = self._timer() + self._config.get_deadline
        self._earn()
        retrying = Retrying(
            retry=retry_if_result(is_retryable),
            wait=self._pause_before,
            stop=lambda state: (
                state.attempt_number >= attempts or not self._may_retry(state, until)
            ),
            sleep=self._sleep,
            retry_error_callback=_result,
        )
        return retrying(lambda: attempt(until - self._timer()))

    def _pause_before(self, state: RetryCallState) -> float:
        retry_after = getattr(_result(state), "retry_after", None) or 0
        return max(float(retry_after), self._jitter(state))

    def _may_retry(self, state: RetryCallState, until: float) -> bool:
        """Take one retry out of the budget, unless its pause would outlast the deadline."""
        if state.upcoming_sleep >= until - self._timer():
            return False
        with self._lock:
            affordable = self._budget >= 1
            self._budget -= affordable
            return affordable

    def _earn(self) -> None:
        with self._lock:
            self._budget = min(MAX_BUDGET, self._budget + EARNED_PER_CALL)


def is_retryable(result: CallResult) -> bool:
    """Return whether the same read may succeed a moment later."""
    if isinstance(result, Answer):
        return False
    return result.http_status in RETRYABLE_STATUSES or result.cause in RETRYABLE_CAUSES


def _result(state: RetryCallState) -> CallResult:
    result: CallResult = cast(Any, state.outcome).result()
    return result
