"""Recognize a data subject's phone number or name in any formatting.

A subject is known by its text while its erasure is requested, and afterwards by a keyed hash alone,
which is enough to find it again in a restored backup.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self
from unicodedata import normalize

from sessions_ui.audit.log.index_terms import keyed_hash
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


def find_phones(text: str) -> Iterator[str]:
    """Each run of digits that could be a phone number, as `normalize_phone` writes it.

    A run joins whole groups of digits to 7 to 15 digits, with the plus of its first group.
    """
    for run in _GROUPS.findall(normalize("NFKC", text)):
        yield from map(normalize_phone, _join_groups(re.findall(r"\+?\d+", run)))


def find_names(text: str, fewest: int = 1) -> Iterator[str]:
    """Each sequence of ``fewest`` to six words, folded; a shorter one only as the whole text."""
    words = _WORDS.findall(folded(text))
    if len(words) < fewest:
        yield " ".join(words)
    for start in range(len(words)):
        for end in range(start + fewest, min(start + MOST_WORDS, len(words)) + 1):
            yield " ".join(words[start:end])


def _hash_subject(kind: str, normalized: str) -> str:
    return keyed_hash("@erased", kind, normalized)


def _join_groups(groups: Sequence[str]) -> Iterator[str]:
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
    """A phone number or a name to be erased, by its kind and its keyed hash.

    ``normalized`` and ``typed`` are empty when only hashes are known; then there may be several
    subjects of one kind at once.
    """

    kind: str
    hashes: frozenset[str]
    normalized: str = ""
    typed: str = ""

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The phone number or name in a text; None if the text is too short or too long."""
        digits = "".join(re.findall(r"\d", normalize("NFKC", text)))
        if _PHONE_SIGNS.fullmatch(text.strip()):
            normalized = normalize_phone(text)
            fits = FEWEST_DIGITS <= len(digits) <= MOST_DIGITS
            hashes = frozenset({_hash_subject(PHONE, normalized)})
            return cls(PHONE, hashes, normalized) if fits else None
        normalized = " ".join(_WORDS.findall(folded(text))[:MOST_WORDS])
        hashes = frozenset({_hash_subject(NAME, normalized)})
        fits = len(normalized) >= FEWEST_LETTERS
        return cls(NAME, hashes, normalized, typed=text) if fits else None

    @property
    def label(self) -> str:
        """The kind, in words."""
        return LABELS[self.kind]

    def matches_value(self, text: str) -> bool:
        """Whether a field's value is or contains the subject.

        A name of one word matches only as the whole value: not every Daniel is meant.
        """
        return any(map(self._is_subject, self._find_candidates(text, 2)))

    def occurs_in(self, text: str) -> bool:
        """Whether free text contains the subject."""
        return any(map(self._is_subject, self._find_candidates(text, 1)))

    def _find_candidates(self, text: str, fewest: int) -> Iterator[str]:
        return find_phones(text) if self.kind == PHONE else find_names(text, fewest)

    def _is_subject(self, candidate: str) -> bool:
        if self.normalized:
            return candidate == self.normalized
        return _hash_subject(self.kind, candidate) in self.hashes

    @property
    def hash(self) -> str:
        """The hash by which the register of erasures remembers a subject that was parsed."""
        return next(iter(self.hashes))

    @property
    def like_patterns(self) -> list[str]:
        """Patterns for SQL's LIKE that match every row with the subject, and others: check each.

        ``%`` when only hashes are known. A name is matched as typed and without accents.
        """
        if self.kind == PHONE:
            return [f"%{'%'.join(local_digits(self.normalized))}%"]
        typed = _WORDS.findall(normalize("NFC", self.typed))
        return sorted({f"%{'%'.join(words)}%" for words in (self.normalized.split(), typed)})
