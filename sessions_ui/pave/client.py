"""The client of PAVE: one method per endpoint of its manual.

Every method gives an `Answer` or raises one of the family in ``errors.py``; `PaveKeyError` comes
before any request. Nothing is repeated by itself. One client may be shared by many threads: it
keeps no state, and each call has a connection of its own (a kept one that went stale gives a reset
that looks like "maybe applied", though nothing happened).
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sessions_ui.pave.answer import Answer, date_of, document_of, retry_after, words_of
from sessions_ui.pave.config import PaveConfig
from sessions_ui.pave.errors import (
    SENTENCES,
    STATUS_ERRORS,
    UNAUTHORISED,
    PaveError,
    PaveNotSent,
    PaveUnauthorised,
    PaveUnknown,
)
from sessions_ui.pave.request import (
    Call,
    Credentials,
    body_bytes,
    is_session_key,
    nobody,
    prepared,
    secrets_in,
    session_path,
    v1,
    v2,
)
from sessions_ui.pave.signing import Secret
from sessions_ui.pave.wire import Reply, exchange, trust

__all__ = ["Answer", "PaveClient", "PaveConfig", "Secret", "body_bytes"]


class PaveClient:
    """Calls PAVE as ``config`` says. ``clock`` gives the aware moment that is signed.

    ``request_id`` goes out as ``X-Request-ID``, for PAVE's log; without one it is made up.
    """

    def __init__(
        self, config: PaveConfig, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._config = config
        self._clock = clock
        self._trusted = trust(config)

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
        """List the sandbox's sessions. PAVE has no such list; our credentials stay at home."""
        answer = _listed(self._call("GET", "/sandbox/sessions.json", credentials=nobody))
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
        call = Call(method, path, credentials, body, request_id)
        seconds = self._config.get_deadline if call.is_read else self._config.put_deadline
        return self._attempt(call, seconds)

    def _attempt(self, call: Call, seconds: float) -> Answer:
        """Sign and send once, within ``seconds``; whatever tries again is built around this."""
        outcome = self._outcome(call, seconds)
        if isinstance(outcome, PaveError):
            raise outcome
        return outcome

    def _outcome(self, call: Call, seconds: float) -> Answer | PaveError:
        # Not raised here: a traceback may show what a function holds, and this one holds tokens.
        request = prepared(call, self._config, self._clock())
        reply = exchange(request, self._config, self._trusted, seconds)
        document, cause = document_of(reply)
        date = date_of(reply.headers)
        if reply.status is None or reply.status // 100 != 2 or cause:
            words = words_of(document, secrets_in(request, self._config))
            return _error(call, reply, cause, words, date)
        return Answer(reply.status, document, date, reply.duration_ms, call.request_id)


def _demand(holds: bool, cause: str, answer: Answer) -> Answer:
    """Give the answer back if it is what it should be, else raise PaveUnknown."""
    if holds:
        return answer
    raise PaveUnknown(
        SENTENCES[PaveUnknown],
        cause=cause,
        http_status=answer.status,
        duration_ms=answer.duration_ms,
        request_id=answer.request_id,
        date=answer.date,
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


def _error(
    call: Call, reply: Reply, cause: str, words: str | None, date: datetime | None
) -> PaveError:
    kind: type[PaveError] = PaveUnknown if reply.written else PaveNotSent
    if words is not None and reply.status in STATUS_ERRORS:
        kind = STATUS_ERRORS[reply.status]
    elif call.is_read and reply.status in UNAUTHORISED:
        kind, cause = PaveUnauthorised, ""
    return kind(
        SENTENCES[kind],
        cause=cause or f"http_{reply.status}",
        http_status=reply.status,
        pave_message=words,
        retry_after=retry_after(reply.headers, date or datetime.now(UTC)),
        duration_ms=reply.duration_ms,
        request_id=call.request_id,
        date=date,
    )
