"""Who set this value: what was typed, as a condition on the index. A star at the end asks for a
beginning. Personal values are found by their keyed hashes, so nothing has to be shown or opened.
"""

import json
import re
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
from sessions_ui.domain.values.phone import local_digits, local_start
from sessions_ui.models import AuditEntry

STAR = "*"
SHORTEST = 3
_END = "\U0010ffff"
_WHOLE_PHONE = 10
_PHONE_SIGNS = re.compile(r"[\d\s().+\-]+")
_ONE_DIGIT = re.compile(r"[0-9]")
_NAME_SIGNS = re.compile(r"[^\W\d_](?:[^\W\d_]|[ .'’\-])*")
_EXTENSION = re.compile(r"(?<=\d)[\s;,]*(?:extension|ext|x)[.=]?\s*\d{1,6}$")
_ABROAD = re.compile(r"^00(?=(?:\D*\d){3})")
_FOUND_BY = {
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


def seeks(text: str, field: str = "") -> list[Q]:
    """Index rows of entries in which a field (this one, or any) was or became this value: one
    condition per field, for each is a range of the index by itself."""
    keys = SEARCHED_KEYS & {field} if field else SEARCHED_KEYS
    specs = [CATALOGUE[key] for key in sorted(keys)] if text else []
    found = [(_personal if spec.personal else _plain)(spec, text) for spec in specs]
    return [one for one in found if one]


def seek(text: str, field: str = "") -> Q:
    """The same as one condition."""
    found = Q(pk__in=[])
    for one in seeks(text, field):
        found |= one
    return found


def seek_problem(text: str, field: str = "") -> str:
    """Why this cannot be looked for, as a sentence; ``""`` when it can."""
    if text.endswith(STAR) and len(text.rstrip(STAR).strip()) < SHORTEST:
        return f"Give {SHORTEST} characters or more before the star."
    spec = CATALOGUE[field] if field in SEARCHED_KEYS else None
    if not text or spec is None or not spec.personal or _personal_vals(spec, text):
        return ""
    return f"{spec.label} {_FOUND_BY[spec.kind]}"


def seek_hint(text: str, field: str = "") -> str:
    """How masked values are searched, where this looks like a part of one and nothing was found;
    ``""`` where it does not."""
    if field in CATALOGUE and not CATALOGUE[field].personal:
        return ""
    start = text.rstrip(STAR)
    if _NAME_SIGNS.fullmatch(start):
        return f"A name {_FOUND_BY[Kind.TEXT]}"
    digits = len(_ONE_DIGIT.findall(_dialled(start)))
    lengths = PHONE_START_LENGTHS if text.endswith(STAR) else (PHONE_END_LENGTH,)
    asked_well = digits >= _WHOLE_PHONE or digits in lengths
    if not digits or asked_well or not _PHONE_SIGNS.fullmatch(_dialled(start)):
        return ""
    return f"A phone number {_FOUND_BY[Kind.PHONE]}"


def _dialled(text: str) -> str:
    """A phone number as it may be pasted, in plain signs: out of a link, with wide digits, with
    the 00 of a call abroad, with an extension."""
    text = _EXTENSION.sub("", normalize("NFKC", text).strip().casefold())
    return _ABROAD.sub("+", text.removeprefix("tel:"))


def _plain(spec: FieldSpec, text: str) -> Q:
    if not text.endswith(STAR):
        val = value_term(spec, text)
        return Q(field=spec.key, val=val) if val else Q()
    start = normalize_value(spec, text.rstrip(STAR))
    if len(start) <= HEAD_LENGTH:
        return _range(spec, start)
    # Behind its head a long value is a hash here: its entries are asked themselves.
    spelled = json.dumps(start, ensure_ascii=False)[:-1]
    told = AuditEntry.objects.filter(
        Q(id=OuterRef("entry_id")) | Q(op=OuterRef("entry_id")), body__icontains=spelled
    )
    long = _range(spec, term_head(start)) & Q(Exists(told))
    return long | _range(spec, start) if len(start) <= MAX_TERM_LENGTH else long


def _range(spec: FieldSpec, start: str) -> Q:
    """A beginning as a range, so that the index is used on every database."""
    return Q(field=spec.key, val__gte=start, val__lt=start + _END)


def _personal(spec: FieldSpec, text: str) -> Q:
    vals = _personal_vals(spec, text)
    return Q(field=spec.key, val__in=vals) if vals else Q()


def _personal_vals(spec: FieldSpec, text: str) -> list[str]:
    seek_one = _phone_vals if spec.kind is Kind.PHONE else _name_vals
    return seek_one(spec, text.rstrip(STAR), text.endswith(STAR))


def _phone_vals(spec: FieldSpec, text: str, start: bool) -> list[str]:
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


def _name_vals(spec: FieldSpec, text: str, start: bool) -> list[str]:
    name = normalize_value(spec, text)
    if " " in name or not name:
        return [] if start or not name else [value_term(spec, text)]
    word = part_term(spec, "word", name)
    if not start:
        return [word]
    return [part_term(spec, "start", name), word] if len(name) == NAME_START_LENGTH else []
