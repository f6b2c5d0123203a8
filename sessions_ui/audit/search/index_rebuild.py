"""Compare the audit's index with the entries and their personal values, and repair it.

The index is derived data, so it can be rebuilt at any time, while people work.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from sessions_ui.audit.log.index_terms import (
    FIELD,
    OUTCOME,
    SEARCHED_KEYS,
    STATUS,
    WORD,
    Terms,
    add_terms,
    change_terms,
    field_name_terms,
    reason_terms,
    result_terms,
    status_terms,
)
from sessions_ui.audit.log.insert import HORIZON_LOCK
from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.domain.values.text import text_of
from sessions_ui.models import (
    END_KINDS,
    LISTED_KINDS,
    AuditEntry,
    AuditTerm,
    AuditValue,
    JobCursor,
    Kind,
    Side,
)

Progress = Callable[[int], None]
"""A function that is called with the number of entries done since its last call."""
BATCH_SIZE = 500
CURSOR_NAME = "index"
FIELDS = (FIELD, OUTCOME, STATUS, WORD, *sorted(SEARCHED_KEYS))


def expected_terms(ids: Collection[int]) -> dict[int, Terms]:
    """For each of these edits and refusals, everything that a search has to find it by."""
    listed = Q(id__in=ids, kind__in=LISTED_KINDS)
    steps = Q(op__in=ids, kind__in=(Kind.SENT, *END_KINDS))
    entries = list(AuditEntry.objects.filter(listed | steps).order_by("id"))
    values = {
        (row.entry_id, row.field, row.side): row.value
        for row in AuditValue.objects.filter(entry_id__in=[entry.id for entry in entries])
    }
    expected = defaultdict[int, Terms](set)
    for entry in entries:
        terms = expected[entry.op or entry.id]
        is_end = entry.kind in END_KINDS
        terms |= _terms_of_end(entry, values) if is_end else _terms_of_change(entry, values)
        outcome = Outcome.PENDING.value if entry.kind == Kind.INTENT else entry.outcome
        if outcome:  # each step with an outcome replaces the one before
            terms -= {term for term in terms if term[0] == OUTCOME}
            terms.add((OUTCOME, outcome))
    return dict(expected)


def _terms_of_change(entry: AuditEntry, values: dict[tuple[int, str, int], str]) -> Terms:
    body: dict[str, Any] = json.loads(entry.body)
    changes = {
        key: tuple(
            values.get((entry.id, key, side), "") if isinstance(stored, dict) else text_of(stored)
            for side, stored in zip((Side.WAS, Side.NOW), pair, strict=True)
        )
        for key, pair in body.items()
    }
    terms = change_terms(changes) | status_terms(entry.status)  # type: ignore[arg-type]
    if entry.kind == Kind.REFUSAL:
        terms |= field_name_terms(json.loads(entry.detail))
    return terms | reason_terms(entry.reason_note, entry.ticket)


def _terms_of_end(entry: AuditEntry, values: dict[tuple[int, str, int], str]) -> Terms:
    results: dict[str, Any] = json.loads(entry.body)
    return result_terms(
        {
            key: (
                result,
                values.get((entry.id, key, Side.HELD), "") if isinstance(held, dict) else held,
            )
            for key, (result, held) in results.items()
        }
    )


def index_size() -> int:
    """The number of edits and refusals in the index, for a progress bar."""
    return _listed_entries().count()


def rebuild_index(*, anew: bool = False, progress: Progress = lambda _: None) -> Counter[str]:
    """Add missing index rows and delete those that no entry accounts for; return both counts.

    Continues where an earlier run was stopped, unless ``anew``. Does not disturb other writers.
    """
    done = Counter[str](added=0, removed=0)
    cursor, _ = JobCursor.objects.get_or_create(name=CURSOR_NAME)
    start = 0 if anew else cursor.last_id
    last = AuditEntry.objects.largest_id()
    expected = Counter[str]()
    for ids in _batches(start, last):
        expected.update(_add_missing(ids, done))
        JobCursor.objects.filter(name=CURSOR_NAME).update(last_id=ids[-1])
        progress(len(ids))
    for field in FIELDS:
        rows = AuditTerm.objects.filter(field=field, entry_id__lte=last)
        # After the additions, an equal count means that there are no stray rows. A continued run
        # did not count the entries before its start.
        if start or rows.count() != expected[field]:
            done["removed"] += _remove_strays(field)
    JobCursor.objects.filter(name=CURSOR_NAME).update(last_id=0)
    return done


def _listed_entries() -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(kind__in=LISTED_KINDS, op__isnull=True)


def _batches(start: int, last: int) -> Iterator[list[int]]:
    while True:
        entries = _listed_entries().filter(id__gt=start, id__lte=last).order_by("id")
        ids = list(entries.values_list("id", flat=True)[:BATCH_SIZE])
        if not ids:
            return
        yield ids
        start = ids[-1]


def _add_missing(ids: list[int], done: Counter[str]) -> Counter[str]:
    """Add the missing rows of these entries; return the number of expected rows by field.

    The lock keeps writers out: an outcome written meanwhile would be indexed beside the older one.
    """
    expected = Counter[str]()
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [HORIZON_LOCK])
        rows = [
            (field, val, id_) for id_, terms in expected_terms(ids).items() for field, val in terms
        ]
        expected.update(field for field, _, _ in rows)
        missing = sorted(set(rows) - _existing_rows(rows), key=_entry_id)
        for id_, group in groupby(missing, _entry_id):
            terms = [(field, val) for field, val, _ in group]
            add_terms(id_, terms)
            done["added"] += len(terms)
    return expected


def _entry_id(row: tuple[str, str, int]) -> int:
    return row[2]


def _existing_rows(rows: Collection[tuple[str, str, int]]) -> set[tuple[str, str, int]]:
    """The rows among these that the index has."""
    vals = defaultdict[str, set[str]](set)
    for field, val, _ in rows:
        vals[field].add(val)
    ids = {id_ for _, _, id_ in rows}
    existing = set[tuple[str, str, int]]()
    for field, field_vals in vals.items():
        terms = AuditTerm.objects.filter(
            field=field, val__in=field_vals, entry_id__gte=min(ids), entry_id__lte=max(ids)
        )
        existing |= set(terms.values_list("field", "val", "entry_id"))
    return existing


def _remove_strays(field: str) -> int:
    """Delete a field's rows that no entry accounts for; return their number.

    The rows are read before their entries. A row is written together with its entry, so a new row
    cannot be mistaken for a stray.
    """
    removed, after = 0, ("", 0)
    while True:
        rows = AuditTerm.objects.filter(field=field).order_by("val", "entry_id")
        later = Q(val=after[0], entry_id__gt=after[1]) | Q(val__gt=after[0])
        batch = list(rows.filter(later).values_list("val", "entry_id")[:BATCH_SIZE])
        if not batch:
            return removed
        expected = expected_terms({id_ for _, id_ in batch})
        for val, id_ in batch:
            if (field, val) not in expected.get(id_, ()):
                stray = AuditTerm.objects.filter(field=field, val=val, entry_id=id_)
                removed += stray.delete()[0]
        after = batch[-1]


def unindex_values(edit_id: int, terms: Terms) -> None:
    """Delete the index rows of values that were erased, except those that another value of the same
    edit still accounts for."""
    for field, val in terms - expected_terms([edit_id]).get(edit_id, set()):
        AuditTerm.objects.filter(field=field, val=val, entry_id=edit_id).delete()


def personal_keys() -> list[str]:
    """The searched fields whose values are personal."""
    return sorted(key for key in SEARCHED_KEYS if CATALOGUE[key].personal)
