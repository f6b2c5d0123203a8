"""Close an unresolved edit: a person decides its outcome, and says how they know."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from sessions_ui.domain.actor import Actor
from sessions_ui.domain.rules.outcomes import CLOSED, Outcome
from sessions_ui.models import Edit

from .settle import keep_edit_as_draft
from .transitions import move_to_resolution


def needs_closing(entry_id: int) -> bool:
    """Return whether the edit with this entry id waits for a person to close it."""
    return _unclosed(entry_id).exists()


def close_edit(*, actor: Actor, entry_id: int, outcome: str, note: str) -> bool:
    """Close an unresolved edit with the outcome that a person found out. False: it was closed, or
    settled, before."""
    edit = _unclosed(entry_id).first()
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


def _unclosed(entry_id: int) -> QuerySet[Edit]:
    return Edit.objects.filter(entry_id=entry_id, state=Outcome.UNRESOLVED, closed_at__isnull=True)
