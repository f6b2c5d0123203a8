"""Posts that were refused before they became an edit: kept on record all the same."""

from django.db import transaction

from sessions_ui.audit.log.record import record_refusal
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.rules.merge import Merge
from sessions_ui.domain.rules.policy import Reason

from .form_data import FormData
from .form_state import FormState
from .form_token import FormToken


def record_forbidden_post(
    *,
    actor: Actor,
    session_key: str,
    posted: FormData,
    error_code: str,
    seen: FormToken | None = None,
) -> None:
    """Record a post that was refused before it became an edit.

    Against ``seen``, whose ever page it was, only what differs counts; without it nobody can say
    what was there before, so the fields are named and no values told.
    """
    same = {key: CATALOGUE[key].kind.same for key in posted.typed}
    changes = (
        {
            key: (seen.texts.get(key, ""), text)
            for key, text in posted.typed.items()
            if not same[key](text, seen.texts.get(key, ""))
        }
        if seen
        else {}
    )
    detail: dict[str, object] = {"unknown_names": list(posted.unknown_names)}
    if not seen:
        detail["fields"] = sorted(posted.typed)
    with transaction.atomic():
        record_refusal(
            actor=actor,
            session_key=session_key,
            session_label="",
            changes=changes,
            status="",
            detail=detail,
            error_code=error_code,
        )


def record_locked_fields(actor: Actor, form_state: FormState) -> None:
    """Record the locked fields and unknown names of a review; they are kept out of the edit. What
    PAVE holds already was not refused."""
    refused = {k: one for k, one in form_state.refused.items() if one.merge is not Merge.SAME}
    if not (refused or form_state.unknown_names):
        return
    locks = {key: str(form_state.verdicts[key].reason) for key in refused}
    first = next(iter(locks.values()), "unknown_field")
    busy = form_state.pending is not None
    with transaction.atomic():
        record_refusal(
            actor=actor,
            session_key=form_state.session_key,
            session_label=form_state.snapshot.vehicle_label,
            changes={key: (one.now, one.mine) for key, one in refused.items()},
            status=form_state.snapshot.raw_status,
            detail={"locks": locks, "unknown_names": list(form_state.unknown_names)},
            error_code=str(Reason.EDIT_PENDING) if busy else first,
        )
