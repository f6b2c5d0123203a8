"""Show and edit one session: render its form, review what was typed, send it."""

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
from sessions_ui.roles import actor_of, user_id
from sessions_ui.services.edits.drafts import delete_draft, find_draft, form_state_with_draft
from sessions_ui.services.edits.form_data import FormData
from sessions_ui.services.edits.form_token import FormToken, read_form_token
from sessions_ui.services.edits.open import open_session
from sessions_ui.services.edits.refused_posts import record_forbidden_post
from sessions_ui.services.edits.review import review_edit
from sessions_ui.services.edits.submission import Submission, edit_by_nonce
from sessions_ui.services.edits.submit import submit_edit
from sessions_ui.views.errors import unrecorded

from .form_post import form_data_of, keep_typed
from .render import Notices, render_form, session_unknown
from .render_review import render_reviewed

logger = logging.getLogger(__name__)


class SeeOther(HttpResponseRedirect):
    """303: after a post, the result is at another address, to be read with a GET."""

    status_code = HTTPStatus.SEE_OTHER


@require_http_methods(["GET", "HEAD", "POST"])
def session(request: HttpRequest, session_key: str) -> HttpResponse:
    """One session's page; a key that cannot be one, or that PAVE does not know, is 404."""
    if not request.user.is_authenticated:
        return _log_in_first(request, session_key)
    try:
        if request.method == "POST":
            return _post(request, session_key)
        return _get(request, session_key)
    except (PaveKeyError, PaveNotFound):
        return session_unknown(request, session_key)
    except DatabaseError:
        logger.error("no record can be kept", exc_info=True)
        return unrecorded(request, session_key)


def _log_in_first(request: HttpRequest, session_key: str) -> HttpResponse:
    """Redirect to the log-in; what was typed on a valid page is kept for the person it was shown
    to."""
    token = read_form_token(request.POST.get("seen", ""), session_key)
    if token:
        keep_typed(request, token)
    return redirect_to_login(request.path)


def _get(request: HttpRequest, session_key: str) -> HttpResponse:
    if not request.user.has_perm(VIEW_SESSIONS):
        raise PermissionDenied
    actor = actor_of(request)
    form_state = open_session(
        actor=actor, session_key=session_key, may_edit=request.user.has_perm(EDIT_SESSION)
    )
    draft = find_draft(actor_id=actor.person_id, session_key=session_key)
    if draft and "draft" in request.GET:
        return render_form(
            request,
            form_state_with_draft(form_state, draft),
            Notices(restored=True),
            nonce=_unused(draft.nonce),  # it is the same form again
            reason=draft.reason,
        )
    notices = Notices(draft=draft, edit_id=request.GET.get("edit", ""))
    return render_form(request, form_state, notices)


def _post(request: HttpRequest, session_key: str) -> HttpResponse:
    token = read_form_token(request.POST.get("seen", ""), session_key, user_id(request))
    form_data = form_data_of(request, token)
    action = request.POST.get("action")
    if not request.user.has_perm(EDIT_SESSION):
        record_forbidden_post(
            actor=actor_of(request),
            session_key=session_key,
            form_data=form_data,
            token=read_form_token(request.POST.get("seen", ""), session_key),
        )
        raise PermissionDenied
    if action == "discard":
        return _discard(request, session_key)
    if action == "keep":
        return _keep(request, token)
    try:
        if token and action == "send" and _may_submit(token, form_data):
            return _send(request, token, form_data)
        return _review(request, session_key, token, form_data)
    except PaveNotFound:
        if token:
            keep_typed(request, token)
        raise


def _keep(request: HttpRequest, token: FormToken | None) -> HttpResponse:
    """Keep what was typed in a tab that is being closed; nobody sees the answer."""
    if token:
        keep_typed(request, token)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _discard(request: HttpRequest, session_key: str) -> HttpResponse:
    delete_draft(actor_id=user_id(request), session_key=session_key)
    return redirect("session", session_key)


def _unused(nonce: str) -> str:
    """Return a form's nonce while no edit has used it, else ``""``: the form needs a new one."""
    return nonce if nonce and edit_by_nonce(nonce) is None else ""


def _may_submit(token: FormToken, form_data: FormData) -> bool:
    """Return whether these values were reviewed, or the nonce was used: then its edit is shown."""
    return token.binds(form_data.inputs) or not _unused(token.nonce)


def _review(
    request: HttpRequest,
    session_key: str,
    token: FormToken | None,
    form_data: FormData,
    *,
    reason_form: ReasonForm | None = None,
) -> HttpResponse:
    """The review page, or the form again: with errors, conflicts, or nothing to send."""
    form_state = review_edit(
        actor=actor_of(request), session_key=session_key, token=token, form_data=form_data
    )
    if token is None:
        return render_form(request, form_state, Notices(stopped="stale"))
    nonce = _unused(token.nonce)
    if request.POST.get("action") == "edit":
        return render_form(request, form_state, nonce=nonce)
    return render_reviewed(request, form_state, nonce=nonce, reason_form=reason_form)


def _send(request: HttpRequest, token: FormToken, form_data: FormData) -> HttpResponse:
    reason_form = ReasonForm(request.POST, keys=form_data.typed)
    if not reason_form.is_valid() and _unused(token.nonce):
        return _review(request, token.session_key, token, form_data, reason_form=reason_form)
    reason = reason_form.cleaned_data
    submission = Submission(
        actor=actor_of(request),
        token=token,
        form_data=form_data,
        reason=ReasonGiven(
            reason.get("reason_code", ""), reason.get("reason_note", ""), reason.get("ticket", "")
        ),
    )
    result = submit_edit(submission)
    if result.edit:
        page = reverse("session", args=[token.session_key])
        return SeeOther(f"{page}?edit={result.edit.entry_id}")
    if result.code == "not_found":
        return session_unknown(request, token.session_key, stopped=result.code)
    form_state = result.form_state or review_edit(
        actor=submission.actor,
        session_key=token.session_key,
        token=token,
        form_data=form_data,
    )
    # The form that comes back gets a new nonce.
    return render_form(request, form_state, Notices(stopped=result.code))
