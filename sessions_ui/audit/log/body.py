"""Build an entry's body and detail with personal data removed."""

from collections.abc import Iterable, Mapping

from django.db import connection

from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.rules.edit_reasons import ReasonGiven
from sessions_ui.domain.rules.outcomes import FieldResult
from sessions_ui.domain.values.masking import hide, scrub
from sessions_ui.domain.values.text import text_of
from sessions_ui.models import Side

from .index_terms import keyed_hash
from .insert import PersonalValues

Changes = Mapping[str, tuple[object, object]]
"""Field key to the value before and the value wanted."""
Results = Mapping[str, tuple[FieldResult | str, object]]
"""Field key to the field's result and the value that PAVE holds now."""

FREE_TEXT_KEYS = frozenset({"pave_message", "note"})
"""The keys of a detail whose text comes from PAVE or a person and can hold anything."""
PERSONAL_KEYS = frozenset(spec.key for spec in CATALOGUE if spec.personal)
MAX_KEY_LENGTH = 40
MAX_VALUE_LENGTH = 4000
MAX_NAME_LENGTH = 80
MAX_NAMES = 50
RECENT_ENTRIES = 100
# SQL by hand: this runs inside the commit of an edit, and the ORM takes longer to build the query
# than the database to answer it.
_STORED_VALUES = f"""
SELECT value FROM audit_value WHERE entry_id IN
    (SELECT id FROM audit_entry WHERE session_key = %s ORDER BY id DESC LIMIT %s)
    AND field IN ({", ".join(["%s"] * len(PERSONAL_KEYS))})
UNION SELECT value FROM audit_value WHERE entry_id = %s
"""  # noqa: S608


def change_body(changes: Changes, personal: PersonalValues) -> dict[str, list[object]]:
    """The body of an intent, a sent or a refusal: ``{key: [was, now]}``. Personal values go to
    ``personal``, and their commitments into the body."""
    return {
        key[:MAX_KEY_LENGTH]: [
            _protect_value(key, Side.WAS, was, personal),
            _protect_value(key, Side.NOW, now, personal),
        ]
        for key, (was, now) in changes.items()
    }


def result_body(results: Results, personal: PersonalValues) -> dict[str, list[object]]:
    """The body of an end: ``{key: [result, held]}``, with personal values as in `change_body`."""
    return {
        key[:MAX_KEY_LENGTH]: [str(result), _protect_value(key, Side.HELD, held, personal)]
        for key, (result, held) in results.items()
    }


def stored_personal_values(session_key: str, edit_id: int | None = None) -> set[str]:
    """The personal values in `audit_value` of a session's latest entries, and of one edit however
    old it is."""
    with connection.cursor() as cursor:
        params = [session_key, RECENT_ENTRIES, *sorted(PERSONAL_KEYS), edit_id]
        cursor.execute(_STORED_VALUES, params)
        return {value for (value,) in cursor.fetchall()}


def reason_columns(reason: ReasonGiven | None, hidden: Iterable[str]) -> dict[str, str]:
    """The columns of a reason. An entry can never be erased, so the note is scrubbed of phone
    numbers and of the ``hidden`` personal values, and the ticket of the latter."""
    if reason is None:
        return {}
    note, ticket = scrub(reason.note, hidden), hide(reason.ticket, hidden)
    return {"reason_code": reason.code, "reason_note": note, "ticket": ticket}


def scrub_detail(detail: Mapping[str, object], hidden: Iterable[str]) -> dict[str, object]:
    """The detail with its free text scrubbed of phone numbers and of the ``hidden`` personal
    values, and with what a person could make long cut short."""
    scrubbed: dict[str, object] = dict(detail)
    names = scrubbed.get("unknown_names")
    for key in FREE_TEXT_KEYS & scrubbed.keys():
        scrubbed[key] = scrub(text_of(scrubbed[key]), hidden)[:MAX_VALUE_LENGTH]
    if isinstance(names, list):
        scrubbed["unknown_names"] = [str(name)[:MAX_NAME_LENGTH] for name in names[:MAX_NAMES]]
    return scrubbed


def payload_hash(changes: Changes, sha256: str) -> dict[str, str]:
    """Return what an entry holds of the bytes that were sent: their SHA-256, or only a keyed hash
    of it where a personal value is among them. There are so few phone numbers that trying them all
    would find an erased one again."""
    if PERSONAL_KEYS.isdisjoint(changes) and all(key in CATALOGUE for key in changes):
        return {"payload_sha256": sha256}
    return {"payload_keyed": keyed_hash("@payload", sha256)}


def _protect_value(key: str, side: Side, value: object, personal: PersonalValues) -> object:
    """The value, or its commitment when it is personal. A field that the catalogue does not list
    counts as personal, so that nothing is shown by mistake."""
    if key not in CATALOGUE or CATALOGUE[key].personal:
        return personal.commit(key[:MAX_KEY_LENGTH], side, text_of(value)[:MAX_VALUE_LENGTH])
    return value[:MAX_VALUE_LENGTH] if isinstance(value, str) else value
