"""Index rows of the audit: what an entry can be found by. Derived, so never part of the proof.

A plain value stands there normalised. A personal one stands as keyed hashes, of no use without
AUDIT_TOKEN_KEY: of the whole, and of the few parts that it may be searched by.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.conf import settings

from sessions_ui.domain.catalogue import CATALOGUE, FieldSpec
from sessions_ui.domain.rules.outcomes import FieldResult
from sessions_ui.domain.values.kinds import MEANING, Kind
from sessions_ui.domain.values.phone import local_digits
from sessions_ui.domain.values.text import folded, text_of
from sessions_ui.models import AuditTerm

OUTCOME, STATUS, FIELD, WORD = "@outcome", "@status", "@field", "@word"
SEARCHED_KEYS = frozenset(spec.key for spec in CATALOGUE.writable)
LONGEST = 64
HEAD = 43
"""A value longer than LONGEST stands with so many characters, and the hash of all of it."""
STARTS = (3, 6)
"""A phone number is found by so many of its first digits."""
LAST = 4
WORD_START = 3
MOST_WORDS = 6
SHORTEST_WORD = 2
MOST_NOTE_WORDS = 40
_KEYED_BYTES = 12
_TAIL_BYTES = 15


def normal_of(spec: FieldSpec, value: object) -> str:
    """The value as the index compares it: two that mean the same are one. A personal name without
    its accents, and with one space between its words."""
    text = MEANING[spec.kind].key(text_of(value)).casefold()
    if not spec.personal or spec.kind is Kind.PHONE:
        return text
    return " ".join(re.findall(r"[^\W_]+", folded(text)))


def keyed(*parts: str) -> str:
    """A keyed hash in 16 characters."""
    message = "\x00".join(parts).encode("utf-8", "replace")
    found = hmac.digest(settings.AUDIT_TOKEN_KEY.encode(), message, hashlib.sha256)
    return base64.urlsafe_b64encode(found[:_KEYED_BYTES]).decode()


def value_term(spec: FieldSpec, value: object) -> str:
    """What a whole value is indexed by, ``""`` for none."""
    normal = normal_of(spec, value)
    if not normal or spec.personal:
        return keyed(spec.key, normal) if normal else ""
    return normal if len(normal) <= LONGEST else head_of(normal) + _tail(normal)


def head_of(normal: str) -> str:
    """How a long value begins in the index."""
    return f"{normal[:HEAD]}#"


def _tail(normal: str) -> str:
    found = hashlib.sha256(normal.encode("utf-8", "replace")).digest()
    return base64.urlsafe_b64encode(found[:_TAIL_BYTES]).decode()


def part_term(spec: FieldSpec, form: str, part: str) -> str:
    """What a part of a personal value is indexed by: ``form`` says which part it is."""
    return keyed(spec.key, form, part)


def _parts(spec: FieldSpec, normal: str) -> Iterator[tuple[str, str]]:
    if spec.kind is Kind.PHONE:
        digits = local_digits(normal)
        if len(digits) > max(STARTS):
            yield from (("start", digits[:length]) for length in STARTS)
            yield "last", digits[-LAST:]
        return
    for word in normal.split()[:MOST_WORDS]:
        yield "word", word
        if len(word) > WORD_START:
            yield "start", word[:WORD_START]


def value_terms(spec: FieldSpec, value: object) -> set[str]:
    """Everything that a value is indexed by: the whole, and parts where it is personal."""
    whole = value_term(spec, value)
    if not whole or not spec.personal:
        return {whole} - {""}
    normal = normal_of(spec, value)
    return {whole, *(part_term(spec, *part) for part in _parts(spec, normal))}


def change_terms(changes: Mapping[str, tuple[object, object]]) -> set[tuple[str, str]]:
    """For each changed field its name, and both its values."""
    tokens = _names(changes)
    for key in changes.keys() & SEARCHED_KEYS:
        found = {token for value in changes[key] for token in value_terms(CATALOGUE[key], value)}
        tokens |= {(key, token) for token in found}
    return tokens


def name_terms(detail: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The names of the fields that a refusal tells without their values: nobody could say what
    they were."""
    return _names(detail.get("fields") or ())


def _names(keys: Iterable[str]) -> set[tuple[str, str]]:
    return {(FIELD, key) for key in keys if key in CATALOGUE}


def held_terms(results: Mapping[str, tuple[FieldResult | str, object]]) -> set[tuple[str, str]]:
    """For each field in which PAVE holds something else than what it was sent, that value."""
    return {
        (key, token)
        for key, (result, held) in results.items()
        if key in SEARCHED_KEYS and not FieldResult(result).as_sent
        for token in value_terms(CATALOGUE[key], held)
    }


def status_term(status: str) -> set[tuple[str, str]]:
    """PAVE's status at the time, where it is known."""
    return {(STATUS, status[:20])} if status else set()


def words_of(text: str) -> list[str]:
    """The words of free text as the index has them, in their order, each once: small, without
    accents; those joined by a dash as one and each by itself, so that T-4821 is found by 4821."""
    joined = re.findall(r"[^\W_]+(?:-[^\W_]+)*", folded(text))
    words = (part[:LONGEST] for word in joined for part in (word, *word.split("-")))
    return [word for word in dict.fromkeys(words) if len(word) >= SHORTEST_WORD]


def word_terms(note: str, ticket: str) -> set[tuple[str, str]]:
    """Everything that a reason is found by: its ticket, and the first words of its note. Both as
    the entry holds them, so that what was kept out of it is kept out here."""
    return {(WORD, word) for word in (*words_of(ticket), *words_of(note)[:MOST_NOTE_WORDS])}


def terms_add(entry_id: int, tokens: Iterable[tuple[str, str]]) -> None:
    """Index an entry; a token that is there already is left."""
    AuditTerm.objects.bulk_create(
        [AuditTerm(field=field, val=val, entry_id=entry_id) for field, val in sorted(tokens)],
        ignore_conflicts=True,
    )
