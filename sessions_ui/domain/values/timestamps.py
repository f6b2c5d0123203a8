"""Write a moment the way exports, addresses and `<time>` elements need it."""

from datetime import UTC, datetime


def iso_utc(moment: datetime, timespec: str = "milliseconds") -> str:
    """ISO 8601 in UTC with a ``Z``; ``timespec`` as of `datetime.isoformat`."""
    return moment.astimezone(UTC).isoformat(timespec=timespec).replace("+00:00", "Z")
