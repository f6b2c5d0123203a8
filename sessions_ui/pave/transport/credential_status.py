"""Whether PAVE takes our credentials, as its answers tell."""

import logging
from collections.abc import Callable
from datetime import datetime

from sessions_ui.pave.answer import Answer
from sessions_ui.pave.errors import UNAUTHORISED, PaveBusy, PaveRefused
from sessions_ui.pave.transport.retries import Outcome

_log = logging.getLogger(__name__)


class Authority:
    """Since when PAVE refuses our credentials: ``since`` is the first refusal of a row, None while
    PAVE takes them or has not spoken yet. ``clock`` gives the aware moment. Many threads may share
    it; it knows the calls of its own process only.
    """

    def __init__(self, *, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.since: datetime | None = None

    def note(self, outcome: Outcome) -> None:
        """Tell how a call went. Only an answer about the session itself shows that we were let in:
        a 429, a 5xx or a broken line may come before anyone looks at credentials.
        """
        if isinstance(outcome, Answer):
            self._turn(refused=False)
        elif outcome.http_status in UNAUTHORISED:
            self._turn(refused=True)
        elif isinstance(outcome, PaveRefused) and not isinstance(outcome, PaveBusy):
            self._turn(refused=False)

    def _turn(self, *, refused: bool) -> None:
        if refused == bool(self.since):
            return
        self.since = self._clock() if refused else None
        if refused:
            _log.error("PAVE refuses our credentials")
        else:
            _log.info("PAVE takes our credentials again")
