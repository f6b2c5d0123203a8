"""Make the index rows of entries: the terms that an entry is found by. Derived, so never hashed.

A plain value is indexed as normalised text. A personal value is indexed as keyed hashes, useless
without AUDIT_TOKEN_KEY: one of the whole, and one of each part that it may be searched by.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.conf import settings

from sessions_ui.domain.catalogue import CATALOGUE, FieldSpec
from sessions_ui.domain.rules.outcomes import AS_SENT, FieldResult
from sessions_ui.domain.values.kinds import MEANING, Kind
from sessions_ui.domain.values.phone import local_digits
from sessions_ui.domain.values.text import folded, text_of
from sessions_ui.models import AuditTerm

OUTCOME, STATUS, FIELD, WORD = "@outcome", "@status", "@field", "@word"
SEARCHED_KEYS = frozenset(spec.key for spec in CATALOGUE.writable)
MAX_TERM_LENGTH = 64
HEAD_LENGTH = 43
"""A value longer than MAX_TERM_LENGTH is indexed by so many characters and a hash of all of it."""
PHONE_START_LENGTHS = (3, 6)
"""A phone number is found by so many of its first digits."""
PHONE_END_LENGTH = 4
NAME_START_LENGTH = 3
MAX_NAME_WORDS = 6
MIN_WORD_LENGTH = 2
MAX_NOTE_WORDS = 40
MAX_STATUS_LENGTH = 20
_KEYED_BYTES = 12
_TAIL_BYTES = 15

Term = tuple[str, str]
"""What an entry is found by: a field key or ``@…`` filter, and a value."""
Terms = set[Term]


def normalize_value(spec: FieldSpec, value: object) -> str:
    """The value as the index compares it: equal for two values that mean the same. Personal names
    lose their accents and have one space between words."""
    text = MEANING[spec.kind].key(text_of(value)).casefold()
    if not spec.personal or spec.kind is Kind.PHONE:
        return text
    return " ".join(re.findall(r"[^\W_]+", folded(text)))


def keyed_hash(*parts: str) -> str:
    """A hash of the parts under AUDIT_TOKEN_KEY, in 16 characters."""
    message = "\x00".join(parts).encode("utf-8", "replace")
    digest = hmac.digest(settings.AUDIT_TOKEN_KEY.encode(), message, hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:_KEYED_BYTES]).decode()


def value_term(spec: FieldSpec, value: object) -> str:
    """The term of a whole value, ``""`` for an empty one."""
    normal = normalize_value(spec, value)
    if not normal or spec.personal:
        return keyed_hash(spec.key, normal) if normal else ""
    return normal if len(normal) <= MAX_TERM_LENGTH else term_head(normal) + _hash_tail(normal)


def term_head(normal: str) -> str:
    """Return the beginning of a long value's term: the value's first characters and a mark."""
    return f"{normal[:HEAD_LENGTH]}#"


def part_term(spec: FieldSpec, form: str, part: str) -> str:
    """The term of a part of a personal value; ``form`` says which part ("start", "last",
    "word")."""
    return keyed_hash(spec.key, form, part)


def value_terms(spec: FieldSpec, value: object) -> set[str]:
    """All terms of a value: of the whole, and of its parts where it is personal."""
    whole = value_term(spec, value)
    if not whole or not spec.personal:
        return {whole} - {""}
    normal = normalize_value(spec, value)
    return {whole, *(part_term(spec, *part) for part in _searched_parts(spec, normal))}


def change_terms(changes: Mapping[str, tuple[object, object]]) -> Terms:
    """The terms of changed fields: the name of each, and its values before and after."""
    terms = _name_terms(changes)
    for key in changes.keys() & SEARCHED_KEYS:
        values = {term for value in changes[key] for term in value_terms(CATALOGUE[key], value)}
        terms |= {(key, term) for term in values}
    return terms


def field_name_terms(detail: Mapping[str, Any]) -> Terms:
    """The names of the fields that a refusal's detail lists without values, because the values
    before were not known."""
    return _name_terms(detail.get("fields") or ())


def result_terms(results: Mapping[str, tuple[FieldResult | str, object]]) -> Terms:
    """The values that PAVE holds in place of those that it was sent."""
    return {
        (key, term)
        for key, (result, held) in results.items()
        if key in SEARCHED_KEYS and result not in AS_SENT
        for term in value_terms(CATALOGUE[key], held)
    }


def status_terms(status: str) -> Terms:
    """PAVE's status at the time, where it is known."""
    return {(STATUS, status[:MAX_STATUS_LENGTH])} if status else set()


def split_words(text: str) -> list[str]:
    """The words of free text as they are indexed, in order, each once: lower case, without
    accents. Words joined by a dash count as one and each by itself, so 4821 finds T-4821."""
    joined = re.findall(r"[^\W_]+(?:-[^\W_]+)*", folded(text))
    words = (part[:MAX_TERM_LENGTH] for word in joined for part in (word, *word.split("-")))
    return [word for word in dict.fromkeys(words) if len(word) >= MIN_WORD_LENGTH]


def reason_terms(note: str, ticket: str) -> Terms:
    """The words of a reason's ticket, and the first ones of its note. Pass both as the entry
    stores them, so that what was scrubbed there is not indexed here."""
    return {(WORD, word) for word in (*split_words(ticket), *split_words(note)[:MAX_NOTE_WORDS])}


def add_terms(entry_id: int, terms: Iterable[Term]) -> None:
    """Store an entry's terms; those that are stored already stay."""
    AuditTerm.objects.bulk_create(
        [AuditTerm(field=field, val=val, entry_id=entry_id) for field, val in sorted(terms)],
        ignore_conflicts=True,
    )


def _hash_tail(normal: str) -> str:
    digest = hashlib.sha256(normal.encode("utf-8", "replace")).digest()
    return base64.urlsafe_b64encode(digest[:_TAIL_BYTES]).decode()


def _searched_parts(spec: FieldSpec, normal: str) -> Iterator[tuple[str, str]]:
    if spec.kind is Kind.PHONE:
        digits = local_digits(normal)
        if len(digits) > max(PHONE_START_LENGTHS):
            yield from (("start", digits[:length]) for length in PHONE_START_LENGTHS)
            yield "last", digits[-PHONE_END_LENGTH:]
        return
    for word in normal.split()[:MAX_NAME_WORDS]:
        yield "word", word
        if len(word) > NAME_START_LENGTH:
            yield "start", word[:NAME_START_LENGTH]


def _name_terms(keys: Iterable[str]) -> Terms:
    return {(FIELD, key) for key in keys if key in CATALOGUE}
