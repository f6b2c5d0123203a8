"""Call PAVE's API, with one method for each endpoint of its manual.

Every method returns an `Answer` or raises one of the errors in ``errors.py``; `PaveKeyError` is
raised before any request is made. A read may be retried (``transport/retries.py``), a write never.

All threads of a process share one client, because the rate limit, the circuit breaker, PAVE's clock
and the acceptance of our credentials concern the whole process. Each attempt opens a connection of
its own: a kept connection that went stale would end in a reset, which looks like "may have taken
effect" although nothing happened.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Any

from sessions_ui.pave.answer import Answer, CallResult
from sessions_ui.pave.config import PaveConfig
from sessions_ui.pave.errors import MESSAGES, PaveError, PaveUnknown
from sessions_ui.pave.signing import Secret
from sessions_ui.pave.transport.caller import Caller, ClientState
from sessions_ui.pave.transport.request import (
    Call,
    Credentials,
    body_bytes,
    is_session_key,
    no_credentials,
    session_path,
    v1_credentials,
    v2_credentials,
)

logger = logging.getLogger(__name__)

SUSPICIOUS_CAUSES = frozenset({"redirect", "wrong_session", "tls"})
"""Causes that may mean that someone other than PAVE answered, or that the answer is about another
session.
"""

__all__ = ["Answer", "ClientState", "PaveClient", "PaveConfig", "Secret", "body_bytes"]


class PaveClient:
    """Call PAVE as ``config`` says.

    ``clock`` returns the current time, aware, for the signature; ``timer`` returns monotonic
    seconds; ``pause`` sleeps for some seconds. Tests pass their own.

    The methods send ``request_id`` as ``X-Request-ID``, for PAVE's log; without one they make one
    up.
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
        """Seconds by which our clock is ahead of PAVE's (negative: behind), as of the last answer
        with a date; None before the first.
        """
        return self.state.skew

    @property
    def state(self) -> ClientState:
        """The current state of this process's calls, for display."""
        return self._caller.state

    def session_get(self, key: str, *, request_id: str = "") -> Answer:
        """Read a session (*GET Session Data*): the document is its flat object."""
        return _require_session(self._call("GET", session_path(key), request_id), key)

    def session_update(
        self, key: str, payload: Mapping[str, Any], *, request_id: str = ""
    ) -> Answer:
        """Change a session (*PUT Update Session*): the document is the whole session afterwards.

        ``payload`` holds only what changes, by section. Raises ValueError if it is empty.
        """
        if not payload:
            raise ValueError("there is nothing to change")
        return _require_session(self._call("PUT", session_path(key), request_id, payload), key)

    def session_create(self, payload: Mapping[str, Any], *, request_id: str = "") -> Answer:
        """Create a session (*POST Create New Session*): the document is the new session."""
        answer = _require_object(self._call("POST", "/v1/sessions", request_id, payload))
        key = answer.document.get("session_key")
        return _require(is_session_key(key), "wrong_session", answer)

    def session_delete(self, key: str, *, request_id: str = "") -> Answer:
        """Delete a session that is not started (*DELETE Session*): the document is a message."""
        return _require_object(self._call("DELETE", session_path(key), request_id))

    def session_photos(self, key: str, *, request_id: str = "") -> Answer:
        """Read the photos (*GET Session Photos*): the document is a list, one object per photo."""
        return _require_list(self._call("GET", session_path(key, "/photos"), request_id))

    def session_notes(self, key: str, *, request_id: str = "") -> Answer:
        """Read the notes (*GET Session Notes*, its text is not public): a list or an object."""
        answer = self._call("GET", session_path(key, "/notes"), request_id)
        return _require(isinstance(answer.document, (list, dict)), "json", answer)

    def session_results(self, key: str, *, request_id: str = "") -> Answer:
        """Read the results (*GET Session Results*). A document without ``session`` means that the
        session is not complete.
        """
        answer = _require_object(self._call("GET", session_path(key, "/results"), request_id))
        session = answer.document.get("session")
        other = isinstance(session, dict) and session.get("session_key", key) != key
        return _require(not other, "wrong_session", answer)

    def session_resend(self, key: str, phone: str | None = None, *, request_id: str = "") -> Answer:
        """Send the capture link again (*POST Resend SMS*, v2), to ``phone`` if given.

        PAVE allows it once per session, within 7 days of the first message.
        """
        path = session_path(key, "/resend", root="/v2/capture/sessions/")
        payload = {"phone": phone} if phone else {}
        answer = _require_object(self._call("POST", path, request_id, payload, v2_credentials))
        return _require(answer.document.get("session_key", key) == key, "wrong_session", answer)

    def sandbox_sessions(self) -> list[dict[str, Any]]:
        """List the sandbox's sessions.

        PAVE has no such list. So the call carries no credentials, and its result says nothing about
        PAVE: it passes by the circuit breaker.
        """
        call = Call("GET", "/sandbox/sessions.json", no_credentials)
        result = self._caller.send_once(call, self._config.get_deadline)
        rows: list[dict[str, Any]] = _require_list(_answer_or_raise(result)).document
        return rows

    def _call(
        self,
        method: str,
        path: str,
        request_id: str = "",
        payload: Mapping[str, Any] | None = None,
        credentials: Credentials = v1_credentials,
    ) -> Answer:
        body = None if payload is None else body_bytes(payload)
        call = Call(method, path, credentials, body, request_id)
        return _answer_or_raise(self._caller.call(call))


def _answer_or_raise(result: CallResult) -> Answer:
    if isinstance(result, PaveError):
        _log_if_suspicious(result)
        raise result
    return result


def _log_if_suspicious(error: PaveError) -> None:
    if error.cause in SUSPICIOUS_CAUSES:
        extra = {"cause": error.cause, "pave_request_id": error.request_id}
        logger.error("an answer that cannot be PAVE's", extra=extra)


def _require(condition: bool, cause: str, answer: Answer) -> Answer:
    """Return the answer if the condition holds, else raise PaveUnknown with this cause."""
    if condition:
        return answer
    error = PaveUnknown(
        MESSAGES[PaveUnknown],
        cause=cause,
        http_status=answer.status,
        duration_ms=answer.duration_ms,
        request_id=answer.request_id,
        date=answer.date,
    )
    _log_if_suspicious(error)
    raise error


def _require_object(answer: Answer) -> Answer:
    return _require(isinstance(answer.document, dict), "json", answer)


def _require_list(answer: Answer) -> Answer:
    rows = answer.document
    objects = isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
    return _require(objects, "json", answer)


def _require_session(answer: Answer, key: str) -> Answer:
    """Require that the document is the session that was asked for."""
    document = _require_object(answer).document
    return _require(document.get("session_key") == key, "wrong_session", answer)
