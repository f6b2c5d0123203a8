"""Who set this value: what was typed, as a condition on the index. A star at the end asks for a
beginning. Personal values are found by their keyed hashes, so nothing has to be shown or opened.
"""

import json
import re

from django.db.models import Exists, OuterRef, Q

from sessions_ui.domain.catalogue import CATALOGUE, FieldSpec
from sessions_ui.domain.values import Kind
from sessions_ui.models import AuditEntry

from .tokens import (
    HEAD,
    LAST,
    LONGEST,
    SEARCHED_KEYS,
    STARTS,
    WORD_START,
    head_of,
    normal_of,
    part_token,
    value_token,
)

STAR = "*"
SHORTEST = 3
_END = "\U0010ffff"
_WHOLE_PHONE = 10
_PHONE_SIGNS = re.compile(r"[\d\s().+\-]+")
_ONLY_DIGITS = re.compile(r"[0-9]+")


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
    if spec.kind is Kind.PHONE:
        return (
            f"{spec.label} is masked: it is found whole, by its first {STARTS[0]} or {STARTS[1]}"
            f" digits and a star, or by its last {LAST} digits."
        )
    return (
        f"{spec.label} is masked: it is found whole, by one whole word, or by the first"
        f" {WORD_START} letters of a word and a star."
    )


def _plain(spec: FieldSpec, text: str) -> Q:
    if not text.endswith(STAR):
        val = value_token(spec, text)
        return Q(field=spec.key, val=val) if val else Q()
    start = normal_of(spec, text.rstrip(STAR))
    if len(start) <= HEAD:
        return _range(spec, start)
    # Behind its head a long value is a hash here: its entries are asked themselves.
    spelled = json.dumps(start, ensure_ascii=False)[:-1]
    told = AuditEntry.objects.filter(
        Q(id=OuterRef("entry_id")) | Q(op=OuterRef("entry_id")), body__icontains=spelled
    )
    long = _range(spec, head_of(start)) & Q(Exists(told))
    return long | _range(spec, start) if len(start) <= LONGEST else long


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
    digits = normal_of(spec, text)
    if not _PHONE_SIGNS.fullmatch(text) or not _ONLY_DIGITS.fullmatch(digits):
        return []
    if start and text.strip().startswith("+1") and len(digits) < _WHOLE_PHONE:
        digits = digits.removeprefix("1")
    if start and len(digits) < _WHOLE_PHONE:
        return [part_token(spec, "start", digits)] if len(digits) in STARTS else []
    if len(digits) == LAST:
        return [part_token(spec, "last", digits)]
    return [value_token(spec, text)] if len(digits) > LAST else []


def _name_vals(spec: FieldSpec, text: str, start: bool) -> list[str]:
    name = normal_of(spec, text)
    if " " in name or not name:
        return [] if start or not name else [value_token(spec, text)]
    word = part_token(spec, "word", name)
    if not start:
        return [word]
    return [part_token(spec, "start", name), word] if len(name) == WORD_START else []
