"""What stands beside the entries, against the entries: personal values, the index of outcomes, and
the edits under way."""

import hmac
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from sessions_ui.domain.outcomes import Outcome
from sessions_ui.models import AuditEntry, AuditToken, AuditValue, Edit, Kind, Side

from .canonical import commitment
from .doubts import Doubt
from .streams import streamed
from .tokens import OUTCOME

CHUNK = 500
COMMITTED = '{"sha256":"'
"""How a commitment begins in a body. In a text of the body a quotation mark is escaped, so there
it cannot stand."""


@dataclass(frozen=True)
class Gone:
    """Personal values that entries committed to and that are no longer kept."""

    values: int = 0
    entries: int = 0
    first: int | None = None

    def plus(self, entry_id: int, values: int) -> "Gone":
        """With what is gone beside one more entry."""
        return Gone(self.values + values, self.entries + 1, self.first or entry_id)


def values_check(after: int | None) -> Gone:
    """Every value kept beside an entry past ``after`` (None: all) is the one that the entry
    committed to. Raises Doubt. A value that is gone may have been erased: it is counted."""
    committed = AuditEntry.objects.filter(body__contains=COMMITTED)
    stray = AuditValue.objects.exclude(Exists(committed.filter(id=OuterRef("entry_id"))))
    for value in _past(stray, "entry_id", after)[:1]:
        raise _exchanged(value)
    gone = Gone()
    entries = _past(committed, "id", after).values_list("id", "body")
    with streamed(entries) as stream:
        while chunk := list(islice(stream, CHUNK)):
            kept = _kept(id_ for id_, _ in chunk)
            for id_, body in chunk:
                missing = body.count(COMMITTED) - _vouched(json.loads(body), kept[id_])
                gone = gone.plus(id_, missing) if missing else gone
    return gone


def _past(rows: QuerySet[Any], key: str, after: int | None) -> QuerySet[Any]:
    return rows.filter(**{f"{key}__gt": after} if after is not None else {}).order_by(key)


def _kept(ids: Iterable[int]) -> dict[int, list[AuditValue]]:
    """Read after the entries: a value that was written with one of them is seen too."""
    found = defaultdict(list)
    for value in AuditValue.objects.filter(entry_id__in=list(ids)):
        found[value.entry_id].append(value)
    return found


def _vouched(body: dict[str, Any], values: list[AuditValue]) -> int:
    for value in values:
        sides = body.get(value.field) or [None, None]
        # An end holds [result, held]; the others [was, now].
        side = sides[1 if value.side == Side.HELD else value.side]
        wanted = side.get("sha256", "") if isinstance(side, dict) else ""
        if not hmac.compare_digest(commitment(bytes(value.salt), value.value), wanted):
            raise _exchanged(value)
    return len(values)


def _exchanged(value: AuditValue) -> Doubt:
    return Doubt(
        f"The {Side(value.side).label} value of {value.field} beside entry #{value.entry_id}"
        " is not the one that was recorded.",
        value.entry_id,
    )


def index_check(after: int | None) -> None:
    """Every edit and refusal past ``after`` (None: all) is found under its latest outcome and no
    other, and every edit under way has its entry. Raises Doubt.

    Each question is one statement, so that edits that move meanwhile do not disturb it.
    """
    for sentence, wrong in _wrong(after):
        for id_, told in wrong[:1]:
            raise Doubt(sentence.format(id=id_, told=told), id_)


def _wrong(after: int | None) -> Iterator[tuple[str, QuerySet[Any, tuple[int, str]]]]:
    own = AuditEntry.objects.filter(kind__in=(Kind.INTENT, Kind.REFUSAL)).annotate(now=_latest())
    tokens = AuditToken.objects.filter(field=OUTCOME)
    held = own.filter(id=OuterRef("entry_id")).values("now")
    yield (
        "Entry #{id} is missing: the index still finds it, under the outcome “{told}”.",
        _past(tokens.exclude(Exists(held)), "entry_id", after).values_list("entry_id", "val"),
    )
    wrong = tokens.annotate(now=Subquery(held[:1])).exclude(val=F("now"))
    yield (
        "Entry #{id} is found under the outcome “{told}”, which is not its latest.",
        _past(wrong, "entry_id", after).values_list("entry_id", "val"),
    )
    indexed = tokens.filter(entry_id=OuterRef("id"), val=OuterRef("now"))
    yield (
        "Entry #{id} is not found under its latest outcome, “{told}”.",
        _past(own.exclude(Exists(indexed)), "id", after).values_list("id", "now"),
    )
    intents = AuditEntry.objects.filter(id=OuterRef("entry_id"), kind=Kind.INTENT)
    yield (
        "Entry #{id} is missing, and an edit of session {told} began with it.",
        _past(Edit.objects.exclude(Exists(intents)), "entry_id", after).values_list(
            "entry_id", "session_key"
        ),
    )


def _latest() -> Case:
    """What an edit or a refusal came to, by the entries."""
    ends = AuditEntry.objects.filter(
        Q(kind=Kind.OUTCOME) | Q(kind=Kind.RESOLUTION), op=OuterRef("id")
    )
    latest = Subquery(ends.order_by("-id").values("outcome")[:1])
    return Case(
        When(kind=Kind.REFUSAL, then=F("outcome")),
        default=Coalesce(latest, Value(Outcome.PENDING.value)),
        output_field=CharField(),
    )
