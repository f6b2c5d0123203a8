"""Track since when PAVE has been refusing our credentials."""

import logging
from collections.abc import Callable
from datetime import datetime

from sessions_ui.pave.answer import Answer, CallResult
from sessions_ui.pave.errors import UNAUTHORISED_STATUSES, PaveBusy, PaveRefused

logger = logging.getLogger(__name__)


class CredentialStatus:
    """Keep the time of the first refusal in a row: ``refused_since``, None while PAVE accepts our
    credentials or has not answered yet.

    It knows only the calls of its own process. ``clock`` returns the current time, aware. Threads
    may share one instance.
    """

    def __init__(self, *, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.refused_since: datetime | None = None

    def record(self, result: CallResult) -> None:
        """Record the result of a call.

        Only an answer about the session itself proves that PAVE accepted our credentials. A 429, a
        5xx or a lost connection may come before PAVE has checked them.
        """
        if isinstance(result, Answer):
            self._switch(refused=False)
        elif result.http_status in UNAUTHORISED_STATUSES:
            self._switch(refused=True)
        elif isinstance(result, PaveRefused) and not isinstance(result, PaveBusy):
            self._switch(refused=False)

    def _switch(self, *, refused: bool) -> None:
        if refused == bool(self.refused_since):
            return
        self.refused_since = self._clock() if refused else None
        if refused:
            logger.error("PAVE refuses our credentials")
        else:
            logger.info("PAVE takes our credentials again")
