"""A person's phone number or name, wherever and however it is written.

Known by its text while somebody asks for it to be erased; afterwards by a keyed hash alone, which
is enough to find it again in a copy that was restored.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self
from unicodedata import normalize

from sessions_ui.audit.log.index_terms import keyed
from sessions_ui.domain.values.phone import local_digits, normalize_phone
from sessions_ui.domain.values.text import folded
from sessions_ui.models.privacy import LABELS

PHONE, NAME = "phone", "name"
FEWEST_DIGITS, MOST_DIGITS = 7, 15
FEWEST_LETTERS = 3
MOST_WORDS = 6
_PHONE_SIGNS = re.compile(r"[\d\s().+\-/]+")
_GROUPS = re.compile(r"\+?\d+(?:[\W_]{1,3}\d+)*")
_WORDS = re.compile(r"[^\W_]+")


def phones_in(text: str) -> Iterator[str]:
    """Every run of digits that could be a phone number, in the one spelling of `normalize_phone`:
    whole groups of digits, 7 to 15 together, the first with its plus where it has one."""
    for run in _GROUPS.findall(normalize("NFKC", text)):
        yield from map(normalize_phone, _together(re.findall(r"\+?\d+", run)))


def names_in(text: str, fewest: int = 1) -> Iterator[str]:
    """Every one to six words that follow each other; fewer than ``fewest`` only where they are the
    whole text."""
    words = _WORDS.findall(folded(text))
    if len(words) < fewest:
        yield " ".join(words)
    for start in range(len(words)):
        for end in range(start + fewest, min(start + MOST_WORDS, len(words)) + 1):
            yield " ".join(words[start:end])


def _hash(kind: str, normal: str) -> frozenset[str]:
    return frozenset({keyed("@erased", kind, normal)})


def _together(groups: Sequence[str]) -> Iterator[str]:
    for start in range(len(groups)):
        digits = ""
        for group in groups[start:]:
            digits += group if not digits else group.lstrip("+")
            count = len(digits.lstrip("+"))
            if count > MOST_DIGITS:
                break
            if count >= FEWEST_DIGITS:
                yield digits


@dataclass(frozen=True)
class Subject:
    """A phone number or a name to be erased. ``normal`` and ``typed`` are empty when only hashes
    are known; of these there may be many, of one kind."""

    kind: str
    tokens: frozenset[str]
    normal: str = ""
    typed: str = ""

    @classmethod
    def of(cls, text: str) -> Self | None:
        """The number or name that somebody typed; None for what is too short to be one."""
        digits = "".join(re.findall(r"\d", normalize("NFKC", text)))
        if _PHONE_SIGNS.fullmatch(text.strip()):
            normal = normalize_phone(text)
            fits = FEWEST_DIGITS <= len(digits) <= MOST_DIGITS
            return cls(PHONE, _hash(PHONE, normal), normal) if fits else None
        words = _WORDS.findall(folded(text))[:MOST_WORDS]
        normal = " ".join(words)
        fits = len(normal) >= FEWEST_LETTERS
        return cls(NAME, _hash(NAME, normal), normal, typed=text) if fits else None

    @property
    def label(self) -> str:
        """What it is, in words."""
        return LABELS[self.kind]

    def is_value(self, text: str) -> bool:
        """Whether a value is it or holds it. One word alone is a name only as the whole value: not
        every Daniel is meant."""
        return any(map(self._is, self._readings(text, 2)))

    def is_said_in(self, text: str) -> bool:
        """Whether free text holds it."""
        return any(map(self._is, self._readings(text, 1)))

    def _readings(self, text: str, fewest: int) -> Iterator[str]:
        return phones_in(text) if self.kind == PHONE else names_in(text, fewest)

    def _is(self, reading: str) -> bool:
        if self.normal:
            return reading == self.normal
        return keyed("@erased", self.kind, reading) in self.tokens

    @property
    def token(self) -> str:
        """The hash by which it is remembered."""
        return next(iter(self.tokens))

    @property
    def likes(self) -> list[str]:
        """Patterns for SQL's LIKE that find more than they should, to be looked through; ``%`` when
        only the hash is known. A name as it was typed, and without accents."""
        if self.kind == PHONE:
            return [f"%{'%'.join(local_digits(self.normal))}%"]
        typed = _WORDS.findall(normalize("NFC", self.typed))
        return sorted({f"%{'%'.join(words)}%" for words in (self.normal.split(), typed)})
