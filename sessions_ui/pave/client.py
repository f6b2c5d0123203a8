"""The client of PAVE: one method per endpoint of its manual.

Every method gives an `Answer` or raises one of the family in ``errors.py``; `PaveKeyError` comes
before any request. A read may be tried again (``retries.py``), a change never. One client is shared
by all threads of a process: it holds their rate, the circuit, what is known of PAVE's clock and
whether PAVE takes our credentials. Each attempt has a connection of its own (a kept one that went
stale gives a reset that looks like "maybe applied", though nothing happened).
"""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Any

from sessions_ui.pave.answer import Answer
from sessions_ui.pave.config import PaveConfig
from sessions_ui.pave.errors import SENTENCES, PaveError, PaveUnknown
from sessions_ui.pave.signing import Secret
from sessions_ui.pave.transport.caller import Caller, ClientState
from sessions_ui.pave.transport.request import (
    Call,
    Credentials,
    body_bytes,
    is_session_key,
    nobody,
    session_path,
    v1,
    v2,
)
from sessions_ui.pave.transport.retries import Outcome

_log = logging.getLogger(__name__)

ALARMS = frozenset({"redirect", "wrong_session", "tls"})
"""Causes that may mean that it was not PAVE who answered, or not about this session."""

__all__ = ["Answer", "ClientState", "PaveClient", "PaveConfig", "Secret", "body_bytes"]


class PaveClient:
    """Calls PAVE as ``config`` says. ``clock`` gives the aware moment that is signed, ``timer``
    seconds that only grow; ``pause`` waits for some seconds.

    ``request_id`` goes out as ``X-Request-ID``, for PAVE's log; without one it is made up.
    """

    def __init__(
        self,
        config: PaveConfig,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        timer: Callable[[], float] = monotonic,
        pause: Callable[[float], None] = sleep,
    ) -> None:
        self._config = config
        self._caller = Caller(config, clock=clock, timer=timer, pause=pause)

    @property
    def skew(self) -> float | None:
        """How many seconds our clock is ahead of PAVE's (less than 0: behind), by the last answer
        that told PAVE's time; None before the first.
        """
        return self.state.skew

    @property
    def state(self) -> ClientState:
        """How the calls of this process stand now, for display."""
        return self._caller.state

    def session_get(self, key: str, *, request_id: str = "") -> Answer:
        """Read a session (*GET Session Data*): the document is its flat object."""
        return _named(self._call("GET", session_path(key), request_id), key)

    def session_update(
        self, key: str, payload: Mapping[str, Any], *, request_id: str = ""
    ) -> Answer:
        """Change a session (*PUT Update Session*): the document is the whole session afterwards.

        ``payload`` holds only what changes, by section. Raises ValueError where it is empty.
        """
        if not payload:
            raise ValueError("there is nothing to change")
        return _named(self._call("PUT", session_path(key), request_id, payload), key)

    def session_create(self, payload: Mapping[str, Any], *, request_id: str = "") -> Answer:
        """Make a session (*POST Create New Session*): the document is the new session."""
        answer = _object(self._call("POST", "/v1/sessions", request_id, payload))
        made = answer.document.get("session_key")
        return _demand(is_session_key(made), "wrong_session", answer)

    def session_delete(self, key: str, *, request_id: str = "") -> Answer:
        """Remove a session that is not started (*DELETE Session*): the document is a message."""
        return _object(self._call("DELETE", session_path(key), request_id))

    def session_photos(self, key: str, *, request_id: str = "") -> Answer:
        """Read the photos (*GET Session Photos*): the document is a list, one object a photo."""
        return _listed(self._call("GET", session_path(key, "/photos"), request_id))

    def session_notes(self, key: str, *, request_id: str = "") -> Answer:
        """Read the notes (*GET Session Notes*, its text is not public): a list or an object."""
        answer = self._call("GET", session_path(key, "/notes"), request_id)
        return _demand(isinstance(answer.document, (list, dict)), "json", answer)

    def session_results(self, key: str, *, request_id: str = "") -> Answer:
        """Read the results (*GET Session Results*). Without ``session`` in the document, the
        session is not complete.
        """
        answer = _object(self._call("GET", session_path(key, "/results"), request_id))
        session = answer.document.get("session")
        other = isinstance(session, dict) and session.get("session_key", key) != key
        return _demand(not other, "wrong_session", answer)

    def session_resend(self, key: str, phone: str | None = None, *, request_id: str = "") -> Answer:
        """Send the capture link once more (*POST Resend SMS*, v2), to ``phone`` where given.

        PAVE allows it once per session, within 7 days, when the first message went out.
        """
        path = session_path(key, "/resend", root="/v2/capture/sessions/")
        payload = {"phone": phone} if phone else {}
        answer = _object(self._call("POST", path, request_id, payload, v2))
        return _demand(answer.document.get("session_key", key) == key, "wrong_session", answer)

    def sandbox_sessions(self) -> list[dict[str, Any]]:
        """List the sandbox's sessions. PAVE has no such list: our credentials stay at home, and
        the call tells nothing about PAVE.
        """
        call = Call("GET", "/sandbox/sessions.json", nobody)
        answer = _listed(_given(self._caller.once(call, self._config.get_deadline)))
        rows: list[dict[str, Any]] = answer.document
        return rows

    def _call(
        self,
        method: str,
        path: str,
        request_id: str = "",
        payload: Mapping[str, Any] | None = None,
        credentials: Credentials = v1,
    ) -> Answer:
        body = None if payload is None else body_bytes(payload)
        return _given(self._caller.call(Call(method, path, credentials, body, request_id)))


def _given(outcome: Outcome) -> Answer:
    if isinstance(outcome, PaveError):
        raise _alarming(outcome)
    return outcome


def _alarming(error: PaveError) -> PaveError:
    """Give the error back, in the log where somebody else may have spoken in PAVE's place."""
    if error.cause in ALARMS:
        told = {"cause": error.cause, "pave_request_id": error.request_id}
        _log.error("an answer that cannot be PAVE's", extra=told)
    return error


def _demand(holds: bool, cause: str, answer: Answer) -> Answer:
    """Give the answer back if it is what it should be, else raise PaveUnknown."""
    if holds:
        return answer
    raise _alarming(
        PaveUnknown(
            SENTENCES[PaveUnknown],
            cause=cause,
            http_status=answer.status,
            duration_ms=answer.duration_ms,
            request_id=answer.request_id,
            date=answer.date,
        )
    )


def _object(answer: Answer) -> Answer:
    return _demand(isinstance(answer.document, dict), "json", answer)


def _listed(answer: Answer) -> Answer:
    rows = answer.document
    objects = isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
    return _demand(objects, "json", answer)


def _named(answer: Answer, key: str) -> Answer:
    """The answer to a read or change of a session must be that session."""
    return _demand(_object(answer).document.get("session_key") == key, "wrong_session", answer)
