"""The pages of a manager's review: what is said of an entry, and the queue of what needs a look."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from sessions_ui.forms.review import MarkForm
from sessions_ui.people import actor_of
from sessions_ui.services.audit import audit_entry
from sessions_ui.services.review import Mark, Marked, entry_mark

from .audit import READ, REVIEW, draw_entry

MARKED = {
    Mark.REVIEWED: "Marked reviewed. It is on record under your name.",
    Mark.FLAGGED: "Flagged. It stands in the review queue until somebody has looked at it.",
    Mark.COMMENTED: "Your comment is on record.",
    Mark.REOPENED: "Opened again. It stands in the review queue until somebody has looked at it.",
}
HINDERED = {
    Marked.OWN: "You did this yourself, so somebody else has to review it.",
    Marked.ALREADY: "Somebody has reviewed this already. See its steps.",
    Marked.NEWER: "Something new came up since you opened the page. Look at it first.",
    Marked.NOT_REVIEWED: "This is not reviewed, so it cannot be opened again.",
}


@login_required
@permission_required((READ, REVIEW), raise_exception=True)
@require_POST
def mark(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Say something of one entry; 422 and the entry's page when words are wanting."""
    shown = audit_entry(entry_id)
    if shown is None:
        raise Http404
    form = MarkForm(request.POST)
    if not form.is_valid():
        return draw_entry(request, shown, mark=form)
    said = form.cleaned_data
    chosen = Mark(said["mark"])
    told = entry_mark(
        actor=actor_of(request),
        entry_id=entry_id,
        mark=chosen,
        note=said["note"],
        upto=said["upto"],
    )
    if told is Marked.GONE:
        raise Http404
    if told is Marked.DONE:
        messages.success(request, MARKED[chosen])
    else:
        messages.warning(request, HINDERED[told])
    return redirect("audit_entry", entry_id)
