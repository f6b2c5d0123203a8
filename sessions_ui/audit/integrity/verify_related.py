"""Compare the tables related to the entries with the entries: personal values, the index of
outcomes, and edits under way."""

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

from .entry_reader import BATCH_SIZE, COMMITMENT_START, Batch, range_condition
from .errors import IntegrityFailure

StoredValue = tuple[int, str, int, bytes, str]
"""A row of personal values: its entry, field, side, salt and value."""
_HELD = Side.HELD.value
_parse = json.JSONDecoder().raw_decode


@dataclass(frozen=True)
class MissingValues:
    """Personal values that entries committed to and that are not stored any more; ``first`` is the
    first of those entries."""

    values: int = 0
    entries: int = 0
    first: int | None = None

    def plus(self, later: "MissingValues") -> "MissingValues":
        """These and the missing values of later entries."""
        first = self.first if self.first is not None else later.first
        return MissingValues(self.values + later.values, self.entries + later.entries, first)


class ValuesCheck:
    """Compares stored personal values with the commitments of the entries, many entries at a time.

    A missing value may have been erased on request: it is counted in ``missing``.
    """

    def __init__(self, after: int | None) -> None:
        self._checked_to = after
        self._bodies: dict[int, str] = {}
        self.missing = MissingValues()

    def add(self, batch: Batch) -> None:
        """Add verified entries, in id order. Raises IntegrityFailure, as `check_until`."""
        self._bodies.update(batch.committed)
        if len(self._bodies) >= BATCH_SIZE:
            self.check_until(batch.ids[-1])

    def check_until(self, last: int | None) -> None:
        """Check all stored values of entries up to ``last`` (None: all), also of entries that were
        not added. Raises IntegrityFailure for the first value that was not the one recorded."""
        stored = self._read_values(last)
        for id_ in sorted(stored.keys() | self._bodies):
            body = self._bodies.get(id_) or _read_body(id_)
            values = stored.get(id_, [])
            _verify_values(_parse(body)[0], values)
            missing = body.count(COMMITMENT_START) - len(values)
            if missing:
                self.missing = self.missing.plus(MissingValues(missing, 1, id_))
        self._bodies.clear()
        self._checked_to = last

    def _read_values(self, last: int | None) -> dict[int, list[StoredValue]]:
        """The stored values by entry. They are read after the entries, so the values of each entry
        that was read are there."""
        where, params = range_condition("entry_id", self._checked_to, last)
        values = defaultdict[int, list[StoredValue]](list)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT entry_id, field, side, salt, value FROM audit_value WHERE {where}",  # noqa: S608
                params,
            )
            for row in cursor.fetchall():
                values[row[0]].append(row)
        return values


def _read_body(entry_id: int) -> str:
    """The body of an entry that was written after the others were read; ``{}`` for no entry."""
    body = AuditEntry.objects.filter(id=entry_id).values_list("body", flat=True).first()
    return body or "{}"


def _verify_values(body: dict[str, Any], values: list[StoredValue]) -> None:
    for id_, field, side, salt, value in values:
        sides = body.get(field) or (None, None)
        # The body of an end is [result, held]; other bodies are [was, now].
        committed = sides[1 if side == _HELD else side]
        expected = committed.get("sha256", "") if isinstance(committed, dict) else ""
        if commitment(salt, value) != expected:
            raise IntegrityFailure(
                f"The {Side(side).label} value of {field} beside entry #{id_}"
                " is not the one that was recorded.",
                id_,
            )


Difference = tuple[str, QuerySet[Any, tuple[int, str]]]
"""A sentence about one difference, and the query for the entries that it is true of, each with
the text that the sentence quotes."""
_BEFORE_ALL_IDS = -(2**63)


def verify_index(after: int | None) -> None:
    """Require that each edit and refusal past ``after`` (None: all) is indexed under its latest
    outcome only, and that each edit under way has its entry. Raises IntegrityFailure.

    Each query is one statement, so edits that progress meanwhile make no difference. If each entry
    is indexed and there are as many index rows as entries, no index row can be wrong; the queries
    for wrong rows, which are slow, run only otherwise.
    """
    unindexed = _find_unindexed(after)
    if unindexed[1][:1] or not _counts_agree(after):
        for difference in (*_find_wrong_rows(after), unindexed):
            _raise_first(difference)
    _raise_first(_find_edits_without_entry(after))


def _raise_first(difference: Difference) -> None:
    sentence, rows = difference
    for id_, quoted in rows[:1]:
        raise IntegrityFailure(sentence.format(id=id_, quoted=quoted), id_)


def _listed_entries() -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(kind__in=LISTED_KINDS)


def _past(rows: QuerySet[Any], key: str, after: int | None) -> QuerySet[Any]:
    return rows.filter(**{f"{key}__gt": after} if after is not None else {}).order_by(key)


def _counts_agree(after: int | None) -> bool:
    """Compare the numbers of index rows and of listed entries, in one statement."""
    kinds = ", ".join(f"{kind:d}" for kind in LISTED_KINDS)
    start = _BEFORE_ALL_IDS if after is None else after
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT (SELECT COUNT(*) FROM audit_entry WHERE kind IN ({kinds}) AND id > %s)"  # noqa: S608
            " = (SELECT COUNT(*) FROM audit_token WHERE field = %s AND entry_id > %s)",
            [start, OUTCOME, start],
        )
        return bool(cursor.fetchone()[0])


def _find_unindexed(after: int | None) -> Difference:
    terms = AuditTerm.objects.filter(field=OUTCOME)
    indexed = terms.filter(entry_id=OuterRef("id"), val=OuterRef("latest"))
    unindexed = _listed_entries().annotate(latest=_latest_outcome()).exclude(Exists(indexed))
    return (
        "Entry #{id} is not found under its latest outcome, “{quoted}”.",
        _past(unindexed, "id", after).values_list("id", "latest"),
    )


def _find_wrong_rows(after: int | None) -> Iterator[Difference]:
    terms = AuditTerm.objects.filter(field=OUTCOME)
    entries = _listed_entries().annotate(latest=_latest_outcome())
    latest = entries.filter(id=OuterRef("entry_id")).values("latest")
    yield (
        "Entry #{id} is missing: the index still finds it, under the outcome “{quoted}”.",
        _past(terms.exclude(Exists(latest)), "entry_id", after).values_list("entry_id", "val"),
    )
    wrong = terms.annotate(latest=Subquery(latest[:1])).exclude(val=F("latest"))
    yield (
        "Entry #{id} is found under the outcome “{quoted}”, which is not its latest.",
        _past(wrong, "entry_id", after).values_list("entry_id", "val"),
    )


def _find_edits_without_entry(after: int | None) -> Difference:
    intents = AuditEntry.objects.filter(id=OuterRef("entry_id"), kind=Kind.INTENT)
    edits = Edit.objects.exclude(Exists(intents))
    return (
        "Entry #{id} is missing, and an edit of session {quoted} began with it.",
        _past(edits, "entry_id", after).values_list("entry_id", "session_key"),
    )


def _latest_outcome() -> Case:
    """The latest outcome of an edit or a refusal, by the entries."""
    ends = AuditEntry.objects.ends().filter(op=OuterRef("id"))
    latest = Subquery(ends.order_by("-id").values("outcome")[:1])
    return Case(
        When(kind=Kind.REFUSAL, then=F("outcome")),
        default=Coalesce(latest, Value(Outcome.PENDING.value)),
        output_field=CharField(),
    )
