"""Taking an edit back: the same review and the same sending as any edit, begun with old values.

Nothing is sent from here. What the edit left counts as what was seen, so that whatever somebody
else changed since is a conflict, as always.
"""

from dataclasses import dataclass, replace

from django.db import transaction

from sessions_ui.audit.entries.reverts import Hindrance, Inverse, inverse_of, reverts_among
from sessions_ui.audit.log.record import record_access
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.catalogue import CATALOGUE, FieldSpec
from sessions_ui.domain.rules.merge import merge
from sessions_ui.models import AuditEntry

from .form_data import FormData
from .form_state import FormState
from .prepare import SEEN, review_edit
from .refusals import record_forbidden_post, record_locked_fields


@dataclass(frozen=True)
class RevertReview:
    """A revert on its way to the review: the sheet, and what cannot be taken back and why."""

    form_state: FormState
    hindered: tuple[tuple[FieldSpec, Hindrance], ...]


def edit_inverse(entry_id: int) -> Inverse | None:
    """What taking this edit back means; None where there is nothing to take back."""
    return inverse_of(entry_id)


def reverts_of(entry: AuditEntry) -> dict[int, list[int]]:
    """The edits that take this one back, by its number."""
    return reverts_among(entry.session_key, [entry.id]) if entry.session_key else {}


def revert_reason(entry_id: int) -> dict[str, str]:
    """What the reason's inputs begin with."""
    return {"reason_code": "other", "reason_note": f"Revert of #{entry_id}", "ticket": ""}


def review_revert(*, actor: Actor, inverse: Inverse) -> RevertReview:
    """A fresh read, merged with the values from before the edit; locked ones are recorded as
    refused, and that old personal values are shown is recorded too. Raises PaveNotFound and
    PaveKeyError."""
    posted = _posted(inverse)
    _record_seen(actor, inverse)
    form_state = review_edit(actor=actor, session_key=inverse.session_key, seen=None, posted=posted)
    seen = {**form_state.texts, **inverse.left}
    if form_state.snapshot:
        form_state = replace(form_state, merges=merge(seen, form_state.texts, form_state.typed))
        if form_state.refused:
            record_locked_fields(actor, form_state)
    hindered = tuple((CATALOGUE[key], why) for key, why in inverse.hindered.items())
    return RevertReview(form_state, hindered)


def record_forbidden_revert(*, actor: Actor, inverse: Inverse) -> None:
    """Record that somebody without the right tried to take an edit back."""
    record_forbidden_post(
        actor=actor,
        session_key=inverse.session_key,
        posted=_posted(inverse),
        error_code="NO_PERMISSION",
    )


def _posted(inverse: Inverse) -> FormData:
    return FormData(
        typed=inverse.before,
        inputs={CATALOGUE[key].input_name: text for key, text in inverse.before.items()},
        reason=revert_reason(inverse.edit_id),
        reverts=inverse.edit_id,
    )


def _record_seen(actor: Actor, inverse: Inverse) -> None:
    """Lists mask what the review is about to show in full."""
    shown = sorted(key for key in inverse.before if CATALOGUE[key].personal)
    if not shown:
        return
    with transaction.atomic():
        record_access(
            actor=actor,
            action=SEEN,
            session_key=inverse.session_key,
            detail={"reverts": inverse.edit_id, "fields": shown},
        )
