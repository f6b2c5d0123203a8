"""Index rows of the audit: what an entry can be found by. Derived, so never part of the proof."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping

from django.conf import settings

from sessions_ui.domain.catalogue import CATALOGUE, FieldSpec
from sessions_ui.domain.values import MEANING, text_of
from sessions_ui.models import AuditToken

OUTCOME, STATUS, FIELD = "@outcome", "@status", "@field"
SEARCHED_KEYS = frozenset(spec.key for spec in CATALOGUE.writable)
LONGEST = 64
_HMAC_LENGTH = 32


def value_token(spec: FieldSpec, value: object) -> str:
    """What a value is indexed by, ``""`` for none: normalised by its kind and cut to 64
    characters; for a personal field a keyed hash, of no use without AUDIT_TOKEN_KEY."""
    normal = MEANING[spec.kind].key(text_of(value)).casefold()
    if not normal or not spec.personal:
        return normal[:LONGEST]
    message = f"{spec.key}\x00{normal}".encode("utf-8", "replace")
    keyed = hmac.new(settings.AUDIT_TOKEN_KEY.encode(), message, hashlib.sha256)
    return keyed.hexdigest()[:_HMAC_LENGTH]


def change_tokens(changes: Mapping[str, tuple[object, object]]) -> set[tuple[str, str]]:
    """For each changed field its name, and both its values."""
    tokens = {(FIELD, key) for key in changes if key in CATALOGUE}
    for key in changes.keys() & SEARCHED_KEYS:
        found = {value_token(CATALOGUE[key], value) for value in changes[key]}
        tokens |= {(key, token) for token in found - {""}}
    return tokens


def tokens_add(entry_id: int, tokens: Iterable[tuple[str, str]]) -> None:
    """Index an entry; a token that is there already is left."""
    AuditToken.objects.bulk_create(
        [AuditToken(field=field, val=val, entry_id=entry_id) for field, val in sorted(tokens)],
        ignore_conflicts=True,
    )
