"""Read many entries for an export: plain tuples in batches, so that memory use stays flat.

An export says what `row_queries.load_entry_rows` loads for a page, without a model instance for
each entry; the tests compare the two.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection

from sessions_ui.audit.entries.rows import (
    Values,
    describe_detail,
    field_spec,
    load_personal_values,
    side_text,
)
from sessions_ui.audit.sql import SqlRow, query_by_ids
from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.domain.values.masking import ERASED, difference, mask
from sessions_ui.domain.values.text import text_of
from sessions_ui.models import END_KINDS, Kind, Side

BATCH_SIZE = 500
# The database formats the times: making a datetime of each, only to format it, takes longer.
_TIMES = {
    "postgresql": """to_char(ts AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')""",
    "sqlite": "substr(ts, 1, 10) || 'T' || substr(ts || '.000', 12, 12) || 'Z'",
}
_ENTRIES = """
SELECT id, {time}, kind, action, actor_id, actor_label, actor_role, session_key, reason_code,
       reason_note, ticket, remote_addr, request_id, outcome, error_code, body, detail, status
FROM audit_entry WHERE id {among} ORDER BY id DESC
"""
_ENDS = """
SELECT op, id, {time}, outcome, http_status, error_code, body, detail
FROM audit_entry WHERE op {among} AND kind IN (%s, %s) AND id <= %s ORDER BY id
"""
_KINDS = {kind.value: kind.label.lower() for kind in Kind}
_WITHOUT_OUTCOME = frozenset({Kind.ACCESS.value, Kind.NOTE.value})
_NO_RESULT = ("", "")
_RANKS = {spec.key: rank for rank, spec in enumerate(CATALOGUE)}
_parse = json.JSONDecoder().raw_decode


class EntryBatch(NamedTuple):
    """Some entries, newest first, with the columns of _ENTRIES; the latest end of each edit, by the
    edit's id, with the columns of _ENDS; and the personal values that are still kept of both."""

    entries: Sequence[SqlRow]
    ends: Mapping[int, SqlRow]
    values: Values


def read_batches(ids: Iterator[int], cut_off: int) -> Iterator[EntryBatch]:
    """The entries with these ids, in their order. An end counts up to the id ``cut_off``."""
    time = _TIMES[connection.vendor]
    while batch := list(islice(ids, BATCH_SIZE)):
        end_rows = query_by_ids(_ENDS, batch, *END_KINDS, cut_off, time=time)
        values = load_personal_values([*batch, *(end[1] for end in end_rows)])
        yield EntryBatch(
            query_by_ids(_ENTRIES, batch, time=time), {end[0]: end for end in end_rows}, values
        )


def entry_facts(entry: SqlRow, batch: EntryBatch) -> dict[str, Any]:
    """What an export says of an entry, by column; ``changes`` lists the columns of each field."""
    (id_, time, kind, action, actor_id, actor, role, session_key, reason, note, ticket, addr,
     request_id, outcome, error_code, body, own_detail, status) = entry  # fmt: skip
    end = batch.ends.get(id_)
    end_id, settled, http_status, end_body, detail = 0, None, None, "", own_detail
    if end:
        _, end_id, settled, outcome, http_status, error_code, end_body, detail = end
    changes = _changes(id_, body, end_id, end_body, batch.values)
    locks = _from_detail(detail, "locks") or {}
    for change in changes if locks else ():
        change["locked"] = text_of(locks.get(change["field"]))
    return {
        "entry_id": id_,
        "time_utc": time,
        "kind": _KINDS[kind],
        "action": action,
        "actor_id": actor_id,
        "actor": actor,
        "role": role,
        "session_key": session_key,
        "changes": changes,
        "outcome": "" if kind in _WITHOUT_OUTCOME else outcome or Outcome.PENDING.value,
        "settled_utc": settled,
        "reason": reason,
        "note": note,
        "ticket": ticket,
        "pave_http_status": http_status,
        "error_code": error_code,
        "pave_message": text_of(_from_detail(detail, "pave_message")),
        "remote_addr": addr,
        "request_id": request_id,
        "status": status,
        "reverts": _from_detail(own_detail, "reverts") or None,
        "told": "" if changes else describe_detail(_parse(own_detail)[0]),
    }


def _from_detail(detail: str, name: str) -> Any:
    """Return what an entry's detail has under a name; None for nothing."""
    # Few details have it, and searching the text is cheaper than parsing it.
    return _parse(detail)[0].get(name) if f'"{name}"' in detail else None


def _changes(
    entry_id: int, body: str, end_id: int, end_body: str, values: Values
) -> list[dict[str, str]]:
    """The fields of an intent or a refusal, in the catalogue's order, with their results."""
    if not body or body == "{}":
        return []
    sides: dict[str, list[object]] = _parse(body)[0]
    results: dict[str, list[Any]] = _parse(end_body)[0] if end_body else {}
    changes = []
    for key in sorted(sides, key=_rank):
        spec, differs = field_spec(key), ""
        was, now = sides[key]
        result, held = results.get(key, _NO_RESULT)
        if spec.personal:
            texts = (
                side_text(was, (entry_id, key, Side.WAS), values),
                side_text(now, (entry_id, key, Side.NOW), values),
                side_text(held, (end_id, key, Side.HELD), values),
            )
            differs = difference(texts[0] or "", texts[1] or "")
            was, now, held = (ERASED if text is None else mask(spec, text) for text in texts)
        else:
            was, now, held = text_of(was), text_of(now), text_of(held)
        changes.append(
            {
                "field": key,
                "label": spec.label,
                "was": was,
                "now": now,
                "differs": differs,
                "result": result,
                "held_by_pave": held,
                "locked": "",
            }
        )
    return changes


def _rank(key: str) -> int:
    return _RANKS.get(key, len(_RANKS))
