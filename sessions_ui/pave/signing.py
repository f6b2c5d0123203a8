"""PAVE's signature. PAVE's pages *Authentication* and *Generate Access Token*.

The token covers neither method, path nor body, and stays good for five minutes: whoever sees one
can change any session with it. So it is made anew for every attempt, and shown to nobody.
"""

import hashlib
import hmac
from datetime import UTC, datetime


class Secret:
    """A text that shows itself only on demand: in print, logs and tracebacks it is ``***``."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Give the text itself."""
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
    """Write an aware moment in the one form that PAVE documents: ``2021-05-30T12:49:19Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def token(username: str, api_key: str, secret: Secret, stamp: str) -> str:
    """Give the lower-case hex HMAC-SHA256 of ``<username>:<api_key>@<timestamp>``."""
    signed = f"{username}:{api_key}@{stamp}".encode()
    return hmac.new(secret.reveal().encode(), signed, hashlib.sha256).hexdigest()
