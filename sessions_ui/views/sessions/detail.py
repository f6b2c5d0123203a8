"""See and edit one session: draw the form, review what was typed, send it."""

import logging
from http import HTTPStatus

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from sessions_ui.domain.rules.edit_reasons import ReasonGiven
from sessions_ui.forms.reason import ReasonForm
from sessions_ui.pave.errors import PaveKeyError, PaveNotFound
from sessions_ui.permissions import EDIT_SESSION, VIEW_SESSIONS
from sessions_ui.roles import actor_of
from sessions_ui.services.edits.drafts import delete_draft, find_draft, form_state_with_draft
from sessions_ui.services.edits.form_data import FormData
from sessions_ui.services.edits.form_state import Decision, FormState
from sessions_ui.services.edits.form_token import FormToken, read_form_token
from sessions_ui.services.edits.prepare import open_session, review_edit
from sessions_ui.services.edits.refusals import record_forbidden_post
from sessions_ui.services.edits.submit import edit_by_nonce, submit_edit

from .form_post import form_data_of, keep_typed
from .render import form_of, render_form, render_review, session_unknown, unrecorded

logger = logging.getLogger(__name__)


# What stopped an edit before anything was sent → the status of the page that comes back.
STOPPED = {
    "conflict": HTTPStatus.CONFLICT,
    "locked": HTTPStatus.CONFLICT,
    "busy": HTTPStatus.CONFLICT,
    "came_second": HTTPStatus.CONFLICT,
    "nonce_used": HTTPStatus.CONFLICT,
    "nothing_to_change": HTTPStatus.OK,
    "unreadable": HTTPStatus.OK,
}


class SeeOther(HttpResponseRedirect):
    """303: after a post, look there with a GET."""

    status_code = HTTPStatus.SEE_OTHER


@require_http_methods(["GET", "HEAD", "POST"])
def session(request: HttpRequest, session_key: str) -> HttpResponse:
    """One session's page; a key that cannot be one, or that PAVE does not know, is 404."""
    if not request.user.is_authenticated:
        return _log_in_first(request, session_key)
    answer = _handle_post if request.method == "POST" else _get
    try:
        return answer(request, session_key)
    except (PaveKeyError, PaveNotFound):
        return session_unknown(request, session_key)
    except DatabaseError:
        logger.error("no record can be kept", exc_info=True)
        return unrecorded(request, session_key)


def _log_in_first(request: HttpRequest, session_key: str) -> HttpResponse:
    """To the log-in; what a person with a valid page had typed is kept for that person."""
    seen = read_form_token(request.POST.get("seen", ""), session_key)
    if seen:
        keep_typed(request, seen)
    return redirect_to_login(request.path)


def _get(request: HttpRequest, session_key: str) -> HttpResponse:
    if not request.user.has_perm(VIEW_SESSIONS):
        raise PermissionDenied
    actor = actor_of(request)
    form_state = open_session(
        actor=actor, session_key=session_key, may_edit=request.user.has_perm(EDIT_SESSION)
    )
    draft = find_draft(actor_id=actor.id, session_key=session_key)
    if draft and "draft" in request.GET:
        form_state = form_state_with_draft(form_state, draft)
        nonce = unused(draft.nonce)  # it is the same form again
        return render_form(request, form_state, nonce=nonce, reason=draft.reason, restored=True)
    return render_form(request, form_state, draft=draft, edit_id=request.GET.get("edit", ""))


def _handle_post(request: HttpRequest, session_key: str) -> HttpResponse:
    seen = read_form_token(request.POST.get("seen", ""), session_key, request.user.id)
    posted = form_data_of(request, seen)
    action = request.POST.get("action")
    if not request.user.has_perm(EDIT_SESSION):
        record_forbidden_post(
            actor=actor_of(request),
            session_key=session_key,
            posted=posted,
            error_code="NO_PERMISSION",
            seen=read_form_token(request.POST.get("seen", ""), session_key),
        )
        raise PermissionDenied
    if action == "discard":
        return _discard(request, session_key)
    if action == "keep":
        return _keep(request, seen)
    try:
        if seen and action == "send" and (seen.binds(posted.inputs) or not unused(seen.nonce)):
            return _send(request, seen, posted)
        return _review(request, session_key, seen, posted, back=action == "edit")
    except PaveNotFound:
        if seen:
            keep_typed(request, seen)
        raise


def _keep(request: HttpRequest, seen: FormToken | None) -> HttpResponse:
    """A tab is being closed: keep what was typed in it. Nothing is shown, nothing is sent."""
    if seen:
        keep_typed(request, seen)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _discard(request: HttpRequest, session_key: str) -> HttpResponse:
    delete_draft(actor_id=request.user.id, session_key=session_key)
    return redirect("session", session_key)


def _review(
    request: HttpRequest,
    session_key: str,
    seen: FormToken | None,
    posted: FormData,
    *,
    back: bool = False,
    reason_form: ReasonForm | None = None,
) -> HttpResponse:
    """The review page, or the form again: with errors, conflicts, or nothing to send."""
    form_state = review_edit(
        actor=actor_of(request), session_key=session_key, seen=seen, posted=posted
    )
    nonce = unused(seen.nonce) if seen else ""
    if seen is None:
        return render_form(request, form_state, stopped="stale", status=HTTPStatus.CONFLICT)
    if back:
        return render_form(request, form_state, nonce=nonce)
    return render_reviewed(request, form_state, nonce=nonce, reason_form=reason_form)


def render_reviewed(
    request: HttpRequest,
    form_state: FormState,
    *,
    nonce: str = "",
    reason_form: ReasonForm | None = None,
    **notes: object,
) -> HttpResponse:
    """A reviewed sheet: the review page, or the form with what keeps it from being sent."""
    if form_state.decision is Decision.UNREADABLE:
        return render_form(request, form_state, nonce=nonce, stopped="unreadable", **notes)
    form = form_of(form_state, bound=True)
    if not form.is_valid():
        wrong = HTTPStatus.UNPROCESSABLE_ENTITY
        return render_form(request, form_state, nonce=nonce, form=form, status=wrong, **notes)
    if form_state.decision is Decision.CHANGES:
        return render_review(request, form_state, nonce=nonce, reason_form=reason_form, **notes)
    stopped = {Decision.NOTHING: "nothing_to_change", Decision.CONFLICT: "conflict"}.get(
        form_state.decision, "locked"
    )
    status = STOPPED[stopped]
    return render_form(request, form_state, nonce=nonce, stopped=stopped, status=status, **notes)


def unused(nonce: str) -> str:
    """A form's nonce while it is unused, else none, so that the next form makes a new one."""
    return nonce if nonce and edit_by_nonce(nonce) is None else ""


def _send(request: HttpRequest, seen: FormToken, posted: FormData) -> HttpResponse:
    reason_form = ReasonForm(request.POST, keys=posted.typed)
    if not reason_form.is_valid() and unused(seen.nonce):
        return _review(request, seen.session_key, seen, posted, reason_form=reason_form)
    given = reason_form.cleaned_data
    submitted = submit_edit(
        actor=actor_of(request),
        session_key=seen.session_key,
        seen=seen,
        posted=posted,
        reason=ReasonGiven(
            given.get("reason_code", ""), given.get("reason_note", ""), given.get("ticket", "")
        ),
    )
    if submitted.edit:
        page = reverse("session", args=[seen.session_key])
        return SeeOther(f"{page}?edit={submitted.edit.entry_id}")
    return _stopped(request, seen, posted, submitted.form_state, submitted.code)


def _stopped(
    request: HttpRequest, seen: FormToken, posted: FormData, form_state: FormState | None, code: str
) -> HttpResponse:
    """The form again, with what was typed, a new nonce and the reason why nothing was sent."""
    if code == "not_found":
        return session_unknown(request, seen.session_key, stopped=code)
    if form_state is None:
        form_state = review_edit(
            actor=actor_of(request), session_key=seen.session_key, seen=seen, posted=posted
        )
    return render_form(request, form_state, stopped=code, status=STOPPED[code])
