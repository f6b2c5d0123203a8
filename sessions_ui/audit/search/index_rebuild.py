"""What the index ought to hold, by the entries and the values beside them, and putting it right.

The index is derived, so it may be made anew at any time, beside people who work.
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
    change_terms,
    field_name_terms,
    reason_terms,
    result_terms,
    status_terms,
    terms_add,
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
"""Is told how many entries were done since it was last told."""
Terms = set[tuple[str, str]]
AT_ONCE = 500
SWEPT = "index"
FIELDS = (FIELD, OUTCOME, STATUS, WORD, *sorted(SEARCHED_KEYS))


def terms_due(ids: Collection[int]) -> dict[int, Terms]:
    """Of each of these edits and refusals, everything that it is to be found by."""
    own = Q(id__in=ids, kind__in=LISTED_KINDS)
    steps = Q(op__in=ids, kind__in=(Kind.SENT, *END_KINDS))
    entries = list(AuditEntry.objects.filter(own | steps).order_by("id"))
    kept = {
        (one.entry_id, one.field, one.side): one.value
        for one in AuditValue.objects.filter(entry_id__in=[entry.id for entry in entries])
    }
    owed = defaultdict[int, Terms](set)
    for entry in entries:
        tokens = owed[entry.op or entry.id]
        tokens |= _of_end(entry, kept) if entry.kind in END_KINDS else _of_change(entry, kept)
        outcome = Outcome.PENDING.value if entry.kind == Kind.INTENT else entry.outcome
        if outcome:
            tokens -= {one for one in tokens if one[0] == OUTCOME}
            tokens.add((OUTCOME, outcome))
    return dict(owed)


def _of_change(entry: AuditEntry, kept: dict[tuple[int, str, int], str]) -> Terms:
    sides: dict[str, Any] = json.loads(entry.body)
    changes = {
        key: tuple(
            kept.get((entry.id, key, side), "") if isinstance(one, dict) else text_of(one)
            for side, one in zip((Side.WAS, Side.NOW), pair, strict=True)
        )
        for key, pair in sides.items()
    }
    tokens = change_terms(changes) | status_terms(entry.status)  # type: ignore[arg-type]
    if entry.kind == Kind.REFUSAL:
        tokens |= field_name_terms(json.loads(entry.detail))
    return tokens | reason_terms(entry.reason_note, entry.ticket)


def _of_end(entry: AuditEntry, kept: dict[tuple[int, str, int], str]) -> Terms:
    results: dict[str, Any] = json.loads(entry.body)
    return result_terms(
        {
            key: (
                result,
                kept.get((entry.id, key, Side.HELD), "") if isinstance(held, dict) else held,
            )
            for key, (result, held) in results.items()
        }
    )


def index_size() -> int:
    """How many edits and refusals there are to be found: what progress is measured by."""
    return _own().count()


def index_rebuild(*, anew: bool = False, progress: Progress = lambda _: None) -> Counter[str]:
    """Add what is missing and take away what nothing stands behind; gives how many of both.

    Goes on where an earlier run was stopped, unless ``anew``. Who works meanwhile is not disturbed.
    """
    done = Counter[str](added=0, removed=0)
    swept, _ = JobCursor.objects.get_or_create(name=SWEPT)
    start = 0 if anew else swept.last_id
    last = AuditEntry.objects.largest_id()
    owed = Counter[str]()
    for ids in _chunks(start, last):
        owed.update(_add(ids, done))
        JobCursor.objects.filter(name=SWEPT).update(last_id=ids[-1])
        progress(len(ids))
    for field in FIELDS:
        rows = AuditTerm.objects.filter(field=field, entry_id__lte=last)
        if start or rows.count() != owed[field]:
            done["removed"] += _remove(field)
    JobCursor.objects.filter(name=SWEPT).update(last_id=0)
    return done


def _own() -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(kind__in=LISTED_KINDS, op__isnull=True)


def _chunks(start: int, last: int) -> Iterator[list[int]]:
    while True:
        found = _own().filter(id__gt=start, id__lte=last).order_by("id")
        ids = list(found.values_list("id", flat=True)[:AT_ONCE])
        if not ids:
            return
        yield ids
        start = ids[-1]


def _add(ids: list[int], done: Counter[str]) -> Counter[str]:
    """Behind the writers' lock: an outcome that came in between would stand beside the older."""
    owed = Counter[str]()
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [HORIZON_LOCK])
        rows = [
            (field, val, id_) for id_, tokens in terms_due(ids).items() for field, val in tokens
        ]
        owed.update(field for field, _, _ in rows)
        there = _there(rows)
        for id_, missing in groupby(sorted(set(rows) - there, key=lambda one: one[2]), _entry_id):
            tokens = [(field, val) for field, val, _ in missing]
            terms_add(id_, tokens)
            done["added"] += len(tokens)
    return owed


def _entry_id(row: tuple[str, str, int]) -> int:
    return row[2]


def _there(rows: Collection[tuple[str, str, int]]) -> set[tuple[str, str, int]]:
    """Which of these rows the index holds."""
    vals = defaultdict[str, set[str]](set)
    for field, val, _ in rows:
        vals[field].add(val)
    ids = {id_ for _, _, id_ in rows}
    found = set[tuple[str, str, int]]()
    for field, some in vals.items():
        held = AuditTerm.objects.filter(
            field=field, val__in=some, entry_id__gte=min(ids), entry_id__lte=max(ids)
        )
        found |= set(held.values_list("field", "val", "entry_id"))
    return found


def _remove(field: str) -> int:
    """Take a field's rows away that no entry backs. The rows are read before their entries: each
    was written with its entry, so none that is young can be mistaken for a stray."""
    removed, after = 0, ("", 0)
    while True:
        rows = AuditTerm.objects.filter(field=field).order_by("val", "entry_id")
        later = Q(val=after[0], entry_id__gt=after[1]) | Q(val__gt=after[0])
        chunk = list(rows.filter(later).values_list("val", "entry_id")[:AT_ONCE])
        if not chunk:
            return removed
        owed = terms_due({id_ for _, id_ in chunk})
        for val, id_ in chunk:
            if (field, val) not in owed.get(id_, ()):
                stray = AuditTerm.objects.filter(field=field, val=val, entry_id=id_)
                removed += stray.delete()[0]
        after = chunk[-1]


def values_unindex(own_id: int, tokens: Terms) -> None:
    """After values were erased: take the rows away that they stood behind, but for those that
    another value of the same edit still stands behind."""
    for field, val in tokens - terms_due([own_id]).get(own_id, set()):
        AuditTerm.objects.filter(field=field, val=val, entry_id=own_id).delete()


def personal_keys() -> list[str]:
    """The fields whose values are searched masked."""
    return sorted(key for key in SEARCHED_KEYS if CATALOGUE[key].personal)
