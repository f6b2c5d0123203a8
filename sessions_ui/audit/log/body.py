"""What an entry holds of values and of a remote's words: never anything personal."""

from collections.abc import Iterable, Mapping

from django.db import connection

from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.rules.edit_reasons import ReasonGiven
from sessions_ui.domain.rules.outcomes import FieldResult
from sessions_ui.domain.values.masking import hide, scrub
from sessions_ui.domain.values.text import text_of
from sessions_ui.models import Side

from .index_terms import keyed
from .insert import PersonalValues

Changes = Mapping[str, tuple[object, object]]
"""Field key to the value before and the value wanted."""
Results = Mapping[str, tuple[FieldResult | str, object]]
"""Field key to what became of it and the value that PAVE holds now."""

FREE = frozenset({"pave_message", "note"})
"""What of a detail is free text, in which anything can stand."""
PERSONAL = frozenset(spec.key for spec in CATALOGUE if spec.personal)
LAST = 100
# Spelled here: it is asked inside the commit of an edit, and making it costs more than asking it.
_KNOWN = f"""
SELECT value FROM audit_value WHERE entry_id IN
    (SELECT id FROM audit_entry WHERE session_key = %s ORDER BY id DESC LIMIT %s)
    AND field IN ({", ".join(["%s"] * len(PERSONAL))})
UNION SELECT value FROM audit_value WHERE entry_id = %s
"""  # noqa: S608
LONGEST_KEY = 40
LONGEST_VALUE = 4000
LONGEST_NAME = 80
MOST_NAMES = 50


def _side(key: str, side: Side, value: object, vault: PersonalValues) -> object:
    """A value as an entry holds it. A field that no row of the catalogue vouches for counts as
    personal, so that nothing is shown by mistake."""
    if key not in CATALOGUE or CATALOGUE[key].personal:
        return vault.commit(key[:LONGEST_KEY], side, text_of(value)[:LONGEST_VALUE])
    return value[:LONGEST_VALUE] if isinstance(value, str) else value


def change_sides(changes: Changes, vault: PersonalValues) -> dict[str, list[object]]:
    """The body of an intent, a sent or a refusal: ``{key: [was, now]}``."""
    return {
        key[:LONGEST_KEY]: [_side(key, Side.WAS, was, vault), _side(key, Side.NOW, now, vault)]
        for key, (was, now) in changes.items()
    }


def result_sides(results: Results, vault: PersonalValues) -> dict[str, list[object]]:
    """The body of an end: ``{key: [result, held]}``."""
    return {
        key[:LONGEST_KEY]: [str(result), _side(key, Side.HELD, held, vault)]
        for key, (result, held) in results.items()
    }


def known_values(session_key: str, intent_id: int | None = None) -> set[str]:
    """Personal values that the record keeps of a session: those of its last entries, and of one
    edit whatever its age. To be kept out of free text."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [session_key, LAST, *sorted(PERSONAL), intent_id])
        return {value for (value,) in cursor.fetchall()}


def hidden_values(
    free: bool, session_key: str, known: set[str], intent_id: int | None = None
) -> set[str]:
    """What has to be kept out of an entry's free text; without such text nothing is looked up."""
    return known | known_values(session_key, intent_id) if free else set()


def why_columns(reason: ReasonGiven | None, hidden: Iterable[str]) -> dict[str, str]:
    """The reason. An entry can never be erased, so no phone number and no personal value of the
    session goes into it by way of the note, and no name by way of the ticket."""
    if reason is None:
        return {}
    note, ticket = scrub(reason.note, hidden), hide(reason.ticket, hidden)
    return {"reason_code": reason.code, "reason_note": note, "ticket": ticket}


def told(detail: Mapping[str, object], known: Iterable[str]) -> dict[str, object]:
    """The detail with PAVE's words and a person's note scrubbed, and with what a person could
    make long cut short."""
    kept: dict[str, object] = dict(detail)
    names = kept.get("unknown_names")
    for name in FREE & kept.keys():
        kept[name] = scrub(text_of(kept[name]), known)[:LONGEST_VALUE]
    if isinstance(names, list):
        kept["unknown_names"] = [str(name)[:LONGEST_NAME] for name in names[:MOST_NAMES]]
    return kept


def payload_proof(changes: Changes, sha256: str) -> dict[str, str]:
    """What an entry tells of the bytes that are sent: their SHA-256, and only a keyed hash of it
    where a personal value is among them. There are so few phone numbers that an erased one could
    be found again by trying them all."""
    if PERSONAL.isdisjoint(changes) and all(key in CATALOGUE for key in changes):
        return {"payload_sha256": sha256}
    return {"payload_keyed": keyed("@payload", sha256)}
