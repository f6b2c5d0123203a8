"""Personal values against the commitments that their entries hold."""

import hmac
import json
from collections.abc import Iterable
from itertools import islice
from typing import Any

from sessions_ui.models import AuditEntry, AuditValue, Side

from .canonical import commitment
from .doubts import Doubt
from .streams import streamed

CHUNK = 500


def values_check(after: int | None) -> None:
    """Every value kept beside an entry past ``after`` is the one that the entry committed to.
    Raises Doubt. A value that is gone was erased, which is allowed."""
    kept = AuditValue.objects.order_by("entry_id")
    if after is not None:
        kept = kept.filter(entry_id__gt=after)
    with streamed(kept) as stream:
        while chunk := list(islice(stream, CHUNK)):
            bodies = _bodies({value.entry_id for value in chunk})
            for value in chunk:
                _check(value, bodies.get(value.entry_id, {}))


def _bodies(ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    found = AuditEntry.objects.filter(id__in=list(ids)).values_list("id", "body")
    return {id_: json.loads(body) for id_, body in found}


def _check(value: AuditValue, body: dict[str, Any]) -> None:
    sides = body.get(value.field) or [None, None]
    # An end holds [result, held]; the others [was, now].
    side = sides[1 if value.side == Side.HELD else value.side]
    wanted = side.get("sha256", "") if isinstance(side, dict) else ""
    if not hmac.compare_digest(commitment(bytes(value.salt), value.value), wanted):
        raise Doubt(
            f"The {Side(value.side).label} value of {value.field} beside entry #{value.entry_id}"
            " is not the one that was recorded.",
            value.entry_id,
        )
