"""What stands beside the entries, against the entries: personal values, the index of outcomes, and
the edits under way."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from sessions_ui.audit.log.canonical import commitment
from sessions_ui.audit.log.index_terms import OUTCOME
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.models import LISTED_KINDS, AuditEntry, AuditTerm, Edit, Kind, Side

from .entry_reader import AT_ONCE, COMMITTED, Batch
from .errors import IntegrityFailure

Kept = tuple[int, str, int, bytes, str]
"""A personal value as it is kept: its entry, its field, its side, the salt, the value."""
_HELD = Side.HELD.value
_parse = json.JSONDecoder().raw_decode


@dataclass(frozen=True)
class Gone:
    """Personal values that entries committed to and that are no longer kept."""

    values: int = 0
    entries: int = 0
    first: int | None = None

    def plus(self, later: "Gone") -> "Gone":
        """With what is gone beside later entries."""
        first = self.first if self.first is not None else later.first
        return Gone(self.values + later.values, self.entries + later.entries, first)


class ValuesCheck:
    """Holds the values kept beside entries against what the entries committed to, a span of
    entries at a time. A value that is gone may have been erased: it is counted in ``gone``."""

    def __init__(self, after: int | None) -> None:
        self._done = after
        self._bodies: dict[int, str] = {}
        self.gone = Gone()

    def add(self, batch: Batch) -> None:
        """Entries in id order, proved to be as they were written. Raises Doubt, as `until`."""
        self._bodies.update(batch.committed)
        if len(self._bodies) >= AT_ONCE:
            self.until(batch.ids[-1])

    def until(self, last: int | None) -> None:
        """Look at what stands beside the entries up to ``last`` (None: all there are), added or
        not. Raises Doubt for the first value that is not the one recorded."""
        kept = self._kept(last)
        for id_ in sorted(kept.keys() | self._bodies):
            body = self._bodies.get(id_) or _committed_since(id_)
            values = kept.get(id_, [])
            missing = body.count(COMMITTED) - _vouched(_parse(body)[0], values)
            self.gone = self.gone.plus(Gone(missing, 1, id_)) if missing else self.gone
        self._bodies.clear()
        self._done = last

    def _kept(self, last: int | None) -> dict[int, list[Kept]]:
        """Read after the entries: a value that was written with one of them is seen too."""
        bounds = [("entry_id > %s", self._done), ("entry_id <= %s", last)]
        where = " AND ".join(text for text, bound in bounds if bound is not None) or "TRUE"
        given = [bound for _, bound in bounds if bound is not None]
        found = defaultdict[int, list[Kept]](list)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT entry_id, field, side, salt, value FROM audit_value WHERE {where}",  # noqa: S608
                given,
            )
            for row in cursor.fetchall():
                found[row[0]].append(row)
        return found


def _committed_since(entry_id: int) -> str:
    """The body of an entry that was written while others were read, ``{}`` for none."""
    found = AuditEntry.objects.filter(id=entry_id).values_list("body", flat=True).first()
    return found or "{}"


def _vouched(body: dict[str, Any], values: list[Kept]) -> int:
    for id_, field, side, salt, value in values:
        sides = body.get(field) or (None, None)
        # An end holds [result, held]; the others [was, now].
        held = sides[1 if side == _HELD else side]
        wanted = held.get("sha256", "") if isinstance(held, dict) else ""
        if commitment(salt, value) != wanted:
            raise IntegrityFailure(
                f"The {Side(side).label} value of {field} beside entry #{id_}"
                " is not the one that was recorded.",
                id_,
            )
    return len(values)


def _past(rows: QuerySet[Any], key: str, after: int | None) -> QuerySet[Any]:
    return rows.filter(**{f"{key}__gt": after} if after is not None else {}).order_by(key)


_FIRST = -(2**63)
Wrong = tuple[str, QuerySet[Any, tuple[int, str]]]
"""A sentence, and the entries that it is true of with what is told of each."""


def index_check(after: int | None) -> None:
    """Every edit and refusal past ``after`` (None: all) is found under its latest outcome and no
    other, and every edit under way has its entry. Raises Doubt.

    Each question is one statement, so that edits that move meanwhile do not disturb it. When each
    entry is found and there are as many index rows as entries, no index row can be wrong.
    """
    lost = _lost(after)
    if lost[1][:1] or not _even(after):
        for wrong in (*_stray(after), lost):
            _refuse(wrong)
    _refuse(_begun(after))


def _refuse(wrong: Wrong) -> None:
    sentence, found = wrong
    for id_, told in found[:1]:
        raise IntegrityFailure(sentence.format(id=id_, told=told), id_)


def _own() -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(kind__in=LISTED_KINDS)


def _even(after: int | None) -> bool:
    """Whether there are as many index rows as entries to be found; both counted at one moment."""
    kinds = ", ".join(f"{kind:d}" for kind in LISTED_KINDS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT (SELECT COUNT(*) FROM audit_entry WHERE kind IN ({kinds}) AND id > %s)"  # noqa: S608
            " = (SELECT COUNT(*) FROM audit_token WHERE field = %s AND entry_id > %s)",
            [_FIRST if after is None else after, OUTCOME, _FIRST if after is None else after],
        )
        return bool(cursor.fetchone()[0])


def _lost(after: int | None) -> Wrong:
    tokens = AuditTerm.objects.filter(field=OUTCOME)
    indexed = tokens.filter(entry_id=OuterRef("id"), val=OuterRef("now"))
    lost = _own().annotate(now=_latest()).exclude(Exists(indexed))
    return (
        "Entry #{id} is not found under its latest outcome, “{told}”.",
        _past(lost, "id", after).values_list("id", "now"),
    )


def _stray(after: int | None) -> Iterator[Wrong]:
    tokens = AuditTerm.objects.filter(field=OUTCOME)
    held = _own().annotate(now=_latest()).filter(id=OuterRef("entry_id")).values("now")
    yield (
        "Entry #{id} is missing: the index still finds it, under the outcome “{told}”.",
        _past(tokens.exclude(Exists(held)), "entry_id", after).values_list("entry_id", "val"),
    )
    wrong = tokens.annotate(now=Subquery(held[:1])).exclude(val=F("now"))
    yield (
        "Entry #{id} is found under the outcome “{told}”, which is not its latest.",
        _past(wrong, "entry_id", after).values_list("entry_id", "val"),
    )


def _begun(after: int | None) -> Wrong:
    intents = AuditEntry.objects.filter(id=OuterRef("entry_id"), kind=Kind.INTENT)
    begun = Edit.objects.exclude(Exists(intents))
    return (
        "Entry #{id} is missing, and an edit of session {told} began with it.",
        _past(begun, "entry_id", after).values_list("entry_id", "session_key"),
    )


def _latest() -> Case:
    """What an edit or a refusal came to, by the entries."""
    ends = AuditEntry.objects.ends().filter(op=OuterRef("id"))
    latest = Subquery(ends.order_by("-id").values("outcome")[:1])
    return Case(
        When(kind=Kind.REFUSAL, then=F("outcome")),
        default=Coalesce(latest, Value(Outcome.PENDING.value)),
        output_field=CharField(),
    )
