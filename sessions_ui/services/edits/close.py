"""Closing by a person: an edit that nobody could settle gets an end, and a reason for it."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from sessions_ui.domain.actor import Actor
from sessions_ui.domain.rules.outcomes import CLOSED, Outcome
from sessions_ui.models import Edit

from .settle import keep_edit_as_draft
from .transitions import move_to_resolution


def needs_closing(entry_id: int) -> bool:
    """Whether this edit waits for a person."""
    return _waiting(entry_id).exists()


def close_edit(*, actor: Actor, entry_id: int, outcome: str, note: str) -> bool:
    """Close an unresolved edit with what a person found out. False: it does not wait any more."""
    edit = _waiting(entry_id).first()
    if edit is None:
        return False
    with transaction.atomic():
        closed = move_to_resolution(
            edit,
            Outcome(outcome),
            actor=actor,
            allowed={Outcome.UNRESOLVED},
            error_code=CLOSED,
            detail={"note": note},
        )
        if closed:
            Edit.objects.filter(pk=edit.pk).update(closed_at=timezone.now(), next_look_at=None)
            if edit.state == Outcome.NOT_IN_EFFECT:
                keep_edit_as_draft(edit)
    return closed


def _waiting(entry_id: int) -> QuerySet[Edit]:
    return Edit.objects.filter(entry_id=entry_id, state=Outcome.UNRESOLVED, closed_at__isnull=True)
