"""Translate an audit filter into index-range queries.

Each condition of a filter is one range of an index that is sorted like the list, newest entry
first. The shortest range leads and each of its rows is checked against the other conditions, so
that the first fifty entries come quickly whether a value is rare or common. A value that may be in
several fields is several ranges, whose results are merged.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from sessions_ui.audit.log.index_terms import FIELD, OUTCOME, STATUS, WORD, split_words
from sessions_ui.audit.sql import first_id_since
from sessions_ui.models import LISTED_KINDS, AuditEntry, AuditTerm, Kind

from .filters import AuditFilter
from .value_search import STAR, value_condition, value_conditions

IdWindow = tuple[int, int | None]
"""A range of entry ids: the first id, and the id that it ends before (None: no end)."""
IdQuery = QuerySet[Any, int]
MAX_MEASURED = 10_001
"""Counting a range stops here: of two ranges that are longer, either may lead."""
RARE_KINDS = frozenset({"refusal", "access", "note"})
"""Few entries are of these kinds, so the kind is a condition that can lead."""


class _Literal(Value):
    """A number that is part of the SQL text instead of a parameter: SQLite uses a partial index
    only if the statement repeats the index's condition word for word."""

    def as_sql(self, *_: object, **__: object) -> tuple[str, list[object]]:  # type: ignore[override]
        """The number, without parameters."""
        return str(int(self.value)), []


def id_window(audit_filter: AuditFilter) -> IdWindow:
    """The filter's time window as a range of ids."""
    lowest = first_id_since(audit_filter.since) if audit_filter.since else 0
    return lowest, first_id_since(audit_filter.until) if audit_filter.until else None


@dataclass(frozen=True)
class Condition:
    """One condition of a filter, on entries or on index rows. ``is_value``: it searches old and new
    values, perhaps of several fields."""

    model: type[AuditEntry] | type[AuditTerm]
    q: Q
    is_value: bool = False


class EntrySearch:
    """The queries that find a filter's entries. A filter with a problem matches nothing.

    ``window`` takes the place of the filter's own time window.
    """

    def __init__(self, audit_filter: AuditFilter, window: IdWindow | None = None) -> None:
        self.filter = resolve_search_text(audit_filter)
        self._low, self._high = id_window(audit_filter) if window is None else window

    def ids(self) -> IdQuery:
        """All matching ids, unordered, whatever the page."""
        query = self._query(self._conditions[0] if self._conditions else None)
        return query.none() if self.filter.problems else query

    def ids_newest_first(self) -> IdQuery:
        """All matching ids, in one statement and so as of one moment."""
        query = self.ids()
        return query.order_by(f"-{id_column(query)}")

    def next_ids(self, size: int, many: bool = False) -> list[int]:
        """The first matching ids in the direction of paging. ``many``: so many entries match that
        checking the newest one by one is faster than sorting all matches."""
        ascending = self.filter.after is not None
        edge = {"gt": self.filter.after} if ascending else {"lt": self.filter.before}
        pages = []
        for query in self._queries(many):
            column = id_column(query)
            past = {f"{column}__{lookup}": id_ for lookup, id_ in edge.items() if id_ is not None}
            pages.append(
                query.filter(**past).order_by(column if ascending else f"-{column}")[:size]
            )
        if len(pages) < 2:
            return [id_ for page in pages for id_ in page]
        order = f"ORDER BY 1 {'ASC' if ascending else 'DESC'} LIMIT {size}"
        return [id_ for (id_,) in _union(pages, order)]

    def count(self, limit: int) -> int:
        """Count the entries that match; counting stops at ``limit``."""
        queries = [query.order_by()[:limit] for query in self._queries()]
        if len(queries) < 2:
            return sum(query.count() for query in queries)
        return min(limit, int(_union(queries, "", "COUNT(*)")[0][0]))

    def _queries(self, many: bool = False) -> list[IdQuery]:
        """The queries that together give all ids: one for each field that may hold the value."""
        lead = self._conditions[0] if self._conditions else None
        if self.filter.problems:
            return []
        if lead is None or not lead.is_value:
            return [self._query(lead)]
        if many and STAR in self.filter.value:
            return [self._query(None)]
        fields = value_conditions(self.filter.value, self.filter.field)
        return [self._query(lead, replace(lead, q=q)) for q in fields]

    @cached_property
    def _conditions(self) -> list[Condition]:
        """The filter's conditions, the one with the shortest range first."""
        conditions = [*_term_conditions(self.filter), *_entry_conditions(self.filter)]
        if len(conditions) < 2 or self.filter.problems:
            return conditions
        lengths = _count_each([self._range(one)[:MAX_MEASURED] for one in conditions])
        return [conditions[n] for n in sorted(range(len(conditions)), key=lengths.__getitem__)]

    def _range(self, condition: Condition) -> IdQuery:
        column = "entry_id" if condition.model is AuditTerm else "id"
        rows = condition.model.objects.filter(condition.q, **{f"{column}__gte": self._low})
        if self._high is not None:
            rows = rows.filter(**{f"{column}__lt": self._high})
        return rows.values_list(column, flat=True)

    def _query(self, lead: Condition | None, narrowed: Condition | None = None) -> IdQuery:
        """The range of the leading condition, or of ``narrowed`` in its place, checked against the
        other conditions row by row."""
        others = [condition for condition in self._conditions if condition is not lead]
        kinds = _kind_condition(self.filter)
        query = self._range(narrowed or lead or Condition(AuditEntry, kinds))
        column = id_column(query)
        for condition in others:
            if condition.model is AuditTerm:
                terms = AuditTerm.objects.filter(condition.q, entry_id=OuterRef(column))
                query = query.filter(Exists(terms))
        of_entries = [condition.q for condition in others if condition.model is AuditEntry]
        if lead is not None and lead.model is AuditTerm and self.filter.kind == "edit":
            # Index rows are of edits and refusals, and it is cheaper to exclude the few refusals.
            refusals = AuditEntry.objects.filter(kind=_Literal(Kind.REFUSAL), id=OuterRef(column))
            query = query.filter(~Exists(refusals))
        elif lead is not None and lead.model is AuditTerm and self.filter.kind:
            of_entries.append(kinds)
        if of_entries:
            entries = AuditEntry.objects.filter(*of_entries, id=OuterRef(column))
            query = query.filter(Exists(entries))
        return query.distinct() if lead is not None and lead.is_value else query


def resolve_search_text(audit_filter: AuditFilter) -> AuditFilter:
    """The filter with its search text taken as words of a note or a ticket, unless the text as it
    is names a ticket or an entry."""
    words, number = tuple(split_words(audit_filter.ticket)), audit_filter.entry
    named = Q(ticket=audit_filter.ticket) & ~Q(ticket="")
    if not words or AuditEntry.objects.filter(named).exists():
        return audit_filter
    if number is not None and AuditEntry.objects.filter(id=number).exists():
        return audit_filter
    return replace(audit_filter, ticket="", entry=None, words=words)


def id_column(query: IdQuery) -> str:
    """The column in which a query has its ids."""
    return "entry_id" if query.model is AuditTerm else "id"


def _union(queries: Sequence[IdQuery], tail: str, columns: str = "*") -> list[tuple[int, ...]]:
    """Run several queries as one statement that gives each id once."""
    statement = f"SELECT {columns} FROM ({{}}) AS ranges {tail}"  # noqa: S608  constants of ours
    return _run(statement, " UNION ", "SELECT * FROM", queries)


def _count_each(queries: Sequence[IdQuery]) -> tuple[int, ...]:
    """Count the ids that each of these queries gives."""
    return _run("SELECT {}", ", ", "(SELECT COUNT(*) FROM", queries, ")")[0]


def _run(
    statement: str, separator: str, before: str, queries: Sequence[IdQuery], after: str = ""
) -> list[tuple[int, ...]]:
    compiled = [query.query.sql_with_params() for query in queries]
    parts = [f"{before} ({sql}) AS range{n}{after}" for n, (sql, _) in enumerate(compiled)]
    with connection.cursor() as cursor:
        params = [param for _, params in compiled for param in params]
        cursor.execute(statement.format(separator.join(parts)), params)
        return list(cursor.fetchall())


def _kind_condition(audit_filter: AuditFilter) -> Q:
    """The kinds of entry to list, worded like the conditions of the partial indexes."""
    kinds = [_Literal(kind) for kind in audit_filter.kinds]
    if audit_filter.kinds == (Kind.INTENT,):
        return Q(kind__in=[_Literal(kind) for kind in LISTED_KINDS]) & Q(kind=kinds[0])
    if audit_filter.kinds == (Kind.NOTE,):  # a note with an `op` is a step of an edit
        return Q(kind=kinds[0], op__isnull=True)
    return Q(kind__in=kinds) if len(kinds) > 1 else Q(kind=kinds[0])


def _entry_conditions(audit_filter: AuditFilter) -> list[Condition]:
    """The conditions on columns of the entries, each with an index of its own."""
    conditions = [Q()] if audit_filter.kind in RARE_KINDS else []
    if audit_filter.session:
        conditions.append(Q(session_key=audit_filter.session))
    if audit_filter.actor is not None:
        conditions.append(Q(actor_id=audit_filter.actor, op__isnull=True))
    if audit_filter.reason:
        conditions.append(Q(reason_code=audit_filter.reason, op__isnull=True))
    if audit_filter.ticket:
        # Excluding the empty ticket lets the database use the partial index.
        ticket = Q(ticket=audit_filter.ticket) & ~Q(ticket="")
        number = audit_filter.entry
        conditions.append(ticket if number is None else ticket | Q(id=_edit_of(number)))
    return [Condition(AuditEntry, _kind_condition(audit_filter) & q) for q in conditions]


def _edit_of(entry_id: int) -> int:
    """The id of the edit that an entry is a step of; the entry's own if it is no step."""
    op = AuditEntry.objects.filter(id=entry_id).values_list("op", flat=True).first()
    return op or entry_id


def _term_conditions(audit_filter: AuditFilter) -> list[Condition]:
    """The conditions on index rows."""
    terms = (
        (OUTCOME, audit_filter.outcome),
        (STATUS, audit_filter.status),
        (FIELD, audit_filter.field),
        *((WORD, word) for word in audit_filter.words),
    )
    conditions = [Condition(AuditTerm, Q(field=field, val=val)) for field, val in terms if val]
    if audit_filter.value:
        q = value_condition(audit_filter.value, audit_filter.field)
        conditions.insert(0, Condition(AuditTerm, q, is_value=True))
    return conditions
