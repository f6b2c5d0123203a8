"""Sign calls as PAVE's pages *Authentication* and *Generate Access Token* describe.

The token covers neither method, path nor body, and stays valid for five minutes: anyone who sees
one can change any session with it. So each attempt gets a token of its own, and no token may appear
in a log, a page or an error.
"""

import hashlib
import hmac
from datetime import UTC, datetime


class Secret:
    """Hold a text that print, logs and tracebacks show as ``***``."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)


def timestamp(moment: datetime) -> str:
    """Format an aware time in the only form that PAVE documents: ``2021-05-30T12:49:19Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def token(username: str, api_key: str, secret: Secret, stamp: str) -> str:
    """Return the lower-case hex HMAC-SHA256 of ``<username>:<api_key>@<timestamp>``."""
    message = f"{username}:{api_key}@{stamp}".encode()
    return hmac.new(secret.reveal().encode(), message, hashlib.sha256).hexdigest()
