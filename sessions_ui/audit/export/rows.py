"""Reading many entries fast: bare tuples, some hundred at a time, so that memory stays flat.

They hold what `row_queries.load_entry_rows` loads for a page, without a model instance and an
object per row; the tests of the export compare the two.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection

from sessions_ui.audit.entries.rows import Values, describe_detail, field_spec, load_personal_values
from sessions_ui.audit.sql import SqlRow, query_by_ids
from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.values.masking import ERASED, difference, masked
from sessions_ui.domain.values.text import text_of
from sessions_ui.models import END_KINDS, Side

CHUNK = 500
_RECURRING = 1024
# The time as ISO 8601 by the database: a datetime of each, and text of that again, is dear.
_TIMES = {
    "postgresql": """to_char(ts AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')""",
    "sqlite": "substr(ts, 1, 10) || 'T' || substr(ts || '.000', 12, 12) || 'Z'",
}
_ENTRIES = """
SELECT id, {time}, kind, action, actor_id, actor_label, actor_role, session_key, reason_code,
       reason_note, ticket, remote_addr, request_id, outcome, error_code, body, detail,
       status
FROM audit_entry WHERE id {among} ORDER BY id DESC
"""
_ENDS = """
SELECT op, id, {time}, outcome, http_status, error_code, body, detail
FROM audit_entry WHERE op {among} AND kind IN (%s, %s) AND id <= %s ORDER BY id
"""
_WAS, _NOW, _HELD = Side.WAS.value, Side.NOW.value, Side.HELD.value
_NO_RESULT = ("", "")
PAVE_SAID, LOCKS, REVERTS = '"pave_message"', '"locks"', '"reverts"'
NO_LOCKS: Mapping[str, str] = {}
_parse = json.JSONDecoder().raw_decode

Told = tuple[str, str, str, str, str, str]
"""One field of an edit, masked where personal: key, was, now, how these differ, result, held."""


class Batch(NamedTuple):
    """Some entries, newest first, in the order of `_ENTRIES`; the latest end of each edit by its
    id, in the order of `_ENDS`; and the personal values that are still kept beside both."""

    entries: Sequence[SqlRow]
    ends: dict[int, SqlRow]
    values: Values


def chunks_of(ids: Iterator[int], cut_off: int) -> Iterator[Batch]:
    """The entries with these ids, in their order. An end is told if it was there at the
    ``cut_off``, the newest id that counts."""
    time = _TIMES[connection.vendor]
    while some := list(islice(ids, CHUNK)):
        ended = query_by_ids(_ENDS, some, *END_KINDS, cut_off, time=time)
        ends = {row[0]: row for row in ended}
        values = load_personal_values([*some, *(end[1] for end in ended)])
        yield Batch(query_by_ids(_ENTRIES, some, time=time), ends, values)


class FieldFormatter:
    """Tells the fields of edits. What is known of a field is looked up once."""

    def __init__(self) -> None:
        rank = {spec.key: place for place, spec in enumerate(CATALOGUE)}
        self._open = frozenset(spec.key for spec in CATALOGUE if not spec.personal)
        self._ordered = lru_cache(_RECURRING)(
            lambda keys: sorted(keys, key=lambda key: rank.get(key, len(rank)))
        )
        self._kind = lru_cache(_RECURRING)(lambda key: field_spec(key).kind)

    def fields(self, id_: int, body: str, end: SqlRow | None, values: Values) -> list[Told]:
        """The fields of an intent or a refusal, in the catalogue's order, with their results."""
        if not body or body == "{}":
            return []
        sides: dict[str, list[object]] = _parse(body)[0]
        results: dict[str, list[Any]] = _parse(end[6])[0] if end else {}
        found: list[Told] = []
        for key in self._ordered(tuple(sides)):
            (was, now), differs = sides[key], ""
            result, held = results.get(key, _NO_RESULT)
            if not (type(was) is type(now) is type(held) is str and key in self._open):
                kept = values.get((id_, key, _WAS)), values.get((id_, key, _NOW))
                differs = difference(kept[0] or "", kept[1] or "")
                was, now = self._shown(key, was, kept[0]), self._shown(key, now, kept[1])
                held = self._shown(key, held, values.get((end[1] if end else 0, key, _HELD)))
            found.append((key, was, now, differs, result, held))
        return found

    def _shown(self, key: str, side: object, kept: str | None) -> str:
        text = kept if isinstance(side, dict) else text_of(side)
        if text is None:
            return ERASED
        return text if key in self._open or not text else masked(self._kind(key), text)


def said_by_pave(detail: str) -> str:
    """PAVE's own words in an entry's detail. Few have any: look for `PAVE_SAID` in it first."""
    return text_of(_parse(detail)[0].get("pave_message"))


def locks_told(detail: str) -> Mapping[str, str]:
    """Why each field was locked, as a code. Few details have any: look for `LOCKS` first."""
    return {key: text_of(code) for key, code in (_parse(detail)[0].get("locks") or {}).items()}


def edit_reverted(detail: str) -> str:
    """The number of the edit that is taken back. Look for `REVERTS` in the detail first."""
    return text_of(_parse(detail)[0].get("reverts"))


def about_in(detail: str) -> str:
    """What an entry without fields was about, in the words of its row."""
    return describe_detail(_parse(detail)[0])
