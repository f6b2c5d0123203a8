"""Our clock against PAVE's: a signature is good for five minutes (page *Generate Access Token*)."""

import logging
from datetime import datetime, timedelta

WARN, ALARM, SUSPECT = 30.0, 120.0, 60.0  # seconds
_ONE = timedelta(seconds=1)  # the Date header has no fractions

_log = logging.getLogger(__name__)


class Skew:
    """How far our clock is off by PAVE's: ``seconds``, more than 0 when ours is ahead; None before
    PAVE has told the time. Only what is certain counts: a slow answer is not a wrong clock.
    """

    def __init__(self) -> None:
        self.seconds: float | None = None
        self._level = logging.NOTSET

    @property
    def is_suspect(self) -> bool:
        """Whether a refusal of our signature may well be the clock's fault."""
        return abs(self.seconds or 0.0) > SUSPECT

    def note(self, date: datetime, *, sent: datetime, received: datetime) -> None:
        """Compare PAVE's time with ours just before and just after the call; log a change."""
        ahead, behind = (sent - date - _ONE).total_seconds(), (received - date).total_seconds()
        self.seconds = max(0.0, ahead) or min(0.0, behind)
        level = _level(abs(self.seconds))
        if level != self._level:
            self._level = level
            words = "clock is off by PAVE's" if level else "clock agrees with PAVE's again"
            _log.log(level or logging.INFO, words, extra={"skew_seconds": round(self.seconds)})


def _level(seconds: float) -> int:
    if seconds > ALARM:
        return logging.ERROR
    return logging.WARNING if seconds > WARN else logging.NOTSET
