"""Show when the record was last sealed and verified, and what that means."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sessions_ui.models import AuditCheckpoint
from sessions_ui.permissions import READ_AUDIT, requires
from sessions_ui.services.integrity.seal_and_verify import read_integrity_status

BAR_STEP, CHART_HEIGHT, MIN_BAR_HEIGHT = 20, 72, 3
MAX_LISTED = 8


@dataclass(frozen=True)
class CheckpointBar:
    """One checkpoint as a bar in units of the SVG. ``empty``: it seals no entries."""

    x: int
    y: int
    height: int
    empty: bool


def checkpoint_bars(checkpoints: Sequence[AuditCheckpoint]) -> list[CheckpointBar]:
    """The checkpoints as bars; the one with the most entries has the full height."""
    most = max((checkpoint.count for checkpoint in checkpoints), default=0) or 1
    bars = []
    for place, checkpoint in enumerate(checkpoints):
        height = max(MIN_BAR_HEIGHT, round(CHART_HEIGHT * checkpoint.count / most))
        bars.append(
            CheckpointBar(place * BAR_STEP, CHART_HEIGHT - height, height, checkpoint.count == 0)
        )
    return bars


@requires(READ_AUDIT)
@require_safe
def integrity(request: HttpRequest) -> HttpResponse:
    """The state of seals and verifications. Nothing is verified here: this process has no key."""
    state = read_integrity_status()
    context = {
        "state": state,
        "bars": checkpoint_bars(state.recent),
        "width": BAR_STEP * len(state.recent),
        "height": CHART_HEIGHT,
        "listed": state.recent[::-1][:MAX_LISTED],
        "most": max((checkpoint.count for checkpoint in state.recent), default=0),
    }
    return render(request, "sessions_ui/integrity/status.html", context)
