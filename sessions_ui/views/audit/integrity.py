"""When the record was last sealed and proved, for a manager to see, and what that says."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sessions_ui.models import AuditCheckpoint
from sessions_ui.permissions import READ_AUDIT, requires
from sessions_ui.services.integrity.seal_and_verify import read_integrity_status

STEP, HIGH, LEAST = 20, 72, 3
LISTED = 8


@dataclass(frozen=True)
class Bar:
    """One checkpoint in the strip, in its own units; a seal over nothing is a mere line."""

    x: int
    y: int
    height: int
    empty: bool


def strip(checkpoints: Sequence[AuditCheckpoint]) -> list[Bar]:
    """The checkpoints as bars, the highest of them over the most entries."""
    most = max((one.count for one in checkpoints), default=0) or 1
    heights = [max(LEAST, round(HIGH * one.count / most)) for one in checkpoints]
    return [
        Bar(place * STEP, HIGH - height, height, one.count == 0)
        for place, (one, height) in enumerate(zip(checkpoints, heights, strict=True))
    ]


@requires(READ_AUDIT)
@require_safe
def evidence(request: HttpRequest) -> HttpResponse:
    """How the record's evidence stands. Nothing is proved here: the key is elsewhere."""
    state = read_integrity_status()
    context = {
        "state": state,
        "bars": strip(state.recent),
        "width": STEP * len(state.recent),
        "height": HIGH,
        "listed": state.recent[::-1][:LISTED],
        "most": max((one.count for one in state.recent), default=0),
    }
    return render(request, "sessions_ui/integrity/status.html", context)
