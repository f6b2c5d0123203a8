"""Define the kinds of values: how two are compared, and how one is sent.

PAVE gives the same value in several shapes (``"100,945"`` and ``100945``, ``EN`` and ``en``,
``647-555-0126`` and ``+16475550126``). Nothing here raises on strange input: a value that is not
of its kind is compared and shown as the text it is.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from .phone import normalize_phone
from .text import text_of

LONGEST_NUMBER = 15


def number_of(text: str) -> int | None:
    """Read ``"100,945"``, ``"100 945"`` or ``"100945"`` as a number; None for anything else."""
    digits = re.sub(r"[,\s]", "", text)
    if digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_NUMBER:
        return int(digits)
    return None


def _plain(text: str) -> str:
    return text.strip()


def _caseless(text: str) -> str:
    return text.strip().casefold()


def _upper(text: str) -> str:
    return text.strip().upper()


def _number_key(text: str) -> str:
    number = number_of(text)
    return text.strip() if number is None else str(number)


def _number(text: str) -> str | int:
    number = number_of(text)
    return text.strip() if number is None else number


class Kind(StrEnum):
    """A kind of value."""

    TEXT = "text"
    WORD = "word"
    CHOICE = "choice"
    LANGUAGE = "language"
    VIN = "vin"
    URL = "url"
    PHONE = "phone"
    YEAR = "year"
    NUMBER = "number"
    TIME = "time"
    FLAG = "flag"
    NESTED = "nested"

    def same(self, one: object, other: object) -> bool:
        """Whether two values mean the same, in whatever shape each comes."""
        key = MEANING[self].key
        return key(text_of(one)) == key(text_of(other))

    def sent(self, text: str) -> str | int:
        """Return the typed text in the shape of PAVE's requests."""
        return MEANING[self].encode(text)


@dataclass(frozen=True, slots=True)
class Meaning:
    """How values of a kind are compared (by ``key``) and sent (by ``encode``)."""

    key: Callable[[str], str] = _plain
    encode: Callable[[str], str | int] = _plain


MEANING = {
    Kind.TEXT: Meaning(),
    Kind.WORD: Meaning(key=_caseless),
    Kind.CHOICE: Meaning(_caseless, _upper),
    Kind.LANGUAGE: Meaning(_caseless, _upper),
    Kind.VIN: Meaning(_upper, _upper),
    Kind.URL: Meaning(),
    Kind.PHONE: Meaning(key=normalize_phone),
    Kind.YEAR: Meaning(_number_key, _number_key),
    Kind.NUMBER: Meaning(_number_key, _number),
    Kind.TIME: Meaning(),
    Kind.FLAG: Meaning(key=_caseless),
    Kind.NESTED: Meaning(),
}
"""Source: the samples of GET and PUT in PAVE's manual, whose shapes differ."""
