"""Render the form page of a session, and the page for a session that PAVE does not know."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sessions_ui.audit.search.pagination import load_session_history
from sessions_ui.domain.catalogue import CATALOGUE, FieldSpec
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.domain.rules.policy import Delivery, Status
from sessions_ui.domain.status import RAIL
from sessions_ui.forms.reason import REASON_NAMES
from sessions_ui.forms.session.form import SessionForm
from sessions_ui.roles import user_id
from sessions_ui.services.edits.drafts import DraftContents
from sessions_ui.services.edits.form_state import FormState
from sessions_ui.services.edits.form_token import FormToken, new_nonce

from .messages import STOPPED_NOTICES, Notice, fault_notice
from .result_banner import shown_edit

RECENT = 5
FACTS = ("vehicle.vehicle_id", "vehicle.drivetrain", "vehicle.engine_type", "vehicle.fuel_type",
         "session.contact", "session.reference", "session.capture_url")  # fmt: skip

# Why a form comes back unsent → the status of its page. A code of `STOPPED_NOTICES` each.
STOPPED_STATUS = {
    "stale": HTTPStatus.CONFLICT,
    "conflict": HTTPStatus.CONFLICT,
    "locked": HTTPStatus.CONFLICT,
    "busy": HTTPStatus.CONFLICT,
    "came_second": HTTPStatus.CONFLICT,
    "nonce_used": HTTPStatus.CONFLICT,
    "nothing_to_change": HTTPStatus.OK,
    "unreadable": HTTPStatus.OK,
}


@dataclass(frozen=True, slots=True)
class Notices:
    """Say what is shown above the form, besides what the form state itself gives.

    ``stopped`` is why a post came back, a key of `STOPPED_STATUS`. ``edit_id`` is the edit whose
    result is shown. ``draft`` is offered, or was ``restored`` into the form. ``hindered`` are the
    fields that a revert cannot bring back, with the reasons.
    """

    stopped: str = ""
    edit_id: str = ""
    draft: DraftContents | None = None
    restored: bool = False
    hindered: tuple[tuple[FieldSpec, str], ...] = ()


NO_NOTICES = Notices()


@dataclass(frozen=True, slots=True)
class Head:
    """Hold what is shown above the form of a readable session: its status rail, some facts that
    cannot be edited, and warnings."""

    rail: tuple[tuple[Status, str], ...]
    facts: tuple[tuple[FieldSpec, str], ...]
    text_failed: bool
    inactive: bool


def render_form(
    request: HttpRequest,
    form_state: FormState,
    notices: Notices = NO_NOTICES,
    *,
    nonce: str = "",
    invalid_form: SessionForm | None = None,
    reason: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The form page.

    ``nonce`` is the form's; ``""``: it gets a new one. ``invalid_form`` is the form with its
    errors, where it has some. ``reason`` are the inputs of the reason given so far, by default
    those of the post.
    """
    reason = reason or request.POST.dict()
    context = {
        **_form_context(form_state, invalid_form or session_form(form_state)),
        **_recent_context(form_state.session_key),
        "seen": form_token_for(request, form_state, nonce).sign(),
        "stopped": _stopped_notice(notices.stopped, form_state),
        "shown_edit": shown_edit(notices.edit_id, form_state, notices.draft),
        "draft": notices.draft,
        "restored": notices.restored,
        "hindered": notices.hindered,
        "earlier": {name: reason.get(name, "") for name in REASON_NAMES},
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if invalid_form else _status(notices.stopped)
    return render(request, "sessions_ui/sessions/detail.html", context, status=status)


def session_form(form_state: FormState, *, bound: bool = False) -> SessionForm:
    """Return the Django form of a form state; it is validated only when ``bound``."""
    return SessionForm(
        texts=form_state.texts,
        verdicts=form_state.verdicts,
        shown=form_state.shown,
        merges=form_state.merges,
        bound=bound,
    )


def form_token_for(request: HttpRequest, form_state: FormState, nonce: str) -> FormToken:
    """Return the token of a page that shows this form state; without a nonce it gets a new one."""
    return FormToken(
        session_key=form_state.session_key,
        actor_id=user_id(request),
        texts=form_state.texts,
        read_at=form_state.snapshot.read_at.isoformat() if form_state.snapshot else "",
        nonce=nonce or new_nonce(),
        reverts=form_state.reverts,
    )


def _stopped_notice(stopped: str, form_state: FormState) -> Notice | None:
    """Return the notice of why a post came back. The table of conflicts speaks for itself."""
    if stopped == "conflict" and form_state.conflicts:
        return None
    return STOPPED_NOTICES.get(stopped)


def _form_context(form_state: FormState, form: SessionForm) -> dict[str, object]:
    """Return what the form page shows of the form state itself."""
    return {
        "form_state": form_state,
        "snapshot": form_state.snapshot,
        "head": _head(form_state),
        "form": form,
        "locked_count": len(form.rows) - len(form_state.open_labels),
        "fault": fault_notice(form_state.fault) if form_state.fault else None,
        "refused": [form.rows[key] for key in form_state.refused] if form_state.snapshot else [],
        "elsewhere": [form.rows[key] for key in form_state.elsewhere],
        "conflicts": [form.rows[key] for key in form_state.conflicts],
        "merging": [form.rows[key] for key in form_state.changes],
    }


def _recent_context(session_key: str) -> dict[str, object]:
    """Return the last edits of the session, and those of them that took effect late."""
    recent = load_session_history(session_key, limit=RECENT)
    late = [row for row in recent if row.outcome is Outcome.LATE_APPLIED]
    return {"recent": recent, "late": late}


def _head(form_state: FormState) -> Head | None:
    snapshot = form_state.snapshot
    if snapshot is None:
        return None
    now = RAIL.index(snapshot.status) if snapshot.status in RAIL else -1
    places = ["done" if n < now else "now" if n == now else "" for n in range(len(RAIL))]
    return Head(
        rail=tuple(zip(RAIL, places, strict=True)),
        facts=tuple((CATALOGUE[key], snapshot.text(key)) for key in FACTS if snapshot.text(key)),
        text_failed=snapshot.delivery is Delivery.ERROR and form_state.verdicts["sms.to"].editable,
        inactive=snapshot.value("session.active") is False,
    )


def _status(stopped: str) -> HTTPStatus:
    return STOPPED_STATUS[stopped] if stopped else HTTPStatus.OK


def session_unknown(request: HttpRequest, session_key: str, *, stopped: str = "") -> HttpResponse:
    """404: PAVE knows no such session, or it cannot be a key at all. ``stopped``: an edit was
    withdrawn because of that."""
    context = {"session_key": session_key, "stopped": stopped}
    return render(
        request, "sessions_ui/sessions/not_found.html", context, status=HTTPStatus.NOT_FOUND
    )
