"""Begin the revert of an edit: from its row in the history to the review page."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from sessions_ui.pave.errors import PaveKeyError, PaveNotFound
from sessions_ui.permissions import EDIT_SESSION, VIEW_HISTORY, requires
from sessions_ui.roles import actor_of
from sessions_ui.services.edits.revert import (
    find_revert_plan,
    record_forbidden_revert,
    revert_reason,
    review_revert,
)

from .render import Notices, session_unknown
from .render_review import render_reviewed


@requires(VIEW_HISTORY)
@require_http_methods(["GET", "HEAD", "POST"])
def revert(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Review the values from before an edit: all, or those of the posted ``field`` names. A GET, as
    after a log-in, leads to the edit's row in the history."""
    inverse = find_revert_plan(entry_id, request.POST.getlist("field"))
    if inverse is None:
        raise Http404
    if request.method != "POST":
        history = reverse("session_history", args=[inverse.session_key])
        return redirect(f"{history}?before={entry_id + 1}#entry-{entry_id}")
    actor = actor_of(request)
    if not request.user.has_perm(EDIT_SESSION):
        record_forbidden_revert(actor=actor, inverse=inverse)
        raise PermissionDenied
    try:
        review = review_revert(actor=actor, inverse=inverse)
    except (PaveKeyError, PaveNotFound):
        return session_unknown(request, inverse.session_key)
    notices = Notices(hindered=review.hindered)
    return render_reviewed(request, review.form_state, notices, reason=revert_reason(entry_id))
