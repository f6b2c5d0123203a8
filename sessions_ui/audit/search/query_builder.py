"""Which entries answer a question: as ranges of indexes that are in the order of the list.

Each filter is such a range by itself. The shortest one leads and the others are asked row by row,
so that the first fifty come quickly whether a value is rare or common. A value that is looked for
in several fields is several ranges, whose heads are merged.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from sessions_ui.audit.log.index_terms import FIELD, OUTCOME, STATUS, WORD, split_words
from sessions_ui.audit.sql import first_id_since
from sessions_ui.models import AuditEntry, AuditTerm, Kind

from .filters import AuditFilter
from .value_search import STAR, seek, seeks

IdWindow = tuple[int, int | None]
"""A window of time as ids: from the first, to before the second (None: open)."""
IdQuery = QuerySet[Any, int]
MEASURED = 10_001
"""How far the range of a filter is measured: of two that are longer, either may lead."""
FEW = frozenset({"refusal", "access", "note"})
"""Of these kinds there are few, so that the kind is a filter that can lead."""


class _Spelled(Value):
    """A number that stands in the statement itself: SQLite uses a partial index only for what the
    statement spells out."""

    def as_sql(self, *_: object, **__: object) -> tuple[str, list[object]]:  # type: ignore[override]
        """The number, and no parameter."""
        return str(int(self.value)), []


def id_window(chosen: AuditFilter) -> IdWindow:
    """The window of time of a question."""
    lowest = first_id_since(chosen.since) if chosen.since else 0
    return lowest, first_id_since(chosen.until) if chosen.until else None


@dataclass(frozen=True)
class Condition:
    """One filter: a condition on the entries or on the index rows. ``value``: it is what was looked
    for in values, perhaps in several fields."""

    model: type[AuditEntry] | type[AuditTerm]
    condition: Q
    value: bool = False


class EntrySearch:
    """A question on its way to its answer. A filter with a problem matches nothing."""

    def __init__(self, chosen: AuditFilter, bounds: IdWindow) -> None:
        self.chosen = words_read(chosen)
        self._low, self._high = bounds

    def ids(self) -> IdQuery:
        """All ids of the answer, in no order yet; without paging."""
        found = self._led_by(self._parts[0] if self._parts else None)
        return found.none() if self.chosen.problems else found

    def nearest(self, size: int, many: bool = False) -> list[int]:
        """The first ids of the answer in the direction of paging. ``many``: so many match that it
        is quicker to look at the newest one by one than to sort all."""
        up = self.chosen.after is not None
        edge = {"gt": self.chosen.after} if up else {"lt": self.chosen.before}
        heads = []
        for way in self._ways(many):
            key = key_of(way)
            past = {f"{key}__{side}": id_ for side, id_ in edge.items() if id_ is not None}
            heads.append(way.filter(**past).order_by(key if up else f"-{key}")[:size])
        if len(heads) < 2:
            return [id_ for head in heads for id_ in head]
        order = f"ORDER BY 1 {'ASC' if up else 'DESC'} LIMIT {size}"
        return [id_ for (id_,) in _joined(heads, order)]

    def counted(self, most: int) -> int:
        """How many match; counting stops at ``most``."""
        ways = [way.order_by()[:most] for way in self._ways()]
        if len(ways) < 2:
            return sum(way.count() for way in ways)
        return min(most, int(_joined(ways, "", "COUNT(*)")[0][0]))

    def _ways(self, many: bool = False) -> list[IdQuery]:
        lead = self._parts[0] if self._parts else None
        if self.chosen.problems:
            return []
        if lead is None or not lead.value:
            return [self._led_by(lead)]
        if many and STAR in self.chosen.value:
            return [self._led_by(None)]
        found = seeks(self.chosen.value, self.chosen.field)
        return [self._led_by(lead, replace(lead, condition=one)) for one in found]

    @cached_property
    def _parts(self) -> list[Condition]:
        """The filters, the one with the shortest range first."""
        parts = [*_token_parts(self.chosen), *_entry_parts(self.chosen)]
        if len(parts) < 2 or self.chosen.problems:
            return parts
        ranges = [self._range(part)[:MEASURED] for part in parts]
        lengths = _counts(ranges)
        return [parts[n] for n in sorted(range(len(parts)), key=lengths.__getitem__)]

    def _range(self, part: Condition) -> IdQuery:
        key = "entry_id" if part.model is AuditTerm else "id"
        found = part.model.objects.filter(part.condition, **{f"{key}__gte": self._low})
        if self._high is not None:
            found = found.filter(**{f"{key}__lt": self._high})
        return found.values_list(key, flat=True)

    def _led_by(self, lead: Condition | None, narrowed: Condition | None = None) -> IdQuery:
        """The range of the lead, of which each row is asked the other filters."""
        others = [part for part in self._parts if part is not lead]
        listed = _listed(self.chosen)
        found = self._range(narrowed or lead or Condition(AuditEntry, listed))
        key = key_of(found)
        for part in others:
            if part.model is AuditTerm:
                held = AuditTerm.objects.filter(part.condition, entry_id=OuterRef(key))
                found = found.filter(Exists(held))
        of_entries = [part.condition for part in others if part.model is AuditEntry]
        if lead is not None and lead.model is AuditTerm and self.chosen.kind == "edit":
            # Index rows are those of edits and refusals: to ask for the few is less to look at.
            refusals = AuditEntry.objects.filter(kind=_Spelled(Kind.REFUSAL), id=OuterRef(key))
            found = found.filter(~Exists(refusals))
        elif lead is not None and lead.model is AuditTerm and self.chosen.kind:
            of_entries.append(listed)
        if of_entries:
            held = AuditEntry.objects.filter(*of_entries, id=OuterRef(key))  # type: ignore[assignment]
            found = found.filter(Exists(held))
        return found.distinct() if lead is not None and lead.value else found


def words_read(chosen: AuditFilter) -> AuditFilter:
    """The question with what was typed as words of a note or a ticket, where it is itself no
    ticket and no entry's number."""
    words, number = tuple(split_words(chosen.ticket)), chosen.entry
    named = Q(ticket=chosen.ticket) & ~Q(ticket="")
    if not words or AuditEntry.objects.filter(named).exists():
        return chosen
    if number is not None and AuditEntry.objects.filter(id=number).exists():
        return chosen
    return replace(chosen, ticket="", entry=None, words=words)


def matching_ids(chosen: AuditFilter, bounds: IdWindow) -> IdQuery:
    """The ids that answer the question, in no order yet; without paging."""
    return EntrySearch(chosen, bounds).ids()


def key_of(way: IdQuery) -> str:
    """The column in which a way has its ids."""
    return "entry_id" if way.model is AuditTerm else "id"


def _joined(parts: Sequence[IdQuery], tail: str, what: str = "*") -> list[tuple[int, ...]]:
    """Several ways in one statement, each id once."""
    return _asked(f"SELECT {what} FROM ({{}}) AS ways {tail}", " UNION ", "SELECT * FROM", parts)  # noqa: S608


def _counts(parts: Sequence[IdQuery]) -> tuple[int, ...]:
    """How many each of these has."""
    return _asked("SELECT {}", ", ", "(SELECT COUNT(*) FROM", parts, ")")[0]


def _asked(
    statement: str, between: str, before: str, parts: Sequence[IdQuery], after: str = ""
) -> list[tuple[int, ...]]:
    spelled = [part.query.sql_with_params() for part in parts]
    pieces = [f"{before} ({sql}) AS way{n}{after}" for n, (sql, _) in enumerate(spelled)]
    with connection.cursor() as cursor:
        given = [one for _, params in spelled for one in params]
        cursor.execute(statement.format(between.join(pieces)), given)
        return list(cursor.fetchall())


def _listed(chosen: AuditFilter) -> Q:
    """Which kinds are listed, spelled as the partial indexes are."""
    kinds = [_Spelled(kind) for kind in chosen.kinds]
    if chosen.kinds == (Kind.INTENT,):
        return Q(kind__in=[_Spelled(Kind.INTENT), _Spelled(Kind.REFUSAL)]) & Q(kind=kinds[0])
    if chosen.kinds == (Kind.NOTE,):  # those that stand alone: others are steps of an edit
        return Q(kind=kinds[0], op__isnull=True)
    return Q(kind__in=kinds) if len(kinds) > 1 else Q(kind=kinds[0])


def _entry_parts(chosen: AuditFilter) -> list[Condition]:
    """The filters of which the entries themselves tell, each with an index of its own."""
    found = [Q()] if chosen.kind in FEW else []
    if chosen.session:
        found.append(Q(session_key=chosen.session))
    if chosen.actor is not None:
        found.append(Q(actor_id=chosen.actor, op__isnull=True))
    if chosen.reason:
        found.append(Q(reason_code=chosen.reason, op__isnull=True))
    if chosen.ticket:
        # The empty ticket is named so that the partial index may be used.
        wanted = Q(ticket=chosen.ticket) & ~Q(ticket="")
        other = Q(id=_edit_of(chosen.entry)) if chosen.entry is not None else Q()
        found.append(wanted | other)
    return [Condition(AuditEntry, _listed(chosen) & one) for one in found]


def _edit_of(entry_id: int) -> int:
    """The edit that an entry is a step of; itself when it stands alone or is not there."""
    op = AuditEntry.objects.filter(id=entry_id).values_list("op", flat=True).first()
    return op or entry_id


def _token_parts(chosen: AuditFilter) -> list[Condition]:
    """The filters that are index rows."""
    asked = ((OUTCOME, chosen.outcome), (STATUS, chosen.status), (FIELD, chosen.field))
    found = [Condition(AuditTerm, Q(field=name, val=val)) for name, val in asked if val]
    found += [Condition(AuditTerm, Q(field=WORD, val=word)) for word in chosen.words]
    if chosen.value:
        found.insert(0, Condition(AuditTerm, seek(chosen.value, chosen.field), value=True))
    return found
