"""Record posts that were refused before they became an edit."""

from django.db import transaction

from sessions_ui.audit.log.record import ChangeRequest, record_refusal
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.rules.merge import Merge
from sessions_ui.domain.rules.policy import Reason

from .form_data import FormData
from .form_state import FormState
from .form_token import FormToken


def record_forbidden_post(
    *, actor: Actor, session_key: str, form_data: FormData, token: FormToken | None = None
) -> None:
    """Record a post by a person without the right to edit.

    ``token`` is the form's token, of whichever person: only values that differ from what that page
    showed are recorded. Without one nobody knows what was there before, so the fields are named
    and no values are recorded.
    """
    detail: dict[str, object] = {"unknown_names": list(form_data.unknown_names)}
    if token is None:
        detail["fields"] = sorted(form_data.typed)
    with transaction.atomic():
        record_refusal(
            ChangeRequest(
                actor=actor,
                session_key=session_key,
                changes=_changes(token, form_data) if token else {},
            ),
            detail=detail,
            error_code=str(Reason.NO_PERMISSION),
        )


def _changes(token: FormToken, form_data: FormData) -> dict[str, tuple[str, str]]:
    """Return the typed values that differ from what the page showed: shown and typed, by key."""
    pairs = {key: (token.texts.get(key, ""), text) for key, text in form_data.typed.items()}
    return {
        key: (shown, typed)
        for key, (shown, typed) in pairs.items()
        if not CATALOGUE[key].kind.same(typed, shown)
    }


def record_locked_fields(actor: Actor, form_state: FormState) -> None:
    """Record the locked fields and unknown names of a review; they are kept out of the edit.

    A locked field that was posted with PAVE's present value was not refused. Without a snapshot
    every field is locked, and nothing is recorded.
    """
    snapshot = form_state.snapshot
    refused = {
        key: merged for key, merged in form_state.refused.items() if merged.merge is not Merge.SAME
    }
    if snapshot is None or not (refused or form_state.unknown_names):
        return
    locks = {key: str(form_state.verdicts[key].reason) for key in refused}
    error_code = next(iter(locks.values()), "unknown_field")
    with transaction.atomic():
        record_refusal(
            ChangeRequest(
                actor=actor,
                session_key=form_state.session_key,
                session_label=snapshot.vehicle_label,
                changes={key: (merged.now, merged.mine) for key, merged in refused.items()},
                status=snapshot.raw_status,
            ),
            detail={"locks": locks, "unknown_names": list(form_state.unknown_names)},
            error_code=str(Reason.EDIT_PENDING) if form_state.pending else error_code,
        )
