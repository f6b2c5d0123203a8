"""Validate, store and show values by their kind, as PAVE's manual and its samples suggest."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit


def _unchanged(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Kind:
    """One kind of value: what PAVE accepts, its complaint otherwise, and how answers show it.

    `complaint` follows "The <field> " in a 422. Values of a number kind are stored as int.
    """

    is_valid: Callable[[Any], bool]
    complaint: str
    is_number: bool = False
    show: Callable[[Any], Any] = _unchanged

    def store(self, value: Any) -> Any:
        """Return a valid value as PAVE keeps it."""
        return int(value) if self.is_number else value


def one_of(*choices: str) -> Kind:
    """Build the kind of a closed list of words."""
    return Kind(lambda value: value in choices, "is invalid.")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value.strip()) > 0 and len(value) <= 2000


def _is_url(value: Any) -> bool:
    if not _is_text(value):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _matches(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _is_digits(pattern: str) -> Callable[[Any], bool]:
    """Accept a number or its digits as text. JSON's true is an int in Python, but no number."""
    return lambda value: (
        not isinstance(value, bool) and re.fullmatch(pattern, str(value)) is not None
    )


def _is_phone(value: Any) -> bool:
    return (
        isinstance(value, str)
        and re.fullmatch(r"\+?[0-9 ().-]{7,24}", value) is not None
        and 7 <= len(re.sub(r"\D", "", value)) <= 15
    )


def _with_thousands_separators(value: Any) -> Any:
    return f"{value:,}" if isinstance(value, int) else value


TEXT: Final = Kind(_is_text, "must be a string.")
URL: Final = Kind(_is_url, "must be a valid URL.")
LANGUAGE: Final = Kind(_matches(r"[A-Za-z]{2}([-_][A-Za-z]{2})?"), "is invalid.")
VIN: Final = Kind(_matches(r"[A-HJ-NPR-Za-hj-npr-z0-9]{17}"), "must be a VIN of 17 characters.")
PHONE: Final = Kind(_is_phone, "must be a phone number.")
YEAR: Final = Kind(_is_digits(r"[12][0-9]{3}"), "must be 4 digits.", is_number=True)
COUNT: Final = Kind(
    _is_digits(r"[0-9]{1,9}"),
    "must be an integer.",
    is_number=True,
    show=_with_thousands_separators,
)
