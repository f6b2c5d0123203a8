"""Settle unknown edits, and look again at those called not in effect: `manage.py reconcile`.

One process at a time does it, by a lease. Nothing is ever sent to PAVE from here.
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
from sessions_ui.services.edits.transitions import move_to_resolution, sent_at
from sessions_ui.services.review.scan import scan_audit
from sessions_ui.services.sessions.observations import record_observation
from sessions_ui.services.sessions.pave_reads import delete_expired_snapshots, read_snapshot

from .lock import JobLease

logger = logging.getLogger(__name__)

UNREADABLE_FOR = timedelta(hours=24)
"""How long after the sending PAVE may stay unreadable before a person has to decide."""

LEASE_SECONDS = 60
SCAN_SECONDS = 5.0


def reconcile_edits(*, wait: float = 0) -> int | None:
    """Make one pass over all edits and return how many were settled.

    None if another process held the lease for ``wait`` seconds. An edit whose session PAVE no
    longer knows, or that could not be read for a day, becomes `unresolved`, for a person to close.
    """
    lease = JobLease("reconcile", LEASE_SECONDS)
    if not (lease.wait(wait) if wait else lease.take()):
        return None
    try:
        expire_leases()
        delete_expired_drafts()
        delete_expired_snapshots()
        settled = sum(_attempt(_settle, edit) for edit in _while_leased(lease, _unknown_edits()))
        settled += sum(_attempt(_look_again, edit) for edit in _while_leased(lease, _due_edits()))
        scan_audit(seconds=SCAN_SECONDS)
        return settled
    finally:
        lease.release()


def _while_leased(lease: JobLease, edits: list[Edit]) -> Iterator[Edit]:
    """Yield the edits, renewing the lease before each, until it is lost."""
    return takewhile(lambda _: lease.take(), edits)


def _unknown_edits() -> list[Edit]:
    return list(Edit.objects.filter(state=State.UNKNOWN).order_by("sent_at"))


def _due_edits() -> list[Edit]:
    return list(Edit.objects.filter(next_look_at__lte=timezone.now()).order_by("next_look_at"))


def _attempt(step: Callable[[Edit], bool], edit: Edit) -> bool:
    """Take the step for one edit. An edit that breaks it must not keep the others waiting."""
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
        if timezone.now() < sent_at(edit) + UNREADABLE_FOR:
            return False
        return move_to_resolution(edit, Outcome.UNRESOLVED, actor=SYSTEM, error_code=fault.cause)


def _look_again(edit: Edit) -> bool:
    """Look once more at an edit called not in effect: it may have been applied since."""
    try:
        snapshot = read_snapshot(edit.session_key)
    except PaveNotFound:
        _schedule_next_look(edit, done=True)  # PAVE never brings a deleted session back
        return False
    except PaveError:
        return False  # the next pass looks again
    record_observation(snapshot)
    if check_late_effect(edit, snapshot):
        return True
    _schedule_next_look(edit, done=was_sent_again(edit))
    return False


def _schedule_next_look(edit: Edit, *, done: bool) -> None:
    """Count the look, and schedule the next one, if there is one: its delay counts from the
    verdict."""
    looks = edit.looks + 1
    delays = settings.PAVE_SECOND_LOOKS[looks:]
    next_look_at = None
    if delays and edit.settled_at and not done:
        next_look_at = edit.settled_at + timedelta(seconds=delays[0])
    Edit.objects.filter(pk=edit.pk, state=Outcome.NOT_IN_EFFECT).update(
        looks=looks, next_look_at=next_look_at
    )
