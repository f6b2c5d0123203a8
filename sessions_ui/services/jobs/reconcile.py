"""The work of `manage.py reconcile`: settle unknown edits, look again at those not in effect.

One process at a time, by a lease. Nothing is ever sent from here.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import takewhile

from django.conf import settings
from django.utils import timezone

from sessions_ui.domain.actor import SYSTEM
from sessions_ui.domain.rules.outcomes import Outcome, State
from sessions_ui.models import Edit
from sessions_ui.pave.errors import PaveError, PaveNotFound
from sessions_ui.services.edits.drafts import delete_expired_drafts
from sessions_ui.services.edits.settle import (
    check_late_effect,
    expire_leases,
    settle_edit,
    was_sent_again,
)
from sessions_ui.services.edits.transitions import move_to_resolution
from sessions_ui.services.review.scan import review_scan
from sessions_ui.services.sessions.observations import record_observation
from sessions_ui.services.sessions.pave_reads import delete_expired_snapshots, read_snapshot

from .lock import JobLease

logger = logging.getLogger(__name__)

UNREADABLE_FOR = timedelta(hours=24)
"""How long PAVE may stay unreadable before a person has to look at an unknown edit."""

LEASE_SECONDS = 60
SWEEP_SECONDS = 5.0


def reconcile_edits(*, wait: float = 0) -> int | None:
    """One pass; how many edits were settled. None: another process held the lease for ``wait``
    seconds.

    An edit whose session PAVE no longer knows, or that nobody could read for a day, is left to a
    person (`unresolved`).
    """
    lease = JobLease("reconcile", LEASE_SECONDS)
    if not (lease.wait(wait) if wait else lease.take()):
        return None
    try:
        expire_leases()
        delete_expired_drafts()
        delete_expired_snapshots()
        settled = sum(_tried(_settle, edit) for edit in _held(lease, _unknown()))
        settled += sum(_tried(_look_again, edit) for edit in _held(lease, _due()))
        review_scan(seconds=SWEEP_SECONDS)
        return settled
    finally:
        lease.release()


def _held(lease: JobLease, edits: list[Edit]) -> Iterator[Edit]:
    """The edits one by one, the lease renewed before each, until it is lost."""
    return takewhile(lambda _: lease.take(), edits)


def _unknown() -> list[Edit]:
    return list(Edit.objects.filter(state=State.UNKNOWN).order_by("sent_at"))


def _due() -> list[Edit]:
    return list(Edit.objects.filter(next_look_at__lte=timezone.now()).order_by("next_look_at"))


def _tried(step: Callable[[Edit], bool], edit: Edit) -> bool:
    """Do it for one edit; one that cannot be understood must not keep the others waiting."""
    try:
        return step(edit)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        logger.error("edit not settled", extra={"edit_id": edit.entry_id}, exc_info=True)
        return False


def _settle(edit: Edit) -> bool:
    try:
        return settle_edit(edit, read_snapshot(edit.session_key))
    except PaveNotFound:
        return move_to_resolution(edit, Outcome.UNRESOLVED, actor=SYSTEM, error_code="not_found")
    except PaveError as fault:
        if timezone.now() < edit.sent_at + UNREADABLE_FOR:
            return False
        return move_to_resolution(edit, Outcome.UNRESOLVED, actor=SYSTEM, error_code=fault.cause)


def _look_again(edit: Edit) -> bool:
    """A later look at an edit that was called not in effect."""
    try:
        snapshot = read_snapshot(edit.session_key)
    except PaveNotFound:
        _next_look(edit, done=True)  # PAVE does not take back that a session is gone
        return False
    except PaveError:
        return False  # the next pass looks again
    record_observation(snapshot)
    if check_late_effect(edit, snapshot):
        return True
    _next_look(edit, done=was_sent_again(edit))
    return False


def _next_look(edit: Edit, *, done: bool) -> None:
    """Note the look; the next one counts from the verdict, and after the last there is none."""
    looks = edit.looks + 1
    later = settings.PAVE_SECOND_LOOKS[looks:]
    at = edit.settled_at + timedelta(seconds=later[0]) if later and not done else None
    Edit.objects.filter(pk=edit.pk, state=Outcome.NOT_IN_EFFECT).update(
        looks=looks, next_look_at=at
    )
