"""Numbers of many entries at once, by the indexes alone where that is possible.

A count reads as many index rows as it counts and no entry. What needs the entries themselves (the
rule of a refusal, the time to an outcome) looks at the newest SAMPLE of the window and says so.
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

SAMPLE = 2_000
MOST_PEOPLE = 10
# The kinds are spelled out: SQLite uses a partial index only for what the statement says.
_LISTED = "(SELECT COUNT(*) FROM audit_entry WHERE kind IN (1, 5) AND id >= %s AND id < %s)"
_OUTCOME = """(SELECT COUNT(*) FROM audit_token
               WHERE field = %s AND val = %s AND entry_id >= %s AND entry_id < %s)"""
# From one person to the next by the index: as many steps as there are people, not entries.
_PEOPLE = """
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
class Person:
    """Somebody with the number of their edits and refusals; the name as it was last."""

    id: int
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Causes:
    """How many refusals each code stopped; ``sampled``: only the newest were looked at."""

    counts: Counter[str]
    sampled: bool


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds from the intent of an edit to its first definite outcome, in ascending order, and
    how many edits have none yet; ``sampled``: only the newest were looked at."""

    seconds: Sequence[float]
    open: int
    sampled: bool


def listed_between(ids: Sequence[int]) -> list[int]:
    """How many edits and refusals lie between each of these ids and the next."""
    pairs = list(pairwise(ids))
    return _counts([_LISTED] * len(pairs), [one for pair in pairs for one in pair])


def outcomes_between(low: int, high: int) -> dict[Outcome, int]:
    """How many edits and refusals stand at each outcome by now."""
    given = [one for outcome in Outcome for one in (OUTCOME, outcome.value, low, high)]
    return dict(zip(Outcome, _counts([_OUTCOME] * len(Outcome), given), strict=True))


def busiest_between(low: int, high: int) -> list[Person]:
    """Who made the most edits and refusals."""
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [low, high, MOST_PEOPLE])
        return [Person(id_, label, count) for id_, count, label in cursor.fetchall()]


def refusals_between(low: int, high: int) -> Causes:
    """What stopped the edits that our rules refused, by the code of the lock or of the cause."""
    tokens = AuditTerm.objects.filter(field=OUTCOME, val=Outcome.REFUSED_BY_POLICY.value)
    tokens = tokens.filter(entry_id__gte=low, entry_id__lt=high).order_by("-entry_id")
    ids = list(tokens.values_list("entry_id", flat=True)[: SAMPLE + 1])
    chosen = ids[:SAMPLE]
    own = AuditEntry.objects.filter(id__in=chosen, kind=Kind.REFUSAL)
    told = {id_: what for id_, *what in own.values_list("id", "error_code", "detail")}
    ends = AuditEntry.objects.filter(op__in=set(chosen) - told.keys(), kind=Kind.OUTCOME)
    stopped = [*told.values(), *ends.values_list("error_code", "detail")]
    found = Counter(code for error_code, detail in stopped for code in _codes(error_code, detail))
    return Causes(found, len(ids) > SAMPLE)


def times_between(low: int, high: int) -> Times:
    """How long edits took to their first definite outcome."""
    intents = AuditEntry.objects.filter(kind=Kind.INTENT, op__isnull=True)
    intents = intents.filter(id__gte=low, id__lt=high).order_by("-id")
    began = dict(intents.values_list("id", "ts")[: SAMPLE + 1])
    sampled = len(began) > SAMPLE
    if sampled:
        del began[min(began)]
    ended = {}
    if began:
        ends = AuditEntry.objects.ends().filter(op__gte=min(began), op__lt=high)
        ends = ends.exclude(outcome=Outcome.UNKNOWN.value).order_by("-id")
        ended = dict(ends.values_list("op", "ts"))
    seconds = sorted((ended[id_] - at).total_seconds() for id_, at in began.items() if id_ in ended)
    return Times(seconds, len(began) - len(seconds), sampled)


def _counts(parts: Sequence[str], given: Sequence[int | str]) -> list[int]:
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", given)
        return list(cursor.fetchone())


def _codes(error_code: str, detail: str) -> set[str]:
    """The codes that stopped one refusal, each once however many fields it locked."""
    locks = json.loads(detail or "{}").get("locks")
    return set(locks.values()) if isinstance(locks, dict) and locks else {error_code}
