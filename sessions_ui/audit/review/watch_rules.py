"""Whether an entry is what a watch rule watches for: judged from the record alone.

A rule on what was changed judges the end of an edit that changed something; a rule on how people
work judges its intent. Each look-up is a range of an index and stops at the entry that is judged.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Q
from django.utils import timezone

from sessions_ui.audit.log.index_terms import HEAD_LENGTH
from sessions_ui.audit.sql import first_id_since
from sessions_ui.domain.rules.outcomes import FieldResult, Outcome
from sessions_ui.domain.rules.watch_rules import Numbers
from sessions_ui.models import END_KINDS, AuditEntry, AuditTerm, Kind

REDIRECT = "session.redirect_url"
_AFTER_HOST = "/?#:"


@dataclass(frozen=True, slots=True)
class Rule:
    """An active rule: ``since`` is the entry after which it judges."""

    id: int
    kind: str
    title: str
    numbers: Numbers
    since: int


def hits(entry: AuditEntry, rules: Iterable[Rule]) -> Iterator[Rule]:
    """The rules that this entry is caught by. One that cannot be read is caught by none."""
    for rule in rules:
        kinds, judge = _JUDGES.get(rule.kind, ((), _never))
        if entry.id > rule.since and entry.kind in kinds:
            try:
                if judge(entry, rule.numbers):
                    yield rule
            except (ValueError, LookupError, TypeError, AttributeError):
                continue


def _never(_entry: AuditEntry, _numbers: Numbers) -> bool:
    return False


def _taken(outcome: str, body: str) -> Mapping[str, Any]:
    """The fields that an end says were changed, with the value that PAVE holds."""
    if not Outcome(outcome).took_effect:
        return {}
    told: dict[str, Any] = json.loads(body or "{}")
    return {key: held for key, (result, held) in told.items() if FieldResult(result).taken}


def _same_field(entry: AuditEntry, numbers: Numbers) -> bool:
    field, times = str(numbers["field"]), int(numbers["times"])
    if field not in _taken(entry.outcome, entry.body):
        return False
    window = entry.ts - timedelta(hours=int(numbers["hours"]))
    ends = AuditEntry.objects.ends().filter(
        session_key=entry.session_key, id__lte=entry.id, ts__gt=window
    )
    edits = {
        op
        for op, outcome, body in ends.values_list("op", "outcome", "body")
        if field in _taken(outcome, body)
    }
    return len(edits) >= times


def _busy_person(entry: AuditEntry, numbers: Numbers) -> bool:
    """The edit that passes the number; those after it in the same hurry are not flagged again."""
    edits, span = int(numbers["edits"]), timedelta(hours=int(numbers["hours"]))
    if entry.actor_id is None:
        return False
    own = AuditEntry.objects.filter(
        actor_id=entry.actor_id,
        op__isnull=True,
        kind=Kind.INTENT,
        id__lte=entry.id,
        id__gte=first_id_since(entry.ts - 2 * span),
    )
    times = list(own.order_by("-id").values_list("ts", flat=True)[: edits + 2])
    over = [now - span < then for now, then in zip(times, times[edits:], strict=False)]
    return over[:1] == [True] and over[1:2] != [True]


def _off_hours(entry: AuditEntry, numbers: Numbers) -> bool:
    local = timezone.localtime(entry.ts)
    working = int(numbers["since"]) <= local.hour < int(numbers["until"])
    return not working or local.isoweekday() > int(numbers["days"])


def _new_host(entry: AuditEntry, _numbers: Numbers) -> bool:
    origin = _origin(_taken(entry.outcome, entry.body).get(REDIRECT))
    if not origin or entry.op is None:
        return False
    sent = AuditEntry.objects.filter(op=entry.op, kind=Kind.SENT).first()
    if sent and _origin(json.loads(sent.body)[REDIRECT][0]) == origin:
        return False
    begins = Q(val=origin) if len(origin) < HEAD_LENGTH else Q(val__startswith=origin[:HEAD_LENGTH])
    for sign in _AFTER_HOST if len(origin) < HEAD_LENGTH else "":
        begins |= Q(val__startswith=f"{origin}{sign}")
    seen = AuditTerm.objects.filter(begins, field=REDIRECT, entry_id__lt=entry.op)
    return not seen.exists()


def _origin(address: object) -> str:
    """``https://host`` of a web address, as the index spells it; ``""`` for anything else."""
    found = urlsplit(str(address or "").strip())
    return f"{found.scheme}://{found.hostname}".casefold() if found.hostname else ""


_JUDGES: dict[str, tuple[tuple[Kind, ...], Callable[[AuditEntry, Numbers], bool]]] = {
    "same_field": (END_KINDS, _same_field),
    "busy_person": ((Kind.INTENT,), _busy_person),
    "off_hours": ((Kind.INTENT,), _off_hours),
    "new_host": (END_KINDS, _new_host),
}
