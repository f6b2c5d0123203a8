"""Count and time many entries at once, from the indexes alone where possible.

A count reads as many index rows as it counts, and no entry. What needs the entries themselves (the
rule of a refusal, the time to an outcome) is taken from the newest SAMPLE_SIZE of them, and the
result says so.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.db import connection

from sessions_ui.audit.log.index_terms import OUTCOME
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.models import AuditEntry, AuditTerm, Kind

SAMPLE_SIZE = 2_000
MAX_PEOPLE = 10
# The kinds are literals: SQLite uses a partial index only if the statement repeats its condition.
_COUNT_LISTED = "(SELECT COUNT(*) FROM audit_entry WHERE kind IN (1, 5) AND id >= %s AND id < %s)"
_COUNT_OUTCOME = """(SELECT COUNT(*) FROM audit_token
                     WHERE field = %s AND val = %s AND entry_id >= %s AND entry_id < %s)"""
# Steps from person to person in the index, and so takes one step a person, not one an entry.
_COUNT_PER_PERSON = """
WITH RECURSIVE person(id) AS (
    SELECT MIN(actor_id) FROM audit_entry WHERE op IS NULL
    UNION ALL
    SELECT (SELECT MIN(actor_id) FROM audit_entry WHERE op IS NULL AND actor_id > person.id)
    FROM person WHERE person.id IS NOT NULL
), counted(id, edits) AS (
    SELECT id, (SELECT COUNT(*) FROM audit_entry WHERE op IS NULL AND actor_id = person.id
                AND id >= %s AND id < %s AND kind IN (1, 5))
    FROM person WHERE id IS NOT NULL
)
SELECT id, edits, (SELECT actor_label FROM audit_entry WHERE op IS NULL AND actor_id = counted.id
                   ORDER BY id DESC LIMIT 1)
FROM counted WHERE edits > 0 ORDER BY edits DESC, id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class PersonCount:
    """A person with the number of their edits and refusals; ``label`` is their latest name."""

    id: int
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class RefusalCounts:
    """How many refusals each code caused; ``sampled``: only the newest refusals were read."""

    by_code: Counter[str]
    sampled: bool


@dataclass(frozen=True, slots=True)
class OutcomeTimes:
    """Seconds from the intent of each edit to its first definite outcome, ascending; ``open``: how
    many edits have none yet; ``sampled``: only the newest edits were read."""

    seconds: Sequence[float]
    open: int
    sampled: bool


def edits_per_interval(ids: Sequence[int]) -> list[int]:
    """Count the edits and refusals from each of these ids to before the next."""
    intervals = list(pairwise(ids))
    params = [id_ for interval in intervals for id_ in interval]
    return _run_counts([_COUNT_LISTED] * len(intervals), params)


def outcome_counts(low: int, high: int) -> dict[Outcome, int]:
    """Count the edits and refusals that have each outcome now."""
    params = [param for outcome in Outcome for param in (OUTCOME, outcome.value, low, high)]
    return dict(zip(Outcome, _run_counts([_COUNT_OUTCOME] * len(Outcome), params), strict=True))


def busiest_people(low: int, high: int) -> list[PersonCount]:
    """The people with the most edits and refusals."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_PER_PERSON, [low, high, MAX_PEOPLE])
        return [PersonCount(id_, label, count) for id_, count, label in cursor.fetchall()]


def refusal_counts(low: int, high: int) -> RefusalCounts:
    """Count what made our rules refuse, by the code of the lock or of the cause."""
    terms = AuditTerm.objects.filter(field=OUTCOME, val=Outcome.REFUSED_BY_POLICY.value)
    terms = terms.filter(entry_id__gte=low, entry_id__lt=high).order_by("-entry_id")
    ids = list(terms.values_list("entry_id", flat=True)[: SAMPLE_SIZE + 1])
    sample = ids[:SAMPLE_SIZE]
    refusals = AuditEntry.objects.filter(id__in=sample, kind=Kind.REFUSAL)
    causes = {id_: cause for id_, *cause in refusals.values_list("id", "error_code", "detail")}
    # What has an intent was refused later, so that the cause is in its outcome.
    outcomes = AuditEntry.objects.filter(op__in=set(sample) - causes.keys(), kind=Kind.OUTCOME)
    all_causes = [*causes.values(), *outcomes.values_list("error_code", "detail")]
    by_code = Counter(
        code for error_code, detail in all_causes for code in _codes(error_code, detail)
    )
    return RefusalCounts(by_code, len(ids) > SAMPLE_SIZE)


def outcome_times(low: int, high: int) -> OutcomeTimes:
    """Return how long edits took to their first definite outcome."""
    intents = AuditEntry.objects.filter(kind=Kind.INTENT, op__isnull=True)
    intents = intents.filter(id__gte=low, id__lt=high).order_by("-id")
    began = dict(intents.values_list("id", "ts")[: SAMPLE_SIZE + 1])
    sampled = len(began) > SAMPLE_SIZE
    if sampled:
        del began[min(began)]
    ended = {}
    if began:
        ends = AuditEntry.objects.ends().filter(op__gte=min(began), op__lt=high)
        # Of several ends the first stays, because it is read last.
        ends = ends.exclude(outcome=Outcome.UNKNOWN.value).order_by("-id")
        ended = dict(ends.values_list("op", "ts"))
    seconds = sorted((ended[id_] - at).total_seconds() for id_, at in began.items() if id_ in ended)
    return OutcomeTimes(seconds, len(began) - len(seconds), sampled)


def _run_counts(counts: Sequence[str], params: Sequence[int | str]) -> list[int]:
    if not counts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(counts)}", params)
        return list(cursor.fetchone())


def _codes(error_code: str, detail: str) -> set[str]:
    """The codes that caused one refusal, each once however many fields it locked."""
    locks = json.loads(detail or "{}").get("locks")
    return set(locks.values()) if isinstance(locks, dict) and locks else {error_code}
