"""Translate a searched value into conditions on index rows.

A star at the end asks for a prefix. Personal values are matched by their keyed hashes, so a search
neither shows nor decrypts them.
"""

import json
import re
from functools import reduce
from operator import or_
from unicodedata import normalize

from django.db.models import Exists, OuterRef, Q

from sessions_ui.audit.log.index_terms import (
    HEAD_LENGTH,
    MAX_TERM_LENGTH,
    NAME_START_LENGTH,
    PHONE_END_LENGTH,
    PHONE_START_LENGTHS,
    SEARCHED_KEYS,
    normalize_value,
    part_term,
    term_head,
    value_term,
)
from sessions_ui.domain.catalogue import CATALOGUE, FieldSpec
from sessions_ui.domain.values.kinds import Kind
from sessions_ui.domain.values.phone import local_digits, local_start, with_plus
from sessions_ui.models import AuditEntry

STAR = "*"
SHORTEST_PREFIX = 3
_LAST_CHARACTER = "\U0010ffff"
_WHOLE_PHONE = 10
_PHONE_SIGNS = re.compile(r"[\d\s().+\-]+")
_ONE_DIGIT = re.compile(r"[0-9]")
_NAME_SIGNS = re.compile(r"[^\W\d_](?:[^\W\d_]|[ .'’\-])*")
_EXTENSION = re.compile(r"(?<=\d)[\s;,]*(?:extension|ext|x)[.=]?\s*\d{1,6}$")
_MASKED_SEARCH = {
    Kind.PHONE: (
        "is masked: it is found whole, by its first"
        f" {PHONE_START_LENGTHS[0]} or {PHONE_START_LENGTHS[1]} digits and a star,"
        f" or by its last {PHONE_END_LENGTH} digits."
    ),
    Kind.TEXT: (
        "is masked: it is found whole, by one whole word, or by the first"
        f" {NAME_START_LENGTH} letters of a word and a star."
    ),
}


def value_conditions(text: str, field: str = "") -> list[Q]:
    """Conditions on index rows of entries in which ``field``, or any field, held this value.

    Each field gets a condition of its own, because each is one range of the index.
    """
    keys = SEARCHED_KEYS & {field} if field else SEARCHED_KEYS
    specs = [CATALOGUE[key] for key in sorted(keys)] if text else []
    conditions = [
        (_masked_condition if spec.personal else _plain_condition)(spec, text) for spec in specs
    ]
    return [condition for condition in conditions if condition]


def value_condition(text: str, field: str = "") -> Q:
    """The conditions of `value_conditions` joined by OR; one that matches nothing without any."""
    return reduce(or_, value_conditions(text, field), Q(pk__in=[]))


def value_problem(text: str, field: str = "") -> str:
    """A sentence that says why this value cannot be searched; ``""`` when it can."""
    if text.endswith(STAR) and len(text.rstrip(STAR).strip()) < SHORTEST_PREFIX:
        return f"Give {SHORTEST_PREFIX} characters or more before the star."
    spec = CATALOGUE[field] if field in SEARCHED_KEYS else None
    if not text or spec is None or not spec.personal or _masked_terms(spec, text):
        return ""
    return f"{spec.label} {_MASKED_SEARCH[spec.kind]}"


def value_hint(text: str, field: str = "") -> str:
    """A sentence that says how masked values are searched, for a value that looks like a part of
    one; ``""`` for any other. Meant for a search that found nothing."""
    if field in CATALOGUE and not CATALOGUE[field].personal:
        return ""
    start = text.rstrip(STAR)
    if _NAME_SIGNS.fullmatch(start):
        return f"A name {_MASKED_SEARCH[Kind.TEXT]}"
    digits = len(_ONE_DIGIT.findall(_dialled(start)))
    lengths = PHONE_START_LENGTHS if text.endswith(STAR) else (PHONE_END_LENGTH,)
    searchable = digits >= _WHOLE_PHONE or digits in lengths
    if not digits or searchable or not _PHONE_SIGNS.fullmatch(_dialled(start)):
        return ""
    return f"A phone number {_MASKED_SEARCH[Kind.PHONE]}"


def _dialled(text: str) -> str:
    """A pasted phone number in plain characters: without the ``tel:`` of a link, full-width digits,
    the 00 of an international call, and an extension."""
    text = _EXTENSION.sub("", normalize("NFKC", text).strip().casefold())
    return with_plus(text.removeprefix("tel:"))


def _plain_condition(spec: FieldSpec, text: str) -> Q:
    if not text.endswith(STAR):
        val = value_term(spec, text)
        return Q(field=spec.key, val=val) if val else Q()
    start = normalize_value(spec, text.rstrip(STAR))
    if len(start) <= HEAD_LENGTH:
        return _prefix_range(spec, start)
    # The index holds a long value as its head and a hash, so the rest is looked for in the entries.
    json_prefix = json.dumps(start, ensure_ascii=False)[:-1]
    entries = AuditEntry.objects.filter(
        Q(id=OuterRef("entry_id")) | Q(op=OuterRef("entry_id")), body__icontains=json_prefix
    )
    long = _prefix_range(spec, term_head(start)) & Q(Exists(entries))
    return long | _prefix_range(spec, start) if len(start) <= MAX_TERM_LENGTH else long


def _prefix_range(spec: FieldSpec, start: str) -> Q:
    """Match a prefix by a range: LIKE uses the index only on some databases and collations."""
    return Q(field=spec.key, val__gte=start, val__lt=start + _LAST_CHARACTER)


def _masked_condition(spec: FieldSpec, text: str) -> Q:
    terms = _masked_terms(spec, text)
    return Q(field=spec.key, val__in=terms) if terms else Q()


def _masked_terms(spec: FieldSpec, text: str) -> list[str]:
    terms_of = _phone_terms if spec.kind is Kind.PHONE else _name_terms
    return terms_of(spec, text.rstrip(STAR), text.endswith(STAR))


def _phone_terms(spec: FieldSpec, text: str, start: bool) -> list[str]:
    text = _dialled(text)
    digits = local_digits(text)
    if not _PHONE_SIGNS.fullmatch(text) or not digits:
        return []
    if start and len(digits) < _WHOLE_PHONE:
        digits = local_start(text)
        return [part_term(spec, "start", digits)] if len(digits) in PHONE_START_LENGTHS else []
    if len(digits) == PHONE_END_LENGTH:
        return [part_term(spec, "last", digits)]
    return [value_term(spec, text)] if len(digits) > PHONE_END_LENGTH else []


def _name_terms(spec: FieldSpec, text: str, start: bool) -> list[str]:
    name = normalize_value(spec, text)
    if " " in name or not name:
        return [] if start or not name else [value_term(spec, text)]
    word = part_term(spec, "word", name)
    if not start:
        return [word]
    return [part_term(spec, "start", name), word] if len(name) == NAME_START_LENGTH else []
