"""The pages of a manager's review: what is said of an entry, and the queue of what needs a look."""

from collections import Counter
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from sessions_ui.domain.rules.review_causes import CAUSES
from sessions_ui.forms.review import BatchForm, MarkForm
from sessions_ui.permissions import READ_AUDIT, REVIEW_AUDIT, requires
from sessions_ui.roles import actor_of
from sessions_ui.services.audit.search import audit_entry
from sessions_ui.services.review.actions import Mark, Marked, entry_mark
from sessions_ui.services.review.queue import queue_page
from sessions_ui.views.audit.entries import render_entry

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

LEFT = {
    Marked.OWN: "you did it yourself, so somebody else has to review it.",
    Marked.ALREADY: "somebody has reviewed it already.",
    Marked.NEWER: "something new came up since you opened the page. Look at it first.",
    Marked.GONE: "there is no such entry.",
}


@requires(READ_AUDIT, REVIEW_AUDIT)
@require_POST
def mark(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Say something of one entry; 422 and the entry's page when words are wanting."""
    shown = audit_entry(entry_id)
    if shown is None:
        raise Http404
    form = MarkForm(request.POST)
    if not form.is_valid():
        return render_entry(request, shown, mark=form)
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


@requires(READ_AUDIT, REVIEW_AUDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest) -> HttpResponse:
    """The queue, oldest first; a post marks the ticked entries reviewed."""
    cause = request.GET.get("cause", "")
    known, after = cause in CAUSES, request.GET.get("after", "")
    batch = BatchForm(request.POST if request.method == "POST" else None)
    if batch.is_bound and batch.is_valid():
        _review_ticked(request, batch)
        return redirect(request.get_full_path())
    queue = queue_page(cause=cause, after=after, reader_id=request.user.pk)
    context = {
        "queue": queue,
        "chosen": cause if known else "",
        "wrong": "" if known or not cause else cause[:40],
        "paged": bool(after),
        "batch": batch if batch.is_bound else BatchForm(initial={"upto": queue.upto}),
        "here": request.get_full_path(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if batch.is_bound else HTTPStatus.OK
    return render(request, "sessions_ui/review/queue.html", context, status=status)


def _review_ticked(request: HttpRequest, batch: BatchForm) -> None:
    """Mark each; say how many, and of the others why not."""
    said, actor = batch.cleaned_data, actor_of(request)
    told = Counter(
        entry_mark(
            actor=actor, entry_id=one, mark=Mark.REVIEWED, note=said["note"], upto=said["upto"]
        )
        for one in batch.ticked()
    )
    done = told.pop(Marked.DONE, 0)
    if done:
        noun = "entry" if done == 1 else "entries"
        messages.success(
            request, f"{done} {noun} marked reviewed. It is on record under your name."
        )
    elif not told:
        messages.warning(request, "Tick the entries that you have looked at first.")
    for hindrance, count in told.items():
        messages.warning(request, f"{count} left as it was: {LEFT[hindrance]}")
