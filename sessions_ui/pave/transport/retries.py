"""Trying a read again. A change is never tried again: it may have taken effect the first time.

Each attempt is signed anew, which urllib3's own retries would not do.
"""

import threading
from collections.abc import Callable
from typing import Any, cast

from tenacity import RetryCallState, Retrying, retry_if_result
from tenacity.wait import wait_random_exponential

from sessions_ui.pave.answer import Answer
from sessions_ui.pave.config import PaveConfig
from sessions_ui.pave.errors import PaveError

Outcome = Answer | PaveError

LONGEST_DELAY = 4.0  # seconds
SAVINGS = 10.0  # retries that a quiet client may make before it has to earn them
EARNED = 0.1  # retries that each call earns
HEALING_CAUSES = frozenset({"dns", "connect", "connect_timeout", "timeout", "reset", "truncated"})
HEALING_STATUSES = frozenset({429, 502, 503, 504})


class Reads:
    """Makes reads, each again where that may help and there is time.

    All attempts together have ``get_deadline`` seconds; a longer ``Retry-After`` ends them at once.
    Retries are at most a tenth of the calls, so that they never double the load of a PAVE that is
    down. ``timer`` gives seconds that only grow, ``sleep`` waits for some.
    """

    def __init__(
        self, config: PaveConfig, *, timer: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._config, self._timer, self._sleep = config, timer, sleep
        self._jitter = wait_random_exponential(multiplier=config.retry_base, max=LONGEST_DELAY)
        self._saved = SAVINGS
        self._lock = threading.Lock()

    def __call__(self, attempt: Callable[[float], Outcome], *, attempts: int) -> Outcome:
        """Call ``attempt`` with the seconds that are left, at most ``attempts`` times; give the
        last outcome.
        """
        until = self._timer() + self._config.get_deadline
        self._earn()
        retrying = Retrying(
            retry=retry_if_result(may_heal),
            wait=self._delay,
            stop=lambda state: state.attempt_number >= attempts or not self._pays(state, until),
            sleep=self._sleep,
            retry_error_callback=_outcome,
        )
        return retrying(lambda: attempt(until - self._timer()))

    def _delay(self, state: RetryCallState) -> float:
        asked = getattr(_outcome(state), "retry_after", None) or 0
        return max(float(asked), self._jitter(state))

    def _pays(self, state: RetryCallState, until: float) -> bool:
        if state.upcoming_sleep >= until - self._timer():
            return False
        with self._lock:
            pays = self._saved >= 1
            self._saved -= pays
            return pays

    def _earn(self) -> None:
        with self._lock:
            self._saved = min(SAVINGS, self._saved + EARNED)


def may_heal(outcome: Outcome) -> bool:
    """Whether the same read may well go better in a moment."""
    if isinstance(outcome, Answer):
        return False
    return outcome.http_status in HEALING_STATUSES or outcome.cause in HEALING_CAUSES


def _outcome(state: RetryCallState) -> Outcome:
    found: Outcome = cast(Any, state.outcome).result()
    return found
