"""Arguments that several commands take."""

from argparse import ArgumentTypeError
from datetime import datetime

from django.utils import timezone


def moment(text: str) -> datetime:
    """A date or a time as argument; without a zone it is local. Raises ArgumentTypeError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"“{text}” is not a date such as 2026-01-31") from error
    return found if found.tzinfo else timezone.make_aware(found)
