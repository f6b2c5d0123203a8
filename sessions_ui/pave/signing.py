"""PAVE's request signature. It covers neither method, path nor body: treat a token as a password.

Source: PAVE's manual, "Generate Access Token".
"""

import hashlib
import hmac
from datetime import UTC, datetime


class Secret:
    """A text that shows itself only when asked: ``repr`` and ``str`` give ``***``."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(
            self._text.encode(), other._text.encode()
        )

    def __hash__(self) -> int:
        return hash(self._text)

    def __bool__(self) -> bool:
        return bool(self._text)


def timestamp(moment: datetime) -> str:
    """A moment as PAVE's header has it: UTC, ISO 8601, whole seconds, ``Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def token(username: str, api_key: str, secret: Secret, stamp: str) -> str:
    """The ``API-Token`` for this stamp: lower-case hex HMAC-SHA256."""
    message = f"{username}:{api_key}@{stamp}".encode()
    return hmac.new(secret.reveal().encode(), message, hashlib.sha256).hexdigest()
