"""Begin the revert of an edit: a review whose typed values are those from before the edit.

Nothing is sent from here: a revert is reviewed and sent as any edit is. The merge takes the values
that the edit left as seen, so a field that somebody else changed since is a conflict, as always.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from sessions_ui.audit.entries.reverts import Hindrance, RevertPlan, find_reverts, plan_revert
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.catalogue import CATALOGUE, FieldSpec
from sessions_ui.domain.rules.merge import merge
from sessions_ui.models import AuditEntry
from sessions_ui.services.sessions.personal_access import record_revert_seen

from .form_data import FormData
from .form_state import FormState
from .refused_posts import record_forbidden_post, record_locked_fields
from .review import review_edit


@dataclass(frozen=True, slots=True)
class RevertReview:
    """Hold a revert to be reviewed: the form state, and each field that cannot be reverted, with
    the reason."""

    form_state: FormState
    hindered: tuple[tuple[FieldSpec, Hindrance], ...]


def find_revert_plan(entry_id: int, keys: Collection[str] = ()) -> RevertPlan | None:
    """Return what a revert of this edit has to change, in the fields ``keys`` or in all of them.

    None where PAVE took nothing of the edit.
    """
    inverse = plan_revert(entry_id)
    return inverse.only(keys) if inverse and keys else inverse


def reverts_of(entry: AuditEntry) -> dict[int, list[int]]:
    """Return the ids of the edits that revert this one, by its id."""
    return find_reverts(entry.session_key, [entry.id]) if entry.session_key else {}


def revert_reason(entry_id: int) -> dict[str, str]:
    """Return the initial values of the reason's inputs."""
    return {"reason_code": "other", "reason_note": f"Revert of #{entry_id}", "ticket": ""}


def review_revert(*, actor: Actor, inverse: RevertPlan) -> RevertReview:
    """Review the values from before an edit against a fresh read.

    Locked fields are recorded as refused, and that earlier personal values are shown is recorded,
    too. Raises PaveNotFound and PaveKeyError.
    """
    record_revert_seen(
        actor,
        inverse.session_key,
        reverts=inverse.edit_id,
        fields=sorted(key for key in inverse.before if CATALOGUE[key].personal),
    )
    form_state = review_edit(
        actor=actor, session_key=inverse.session_key, token=None, form_data=_form_data(inverse)
    )
    if form_state.snapshot:
        seen = {**form_state.texts, **inverse.left}
        merges = merge(seen, form_state.texts, form_state.typed)
        form_state = replace(form_state, merges=merges)
        record_locked_fields(actor, form_state)
    hindered = tuple((CATALOGUE[key], why) for key, why in inverse.hindered.items())
    return RevertReview(form_state, hindered)


def record_forbidden_revert(*, actor: Actor, inverse: RevertPlan) -> None:
    """Record that a person without the right to edit tried to revert an edit."""
    record_forbidden_post(
        actor=actor, session_key=inverse.session_key, form_data=_form_data(inverse)
    )


def _form_data(inverse: RevertPlan) -> FormData:
    return FormData(
        typed=inverse.before,
        inputs={CATALOGUE[key].input_name: text for key, text in inverse.before.items()},
        reason=revert_reason(inverse.edit_id),
        reverts=inverse.edit_id,
    )
