"""The family of PAVE's errors. What matters first: was anything written to PAVE or not?

PaveError
├── PaveNotSent         no byte of the request left: DNS, connect, TLS
├── PaveRefused         PAVE said no, in its own JSON: nothing was applied
│   ├── PaveUnauthorised    401, 403: key, secret or clock
│   ├── PaveNotFound        404
│   └── PaveBusy            429: wait ``retry_after`` seconds
└── PaveUnknown         everything else: may or may not have happened
PaveKeyError            not a session key at all; raised before any request
"""


class PaveError(Exception):
    """A call to PAVE that gave no usable answer.

    ``cause``: a short code, safe for logs and pages (``deadline``, ``http_502``, ``html`` …);
    ``pave_message``: PAVE's own words, to be shown escaped and never logged;
    ``retry_after``: seconds that PAVE asks to wait; ``duration_ms``: how long the call took.
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
    ) -> None:
        super().__init__(message)
        self.cause = cause
        self.http_status = http_status
        self.pave_message = pave_message
        self.retry_after = retry_after
        self.duration_ms = duration_ms
        self.request_id = request_id


class PaveNotSent(PaveError):
    """No byte of the request left this machine."""


class PaveRefused(PaveError):
    """PAVE refused in its own JSON; nothing was applied."""


class PaveUnauthorised(PaveRefused):
    """PAVE does not accept our credentials, or our clock."""


class PaveNotFound(PaveRefused):
    """PAVE does not know this session, or not for our key."""


class PaveBusy(PaveRefused):
    """PAVE takes no more calls for the moment."""


class PaveUnknown(PaveError):
    """No valid answer: the call may or may not have taken effect."""


class PaveKeyError(ValueError):
    """What was given cannot be a session key."""


REFUSALS: dict[int, type[PaveRefused]] = {
    400: PaveRefused,
    401: PaveUnauthorised,
    403: PaveUnauthorised,
    404: PaveNotFound,
    409: PaveRefused,
    413: PaveRefused,
    422: PaveRefused,
    429: PaveBusy,
}
"""The definite refusals. Any other status that is not 2xx is `PaveUnknown`."""
