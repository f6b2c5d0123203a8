"""Define the errors that a call to PAVE can raise; it raises no others.

::

    PaveError
     ├ PaveNotSent          no byte of the request was written: DNS, connect, TLS, held back here
     ├ PaveRefused          PAVE refused in its own JSON: nothing happened
     │   ├ PaveUnauthorised   401, 403: our key, or our clock; for a read whatever the body says
     │   ├ PaveNotFound       404
     │   └ PaveBusy           429: wait ``retry_after`` seconds
     └ PaveUnknown          anything else: the call may or may not have taken effect
    PaveKeyError (a ValueError): not a session key; raised before any request

Anything that is not listed as definite is unknown: a server error, a timeout, HTML, a redirect, an
answer about another session. For a read, unknown only means that nothing could be read.

``cause`` is one of these short codes, safe for logs and pages:

* connecting: ``thread`` (this machine can start no more threads), ``dns``, ``connect``,
  ``connect_timeout``, ``tls``;
* transfer: ``deadline`` (the whole call took too long), ``timeout`` (one read did), ``reset``,
  ``truncated``, ``protocol`` (not HTTP), ``framing`` (the end of the body is not given, or in two
  ways);
* content: ``redirect``, ``html``, ``encoding`` (compressed, though we asked for plain), ``size``,
  ``json``, ``wrong_session``;
* status: ``http_500`` and the like, ``clock`` (a 401 while our clock is off);
* held back by this client: ``circuit_open``, ``busy_here``.
"""

from datetime import datetime


class PaveKeyError(ValueError):
    """The value is not a session key: ``^[A-Z0-9-]{3,40}$``."""

    def __init__(self) -> None:
        super().__init__("That is not a PAVE session key.")


class PaveError(Exception):
    """A call to PAVE failed to get a usable answer.

    ``str(error)`` is our own sentence and contains nothing from outside. ``pave_message`` is PAVE's
    message with our credentials removed: escape it on pages and keep it out of logs.
    ``retry_after`` is in seconds, ``duration_ms`` in milliseconds, ``date`` is PAVE's clock in UTC,
    None if the answer has no valid Date header.
    """

    def __init__(
        self,
        message: str,
        *,
        cause: str,
        http_status: int | None = None,
        pave_message: str | None = None,
        retry_after: int | None = None,
        duration_ms: int | None = None,
        request_id: str = "",
        date: datetime | None = None,
    ) -> None:
        super().__init__(message)
        self.cause = cause
        self.http_status = http_status
        self.pave_message = pave_message
        self.retry_after = retry_after
        self.duration_ms = duration_ms
        self.request_id = request_id
        self.date = date

    def __str__(self) -> str:
        return f"{self.args[0]} ({self.cause})"


class PaveNotSent(PaveError):
    """The request was not sent: not one byte of it was written."""


class PaveRefused(PaveError):
    """PAVE refused the call in its own JSON; nothing was changed."""


class PaveUnauthorised(PaveRefused):
    """PAVE rejected our credentials: a wrong key, or a clock that is off."""


class PaveNotFound(PaveRefused):
    """PAVE has no such session, or none for our key."""


class PaveBusy(PaveRefused):
    """PAVE asked us to wait."""


class PaveUnknown(PaveError):
    """The answer is missing or unusable; the call may or may not have taken effect."""


# Definite only if the body is PAVE's JSON object with a message. Any status that is missing here is
# unknown, including 408 and 5xx. PAVE documents 400 and 404 (DELETE Session, PUT Update Session);
# the others are the statuses with which a Laravel service refuses before it does anything.
STATUS_ERRORS: dict[int, type[PaveRefused]] = {
    400: PaveRefused,
    401: PaveUnauthorised,
    403: PaveUnauthorised,
    404: PaveNotFound,
    409: PaveRefused,
    413: PaveRefused,
    422: PaveRefused,
    429: PaveBusy,
}

# For a read these two are definite whatever the body says: PAVE does not document the body, and a
# refused read has changed nothing. For a write they need PAVE's JSON as well.
UNAUTHORISED_STATUSES = frozenset({401, 403})

MESSAGES: dict[type[PaveError], str] = {
    PaveNotSent: "PAVE was not reached; nothing was sent.",
    PaveRefused: "PAVE refused the call; nothing was changed.",
    PaveUnauthorised: "PAVE did not accept our credentials; nothing was changed.",
    PaveNotFound: "PAVE does not know this session.",
    PaveBusy: "PAVE asks us to wait; nothing was changed.",
    PaveUnknown: "PAVE gave no answer that can be used; the call may have taken effect.",
}

HELD_BACK_MESSAGES = {
    "circuit_open": "PAVE failed again and again, so calls to it rest; nothing was sent.",
    "busy_here": "Too many calls to PAVE are under way here; nothing was sent.",
}


def held_back(cause: str, request_id: str) -> PaveNotSent:
    """Make the error for a call that this client held back: ``circuit_open`` or ``busy_here``."""
    return PaveNotSent(HELD_BACK_MESSAGES[cause], cause=cause, duration_ms=0, request_id=request_id)
