"""Serve the review queue, and the request that marks one entry."""

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
from sessions_ui.services.audit.search import load_verified_entry
from sessions_ui.services.review.actions import Mark, MarkResult, mark_entry
from sessions_ui.services.review.queue import read_queue
from sessions_ui.views.audit.entries import render_entry

MARK_MESSAGES = {
    Mark.REVIEWED: "Marked reviewed. It is on record under your name.",
    Mark.FLAGGED: "Flagged. It stands in the review queue until somebody has looked at it.",
    Mark.COMMENTED: "Your comment is on record.",
    Mark.REOPENED: "Opened again. It stands in the review queue until somebody has looked at it.",
}
HINDRANCES = {
    MarkResult.OWN: "You did this yourself, so somebody else has to review it.",
    MarkResult.ALREADY: "Somebody has reviewed this already. See its steps.",
    MarkResult.NEWER: "Something new came up since you opened the page. Look at it first.",
    MarkResult.NOT_REVIEWED: "This is not reviewed, so it cannot be opened again.",
}

HINDRANCES_IN_QUEUE = {
    MarkResult.OWN: "you did it yourself, so somebody else has to review it.",
    MarkResult.ALREADY: "somebody has reviewed it already.",
    MarkResult.NEWER: "something new came up since you opened the page. Look at it first.",
    MarkResult.GONE: "there is no such entry.",
}


@requires(READ_AUDIT, REVIEW_AUDIT)
@require_POST
def mark(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Mark one entry; 422 and the entry's page for an invalid form."""
    shown = load_verified_entry(entry_id)
    if shown is None:
        raise Http404
    form = MarkForm(request.POST)
    if not form.is_valid():
        return render_entry(request, shown, mark=form)
    chosen = Mark(form.cleaned_data["mark"])
    result = mark_entry(
        actor=actor_of(request),
        entry_id=entry_id,
        mark=chosen,
        note=form.cleaned_data["note"],
        upto=form.cleaned_data["upto"],
    )
    if result is MarkResult.GONE:
        raise Http404
    if result is MarkResult.DONE:
        messages.success(request, MARK_MESSAGES[chosen])
    else:
        messages.warning(request, HINDRANCES[result])
    return redirect("audit_entry", entry_id)


@requires(READ_AUDIT, REVIEW_AUDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest) -> HttpResponse:
    """Show the queue, oldest first; a post marks the ticked entries as reviewed."""
    cause = request.GET.get("cause", "")
    is_known, after = cause in CAUSES, request.GET.get("after", "")
    batch = BatchForm(request.POST if request.method == "POST" else None)
    if batch.is_bound and batch.is_valid():
        _review_ticked(request, batch)
        return redirect(request.get_full_path())
    queue = read_queue(cause=cause, after=after, reader_id=request.user.pk)
    context = {
        "queue": queue,
        "chosen": cause if is_known else "",
        "wrong": "" if is_known or not cause else cause[:40],
        "paged": bool(after),
        "batch": batch if batch.is_bound else BatchForm(initial={"upto": queue.upto}),
        "here": request.get_full_path(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if batch.is_bound else HTTPStatus.OK
    return render(request, "sessions_ui/review/queue.html", context, status=status)


def _review_ticked(request: HttpRequest, batch: BatchForm) -> None:
    """Mark each entry; say how many were marked, and why the others were not."""
    actor, values = actor_of(request), batch.cleaned_data
    results = Counter(
        mark_entry(
            actor=actor,
            entry_id=entry_id,
            mark=Mark.REVIEWED,
            note=values["note"],
            upto=values["upto"],
        )
        for entry_id in batch.ticked()
    )
    done = results.pop(MarkResult.DONE, 0)
    if done:
        noun = "entry" if done == 1 else "entries"
        messages.success(
            request, f"{done} {noun} marked reviewed. It is on record under your name."
        )
    elif not results:
        messages.warning(request, "Tick the entries that you have looked at first.")
    for hindrance, count in results.items():
        messages.warning(request, f"{count} left as it was: {HINDRANCES_IN_QUEUE[hindrance]}")
