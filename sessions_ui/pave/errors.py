"""The error family of the PAVE client; the only errors that a call to PAVE raises.

::

    PaveError
     ├ PaveNotSent          not a byte of the request was written: DNS, connect, TLS, held back
     ├ PaveRefused          PAVE's definite no, in its own JSON: nothing happened
     │   ├ PaveUnauthorised   401, 403: our key, or our clock; of a read in any words
     │   ├ PaveNotFound       404
     │   └ PaveBusy           429: wait ``retry_after`` seconds
     └ PaveUnknown          everything else: may or may not have happened
    PaveKeyError (a ValueError): not a session key; raised before any request

Whatever is not on a definite list is unknown: a server error, a time-out, HTML, a redirect, an
answer about another session. For a read, unknown means only that nothing could be read.

``cause`` is one of these short codes, safe for logs and screen: ``thread`` (this machine has none
left), ``dns``, ``connect``, ``connect_timeout``, ``tls`` (connecting); ``deadline`` (the whole call
took too long), ``timeout`` (one read did), ``reset``, ``truncated``, ``protocol`` (no HTTP),
``framing`` (where the answer ends is not told, or in two ways); ``redirect``,
``html``, ``encoding`` (compressed, though we asked for plain), ``size``, ``json``,
``wrong_session``; ``http_500`` and the like (the status itself is the reason); ``clock`` (a 401,
and our clock is off); ``circuit_open`` and ``busy_here`` (we held the call back ourselves).
"""

from datetime import datetime


class PaveKeyError(ValueError):
    """What was given cannot be a session key: ``^[A-Z0-9-]{3,40}$``."""

    def __init__(self) -> None:
        super().__init__("That is not a PAVE session key.")


class PaveError(Exception):
    """A call to PAVE without a usable answer.

    ``str(error)`` is our own sentence and holds nothing from outside. ``pave_message`` is PAVE's,
    with our credentials taken out: show it escaped, keep it out of logs. ``retry_after`` is in
    seconds, ``duration_ms`` in milliseconds, ``date`` PAVE's clock in UTC where it told.
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
    """PAVE was not reached: no byte of the request left."""


class PaveRefused(PaveError):
    """PAVE said no, in its own JSON; nothing was changed."""


class PaveUnauthorised(PaveRefused):
    """PAVE does not take our credentials: a wrong key, or a clock that is off."""


class PaveNotFound(PaveRefused):
    """PAVE knows no such session, or not for our key."""


class PaveBusy(PaveRefused):
    """PAVE asks us to wait."""


class PaveUnknown(PaveError):
    """No usable answer; the call may or may not have taken effect."""


# Definite only when the body is PAVE's JSON object with a message. A status that is not here is
# unknown, 408 and 5xx among them. PAVE documents 400 and 404 (DELETE Session, PUT Update Session);
# the others are what a Laravel service says before it does anything.
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

# Of a read these two are definite whatever the body says: PAVE does not document it, and a read
# that is refused has changed nothing. A change needs PAVE's JSON here too.
UNAUTHORISED = frozenset({401, 403})

SENTENCES: dict[type[PaveError], str] = {
    PaveNotSent: "PAVE was not reached; nothing was sent.",
    PaveRefused: "PAVE refused the call; nothing was changed.",
    PaveUnauthorised: "PAVE did not accept our credentials; nothing was changed.",
    PaveNotFound: "PAVE does not know this session.",
    PaveBusy: "PAVE asks us to wait; nothing was changed.",
    PaveUnknown: "PAVE gave no answer that can be used; the call may have taken effect.",
}

HELD_BACK = {
    "circuit_open": "PAVE failed again and again, so calls to it rest; nothing was sent.",
    "busy_here": "Too many calls to PAVE are under way here; nothing was sent.",
}


def held_back(cause: str, request_id: str) -> PaveNotSent:
    """The error for a call that we ourselves did not make: ``circuit_open`` or ``busy_here``."""
    return PaveNotSent(HELD_BACK[cause], cause=cause, duration_ms=0, request_id=request_id)
