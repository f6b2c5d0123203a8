"""Check a request's signature as the manual's Authentication page describes it."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

USERNAME: Final = "sandbox"
API_KEY: Final = "00000000-0000-4000-8000-000000000001"
API_SECRET: Final = "sandbox-secret-for-loopback-only"  # noqa: S105  a published development key
LIFETIME_SECONDS: Final = 300
ISO: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def token(timestamp: str) -> str:
    """Return the token of the sandbox's account: hex HMAC-SHA256 of `user:key@timestamp`."""
    message = f"{USERNAME}:{API_KEY}@{timestamp}"
    return hmac.new(API_SECRET.encode(), message.encode(), hashlib.sha256).hexdigest()


def is_signed(headers: Mapping[str, str], now: datetime) -> bool:
    """Return whether key and token match and the timestamp is within 300 seconds of `now` (UTC)."""
    timestamp = headers.get("API-Timestamp", "")
    return (
        _is_fresh(timestamp, now)
        and _same(headers.get("API-Key", ""), API_KEY)
        and _same(headers.get("API-Token", ""), token(timestamp))
    )


def has_access_token(headers: Mapping[str, str]) -> bool:
    """Return whether v2's single header holds the API key (POST Resend SMS)."""
    return _same(headers.get("API-Access-Token", ""), API_KEY)


def _is_fresh(timestamp: str, now: datetime) -> bool:
    if not ISO.fullmatch(timestamp):
        return False
    try:
        signed_at = datetime.strptime(timestamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return False
    return abs((now - signed_at).total_seconds()) <= LIFETIME_SECONDS


def _same(received: str, expected: str) -> bool:
    return hmac.compare_digest(received.encode("utf-8", "surrogateescape"), expected.encode())
