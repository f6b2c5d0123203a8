"""Compare our clock with PAVE's, which accepts a signature for five minutes only.

The five minutes are from PAVE's page *Generate Access Token*.
"""

import logging
from datetime import datetime, timedelta

WARNING_SKEW, ERROR_SKEW = 30.0, 120.0  # seconds, by log level
SUSPECT_SKEW = 60.0  # seconds
_DATE_RESOLUTION = timedelta(seconds=1)  # the Date header has no fractions

logger = logging.getLogger(__name__)


class ClockSkew:
    """Keep the difference between our clock and PAVE's, as of the last answer with a date.

    ``seconds`` is positive if our clock is ahead, None before the first such answer. Only a certain
    difference counts, so that a slow answer does not look like a wrong clock.
    """

    def __init__(self) -> None:
        self.seconds: float | None = None
        self._level = logging.NOTSET

    @property
    def is_suspect(self) -> bool:
        """Whether the clock is the likely reason if PAVE rejects our signature."""
        return abs(self.seconds or 0.0) > SUSPECT_SKEW

    def record(self, date: datetime, *, sent: datetime, received: datetime) -> None:
        """Compare PAVE's time with ours just before and just after the call; log a new level."""
        ahead = (sent - date - _DATE_RESOLUTION).total_seconds()
        behind = (received - date).total_seconds()
        self.seconds = max(0.0, ahead) or min(0.0, behind)
        level = _log_level(abs(self.seconds))
        if level != self._level:
            self._level = level
            message = "clock is off by PAVE's" if level else "clock agrees with PAVE's again"
            logger.log(level or logging.INFO, message, extra={"skew_seconds": round(self.seconds)})


def _log_level(seconds: float) -> int:
    if seconds > ERROR_SKEW:
        return logging.ERROR
    return logging.WARNING if seconds > WARNING_SKEW else logging.NOTSET
