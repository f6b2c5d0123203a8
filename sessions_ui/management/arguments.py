"""Parse arguments that several commands take."""

from argparse import ArgumentTypeError
from datetime import datetime

from django.utils import timezone


def moment(text: str) -> datetime:
    """Parse a date or a time, local where it names no zone. Raises ArgumentTypeError."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"“{text}” is not a date such as 2026-01-31") from error
    return parsed if parsed.tzinfo else timezone.make_aware(parsed)
