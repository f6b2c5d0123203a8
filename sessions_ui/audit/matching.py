"""Which entries answer a question: as ranges of indexes that are in the order of the list.

Ids follow time, so a window of time is a range of ids. A question is led by the index that it
probably narrows most and asks the others row by row, so that the first fifty come quickly whether
a value is rare or common. A value that is looked for in several fields is several such ways, whose
heads are merged.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from sessions_ui.domain.outcomes import Outcome
from sessions_ui.models import AuditEntry, AuditToken, Kind

from .filters import AuditFilter
from .seeking import STAR, seek, seeks
from .tokens import FIELD, OUTCOME, STATUS

Bounds = tuple[int, int | None]
"""A window of time as ids: from the first, to before the second (None: open)."""
Way = QuerySet[Any, int]
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


class _Spelled(Value):
    """A number that stands in the statement itself: SQLite uses a partial index only for what the
    statement spells out."""

    def as_sql(self, *_: object, **__: object) -> tuple[str, list[object]]:  # type: ignore[override]
        """The number, and no parameter."""
        return str(int(self.value)), []


def first_id_since(moment: datetime) -> int:
    """The first id that is not older than ``moment``; past the last if there is none."""
    at = connection.ops.adapt_datetimefield_value(moment)
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_ID, [at, at])
        return int(cursor.fetchone()[0])


def bounds_of(chosen: AuditFilter) -> Bounds:
    """The window of time of a question."""
    lowest = first_id_since(chosen.since) if chosen.since else 0
    return lowest, first_id_since(chosen.until) if chosen.until else None


def matching_ids(chosen: AuditFilter, bounds: Bounds) -> Way:
    """The ids that answer the question, in no order yet; without paging. A filter with a problem
    matches nothing."""
    value = seek(chosen.value, chosen.field) if chosen.value else None
    found = _way(chosen, bounds, value)
    return found.none() if chosen.problems else found


def nearest_ids(chosen: AuditFilter, bounds: Bounds, size: int, many: bool = False) -> list[int]:
    """The first ids of the answer in the direction of paging. ``many``: so many match that it is
    quicker to look at the newest one by one than to sort all."""
    up = chosen.after is not None
    edge = {"gt": chosen.after} if up else {"lt": chosen.before} if chosen.before else {}
    heads = []
    for way in _ways(chosen, bounds, many):
        key = key_of(way)
        past = way.filter(**{f"{key}__{side}": id_ for side, id_ in edge.items()})
        heads.append(past.order_by(key if up else f"-{key}")[:size])
    if len(heads) < 2:
        return [id_ for head in heads for id_ in head]
    return [id_ for (id_,) in _joined(heads, f"ORDER BY 1 {'ASC' if up else 'DESC'} LIMIT {size}")]


def counted(chosen: AuditFilter, bounds: Bounds, most: int) -> int:
    """How many match; counting stops at ``most``."""
    ways = [way.order_by()[:most] for way in _ways(chosen, bounds)]
    if len(ways) < 2:
        return sum(way.count() for way in ways)
    return min(most, int(_joined(ways, "", "COUNT(*)")[0][0]))


def key_of(way: Way) -> str:
    """The column in which a way has its ids."""
    return "entry_id" if way.model is AuditToken else "id"


def _joined(parts: Sequence[Way], tail: str, what: str = "*") -> list[tuple[int]]:
    """Several ways in one statement, each id once."""
    spelled = [part.query.sql_with_params() for part in parts]
    ways = " UNION ".join(
        f"SELECT * FROM ({sql}) AS way{n}"  # noqa: S608  made of Django's own statements
        for n, (sql, _) in enumerate(spelled)
    )
    given = [one for _, params in spelled for one in params]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {what} FROM ({ways}) AS ways {tail}", given)  # noqa: S608
        return list(cursor.fetchall())


def _ways(chosen: AuditFilter, bounds: Bounds, many: bool = False) -> list[Way]:
    if chosen.problems:
        return []
    if not chosen.value:
        return [_way(chosen, bounds, None)]
    if many and STAR in chosen.value:
        return [_way(chosen, bounds, seek(chosen.value, chosen.field), walk=True)]
    return [_way(chosen, bounds, one) for one in seeks(chosen.value, chosen.field)]


def _way(chosen: AuditFilter, bounds: Bounds, value: Q | None, walk: bool = False) -> Way:
    entry, tokens = _entry_conditions(chosen), _token_conditions(chosen, value)
    low, high = bounds
    if tokens and not walk and not _entry_leads(chosen):
        lead, *rest = tokens
        found = AuditToken.objects.filter(lead, entry_id__gte=low)
        key = "entry_id"
        if _of_entries(chosen):
            found = found.filter(Exists(AuditEntry.objects.filter(entry, id=OuterRef(key))))
    else:
        rest, key = tokens, "id"
        found = AuditEntry.objects.filter(entry, id__gte=low)  # type: ignore[assignment]
    for one in rest:
        found = found.filter(Exists(AuditToken.objects.filter(one, entry_id=OuterRef(key))))
    if high is not None:
        found = found.filter(**{f"{key}__lt": high})
    ids = found.values_list(key, flat=True)
    return ids.distinct() if value is not None else ids


def _entry_leads(chosen: AuditFilter) -> bool:
    if chosen.value:
        return False
    if chosen.session or chosen.entry or chosen.ticket or chosen.kind:
        return True
    return chosen.actor is not None and (not chosen.outcome or chosen.outcome in COMMON)


def _of_entries(chosen: AuditFilter) -> bool:
    """Whether something is asked that only the entries themselves tell."""
    asked = (chosen.kind, chosen.session, chosen.actor is not None, chosen.reason, chosen.ticket)
    return any(asked)


def _listed(chosen: AuditFilter) -> Q:
    """Which kinds are listed, spelled as the partial indexes are."""
    kinds = [_Spelled(kind) for kind in chosen.kinds]
    if chosen.kinds == (Kind.INTENT,):
        return Q(kind__in=[_Spelled(Kind.INTENT), _Spelled(Kind.REFUSAL)]) & Q(kind=kinds[0])
    return Q(kind__in=kinds) if len(kinds) > 1 else Q(kind=kinds[0])


def _entry_conditions(chosen: AuditFilter) -> Q:
    found = _listed(chosen)
    if chosen.session:
        found &= Q(session_key=chosen.session)
    if chosen.actor is not None:
        found &= Q(actor_id=chosen.actor, op__isnull=True)
    if chosen.reason:
        found &= Q(reason_code=chosen.reason, op__isnull=True)
    if chosen.ticket:
        # The empty ticket is named so that the partial index may be used.
        wanted = Q(ticket=chosen.ticket) & ~Q(ticket="")
        found &= wanted | Q(id=_edit_of(chosen.entry)) if chosen.entry is not None else wanted
    return found


def _edit_of(entry_id: int) -> int:
    """The edit that an entry is a step of; itself when it stands alone or is not there."""
    op = AuditEntry.objects.filter(id=entry_id).values_list("op", flat=True).first()
    return op or entry_id


def _token_conditions(chosen: AuditFilter, value: Q | None) -> list[Q]:
    """The filters that are index rows, the narrowest first."""
    found = [] if value is None else [value]
    for name, val in ((OUTCOME, chosen.outcome), (STATUS, chosen.status), (FIELD, chosen.field)):
        if val:
            found.append(Q(field=name, val=val))
    return found
