"""Decide from the audit alone which watch rules an entry triggers.

A rule about changed fields checks the entry that ends an edit; a rule about how people work checks
its intent. Each query reads one range of an index that ends at the checked entry.
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
from sessions_ui.domain.rules.outcomes import TAKEN, Outcome
from sessions_ui.domain.rules.watch_rules import Numbers
from sessions_ui.models import END_KINDS, AuditEntry, AuditTerm, Kind

REDIRECT = "session.redirect_url"
_AFTER_HOST = "/?#:"


@dataclass(frozen=True, slots=True)
class ActiveRule:
    """An active watch rule. ``since``: the entry after which it applies."""

    id: int
    kind: str
    title: str
    numbers: Numbers
    since: int


def find_triggered(entry: AuditEntry, rules: Iterable[ActiveRule]) -> Iterator[ActiveRule]:
    """The rules that an entry triggers. An entry that cannot be read triggers none."""
    for rule in rules:
        kinds, triggers = _CHECKS.get(rule.kind, ((), _never))
        if entry.id > rule.since and entry.kind in kinds:
            try:
                if triggers(entry, rule.numbers):
                    yield rule
            except (ValueError, LookupError, TypeError, AttributeError):
                continue


def _never(_entry: AuditEntry, _numbers: Numbers) -> bool:
    return False


def _taken_values(outcome: str, body: str) -> Mapping[str, Any]:
    """The values that PAVE holds, of the fields that were changed according to an end."""
    if not Outcome(outcome).took_effect:
        return {}
    results: dict[str, Any] = json.loads(body or "{}")
    return {key: held for key, (result, held) in results.items() if result in TAKEN}


def _same_field(entry: AuditEntry, numbers: Numbers) -> bool:
    field, times = str(numbers["field"]), int(numbers["times"])
    if field not in _taken_values(entry.outcome, entry.body):
        return False
    window = entry.ts - timedelta(hours=int(numbers["hours"]))
    ends = AuditEntry.objects.ends().filter(
        session_key=entry.session_key, id__lte=entry.id, ts__gt=window
    )
    edits = {
        op
        for op, outcome, body in ends.values_list("op", "outcome", "body")
        if field in _taken_values(outcome, body)
    }
    return len(edits) >= times


def _busy_person(entry: AuditEntry, numbers: Numbers) -> bool:
    """Only the edit that exceeds the number triggers; the following ones of that hour do not."""
    edits, window = int(numbers["edits"]), timedelta(hours=int(numbers["hours"]))
    if entry.actor_id is None:
        return False
    intents = AuditEntry.objects.filter(
        actor_id=entry.actor_id,
        op__isnull=True,
        kind=Kind.INTENT,
        id__lte=entry.id,
        id__gte=first_id_since(entry.ts - 2 * window),
    )
    times = list(intents.order_by("-id").values_list("ts", flat=True)[: edits + 2])
    over = [now - window < then for now, then in zip(times, times[edits:], strict=False)]
    return over[:1] == [True] and over[1:2] != [True]


def _off_hours(entry: AuditEntry, numbers: Numbers) -> bool:
    local = timezone.localtime(entry.ts)
    working = int(numbers["since"]) <= local.hour < int(numbers["until"])
    return not working or local.isoweekday() > int(numbers["days"])


def _new_host(entry: AuditEntry, _numbers: Numbers) -> bool:
    origin = _origin(_taken_values(entry.outcome, entry.body).get(REDIRECT))
    if not origin or entry.op is None:
        return False
    sent = AuditEntry.objects.filter(op=entry.op, kind=Kind.SENT).first()
    if sent and _origin(json.loads(sent.body)[REDIRECT][0]) == origin:
        return False
    if len(origin) < HEAD_LENGTH:
        same_origin = Q(val=origin)
        for delimiter in _AFTER_HOST:
            same_origin |= Q(val__startswith=f"{origin}{delimiter}")
    else:
        # The index stores the head of a long value only.
        same_origin = Q(val__startswith=origin[:HEAD_LENGTH])
    seen = AuditTerm.objects.filter(same_origin, field=REDIRECT, entry_id__lt=entry.op)
    return not seen.exists()


def _origin(address: object) -> str:
    """``https://host`` of a URL, as the index stores it; ``""`` for anything else."""
    url = urlsplit(str(address or "").strip())
    return f"{url.scheme}://{url.hostname}".casefold() if url.hostname else ""


_CHECKS: dict[str, tuple[tuple[Kind, ...], Callable[[AuditEntry, Numbers], bool]]] = {
    "same_field": (END_KINDS, _same_field),
    "busy_person": ((Kind.INTENT,), _busy_person),
    "off_hours": ((Kind.INTENT,), _off_hours),
    "new_host": (END_KINDS, _new_host),
}
