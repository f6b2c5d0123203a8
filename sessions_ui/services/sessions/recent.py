"""List sessions to open: those a person opened last, and those that the sandbox begins with."""

from django.conf import settings
from django.utils import timezone

from sessions_ui.domain.actor import Actor
from sessions_ui.domain.snapshot import Snapshot
from sessions_ui.models import RecentSession
from sessions_ui.pave.errors import PaveError

from .pave_reads import pave_client

SHOWN = 20


def record_visit(actor: Actor, snapshot: Snapshot) -> None:
    """Put the session first in the person's list, with what PAVE says of it now."""
    RecentSession.objects.update_or_create(
        actor_id=actor.person_id,
        session_key=snapshot.session_key,
        defaults={
            "at": timezone.now(),
            "status": snapshot.raw_status[:20],
            "vehicle": snapshot.vehicle_label[:120],
        },
    )


def recent_sessions(user_id: int | None) -> list[RecentSession]:
    """The sessions that this person opened last, newest first, at most 20; none for a stranger."""
    if user_id is None:
        return []
    return list(RecentSession.objects.filter(actor_id=user_id).order_by("-at")[:SHOWN])


def sandbox_sessions() -> list[dict[str, str]] | None:
    """The sessions of the sandbox; None with a real PAVE, or when the sandbox does not answer."""
    if settings.PAVE_ENVIRONMENT != "sandbox":
        return None
    try:
        return pave_client().sandbox_sessions()
    except PaveError:
        return None
