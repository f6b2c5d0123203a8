"""Finding entries: newest first, by the id alone, never by OFFSET and never with an exact count.

Ids follow time, so a window of time is a range of ids. A question is led by the index that it
probably narrows most and asks the others row by row, so that the first fifty come quickly whether
a value is rare or common.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from sessions_ui.domain.outcomes import Outcome
from sessions_ui.models import AuditEntry, AuditToken, Kind

from .filters import AuditFilter
from .rows import Row, rows_of
from .seeking import seek
from .tokens import FIELD, OUTCOME, STATUS

PAGE = 50
COUNTED = 10_000
LISTED = (Kind.INTENT, Kind.REFUSAL)
ENDS = (Kind.OUTCOME, Kind.RESOLUTION)
# Nearly every edit ends so: such a filter narrows nothing and should not lead.
COMMON = frozenset({Outcome.CONFIRMED.value, Outcome.ACCEPTED.value})

# Binary search for the first id whose time is not before a moment: no index on the time needed.
_FIRST_ID = """
WITH RECURSIVE bound(lo, hi) AS (
    SELECT (SELECT COALESCE(MIN(id), 0) FROM audit_entry),
           (SELECT COALESCE(MAX(id), 0) + 1 FROM audit_entry)
    UNION ALL
    SELECT
        CASE WHEN (SELECT ts FROM audit_entry WHERE id >= (lo + hi) / 2 ORDER BY id LIMIT 1) < %s
             THEN (lo + hi) / 2 + 1 ELSE lo END,
        CASE WHEN (SELECT ts FROM audit_entry WHERE id >= (lo + hi) / 2 ORDER BY id LIMIT 1) < %s
             THEN hi ELSE (lo + hi) / 2 END
    FROM bound WHERE lo < hi
)
SELECT lo FROM bound WHERE lo >= hi
"""


@dataclass(frozen=True)
class Page:
    """One page of the list, and the keys of its neighbours (None: there is none)."""

    rows: Sequence[Row]
    newer: int | None
    older: int | None
    count_label: str
    chosen: AuditFilter

    @property
    def newer_link(self) -> str:
        """The query string of the page before this one."""
        return self.chosen.link(after=self.newer)

    @property
    def older_link(self) -> str:
        """The query string of the page after this one."""
        return self.chosen.link(before=self.older)


def first_id_since(moment: datetime) -> int:
    """The first id that is not older than ``moment``; past the last if there is none."""
    at = connection.ops.adapt_datetimefield_value(moment)
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_ID, [at, at])
        return int(cursor.fetchone()[0])


def bounds_of(chosen: AuditFilter) -> tuple[int, int | None]:
    """The window of time as ids: from the first, to before the second (None: open)."""
    lowest = first_id_since(chosen.since) if chosen.since else 0
    return lowest, first_id_since(chosen.until) if chosen.until else None


def matching_ids(chosen: AuditFilter, bounds: tuple[int, int | None]) -> QuerySet[Any, int]:
    """The ids that answer the question, in no order yet; without paging. A filter with a problem
    matches nothing."""
    entry, tokens = _entry_conditions(chosen), _token_conditions(chosen)
    low, high = bounds
    if tokens and not _entry_leads(chosen):
        lead, *rest = tokens
        found = AuditToken.objects.filter(lead, entry_id__gte=low)
        key = "entry_id"
        if entry != _listed(chosen):
            found = found.filter(Exists(AuditEntry.objects.filter(entry, id=OuterRef(key))))
    else:
        rest, key = tokens, "id"
        found = AuditEntry.objects.filter(entry, id__gte=low)  # type: ignore[assignment]
    for one in rest:
        found = found.filter(Exists(AuditToken.objects.filter(one, entry_id=OuterRef(key))))
    if high is not None:
        found = found.filter(**{f"{key}__lt": high})
    if chosen.problems:
        found = found.none()
    ids = found.values_list(key, flat=True)
    return ids.distinct() if chosen.value else ids


def _listed(chosen: AuditFilter) -> Q:
    return Q(kind__in=chosen.kinds, op__isnull=True)


def _entry_leads(chosen: AuditFilter) -> bool:
    if chosen.value:
        return False
    if chosen.session or chosen.entry or chosen.ticket or chosen.kind:
        return True
    return chosen.actor is not None and (not chosen.outcome or chosen.outcome in COMMON)


def _entry_conditions(chosen: AuditFilter) -> Q:
    found = _listed(chosen)
    if chosen.kind:
        found = Q(kind=chosen.kinds[0], op__isnull=True)
    if chosen.session:
        found &= Q(session_key=chosen.session)
    if chosen.actor is not None:
        found &= Q(actor_id=chosen.actor)
    if chosen.reason:
        found &= Q(reason_code=chosen.reason)
    if chosen.ticket:
        # The empty ticket is named so that the partial index may be used.
        wanted = Q(ticket=chosen.ticket) & ~Q(ticket="")
        found &= wanted | Q(id=_edit_of(chosen.entry)) if chosen.entry is not None else wanted
    return found


def _edit_of(entry_id: int) -> int:
    """The edit that an entry is a step of; itself when it stands alone or is not there."""
    op = AuditEntry.objects.filter(id=entry_id).values_list("op", flat=True).first()
    return op or entry_id


def _token_conditions(chosen: AuditFilter) -> list[Q]:
    """The filters that are index rows, the narrowest first."""
    found = []
    if chosen.value:
        found.append(seek(chosen.value, chosen.field))
    for name, value in ((OUTCOME, chosen.outcome), (STATUS, chosen.status), (FIELD, chosen.field)):
        if value:
            found.append(Q(field=name, val=value))
    return found


def page_ids(
    chosen: AuditFilter, bounds: tuple[int, int | None], size: int = PAGE
) -> tuple[list[int], bool]:
    """The ids of one page, newest first, and whether there are more in the direction of paging."""
    found = matching_ids(chosen, bounds)
    key = "entry_id" if found.model is AuditToken else "id"
    if chosen.after is not None:
        ids = list(found.filter(**{f"{key}__gt": chosen.after}).order_by(key)[: size + 1])
        return ids[:size][::-1], len(ids) > size
    if chosen.before is not None:
        found = found.filter(**{f"{key}__lt": chosen.before})
    ids = list(found.order_by(f"-{key}")[: size + 1])
    return ids[:size], len(ids) > size


def entries_page(chosen: AuditFilter, size: int = PAGE) -> Page:
    """One page of the answer, with a count that stops at 10,000."""
    bounds = bounds_of(chosen)
    ids, more = page_ids(chosen, bounds, size)
    going_up = chosen.after is not None
    newer = ids[0] if ids and (more if going_up else chosen.before is not None) else None
    older = ids[-1] if ids and (going_up or more) else None
    return Page(rows_of(ids), newer, older, count_label(chosen, bounds), chosen)


def count_label(chosen: AuditFilter, bounds: tuple[int, int | None]) -> str:
    """``"1,204"``, or ``"10,000+"`` where counting stops."""
    count = matching_ids(chosen, bounds).order_by()[: COUNTED + 1].count()
    return f"{COUNTED:,}+" if count > COUNTED else f"{count:,}"


def ids_newest_first(chosen: AuditFilter, bounds: tuple[int, int | None]) -> QuerySet[Any, int]:
    """Every id of the answer, whatever its page: one statement, so one moment of the record."""
    found = matching_ids(chosen, bounds)
    return found.order_by("-entry_id" if found.model is AuditToken else "-id")


def session_history(session_key: str, limit: int = PAGE) -> Sequence[Row]:
    """The latest edits and refusals of one session, newest first."""
    chosen = AuditFilter(session=session_key)
    ids, _ = page_ids(chosen, (0, None), limit)
    return rows_of(ids)


def latest_outcome(entry_id: int) -> Outcome:
    """What became of an edit, as far as it is known."""
    ends = AuditEntry.objects.filter(op=entry_id, kind__in=ENDS).order_by("-id")
    latest = ends.values_list("outcome", flat=True).first()
    return Outcome(latest) if latest else Outcome.PENDING
