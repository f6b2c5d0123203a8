"""The pages of the watch rules: all of them with what was done to them, and one to change."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from sessions_ui.domain.rules.watch_rules import KINDS, rule_sentence
from sessions_ui.forms.watch_rule import WatchForm
from sessions_ui.permissions import READ_AUDIT, REVIEW_AUDIT, requires
from sessions_ui.roles import actor_of
from sessions_ui.services.review.watch_rules import (
    Done,
    rule_change,
    rule_changes,
    rule_find,
    rule_make,
    rule_remove,
    rule_set_active,
    rules_shown,
)

MADE = "The rule watches from now on. That you made it is on record."
AGAIN = "There is this very rule already. Nothing was made."
CHANGED = "The rule is changed, from now on. What it was and is now is on record."
PAUSED = "The rule is paused."
RESUMED = "The rule watches again, from now on."
REMOVED = "The rule is removed. The flags that it raised stay in the queue."
NOT_DONE = {
    Done.SAME: "The rule is so already. Nothing was changed.",
    Done.TAKEN: "Another rule has these numbers already. Nothing was changed.",
    Done.GONE: "Somebody else has removed this rule. Nothing was changed.",
}


@requires(READ_AUDIT, REVIEW_AUDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def watches(request: HttpRequest) -> HttpResponse:
    """All rules, forms for new ones, and what was done lately. A post makes a rule."""
    wanting = None
    if request.method == "POST":
        kind = KINDS.get(request.POST.get("kind", ""))
        if kind is None:
            raise Http404
        form = WatchForm(kind, request.POST)
        if form.is_valid():
            made = rule_make(actor=actor_of(request), kind=kind.code, numbers=form.cleaned_data)
            tell = messages.success if made else messages.warning
            tell(request, MADE if made else AGAIN)
            return redirect("watches")
        wanting = form
    context = {
        "rules": rules_shown(),
        "changes": rule_changes(),
        "forms": [
            wanting if wanting and wanting.kind is kind else WatchForm(kind)
            for kind in KINDS.values()
        ],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wanting else HTTPStatus.OK
    return render(request, "sessions_ui/review/watch_rules.html", context, status=status)


@requires(READ_AUDIT, REVIEW_AUDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def watch(request: HttpRequest, watch_id: int) -> HttpResponse:
    """One rule: its numbers to change, and the ways to pause or remove it."""
    found = rule_find(watch_id)
    if found is None:
        raise Http404
    action = request.POST.get("action", "")
    if request.method == "POST" and action != "change":
        return _act(request, watch_id, action)
    kind = KINDS.get(found.kind)
    posted = request.method == "POST"
    form = WatchForm(kind, request.POST if posted else None, found.numbers) if kind else None
    if form and form.is_bound and form.is_valid():
        numbers = form.cleaned_data
        done = rule_change(actor=actor_of(request), watch_id=watch_id, numbers=numbers)
        return _told(request, done, CHANGED)
    context = {
        "watch": found,
        "sentence": rule_sentence(found.kind, found.numbers),
        "form": form,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if posted else HTTPStatus.OK
    return render(request, "sessions_ui/review/watch_rule.html", context, status=status)


def _act(request: HttpRequest, watch_id: int, action: str) -> HttpResponse:
    """Pause, resume or remove; another word is no page."""
    actor = actor_of(request)
    if action == "pause":
        done = rule_set_active(actor=actor, watch_id=watch_id, active=False)
        return _told(request, done, PAUSED)
    if action == "resume":
        done = rule_set_active(actor=actor, watch_id=watch_id, active=True)
        return _told(request, done, RESUMED)
    if action == "remove":
        return _told(request, rule_remove(actor=actor, watch_id=watch_id), REMOVED)
    raise Http404


def _told(request: HttpRequest, done: Done, words: str) -> HttpResponse:
    if done is Done.DONE:
        messages.success(request, words)
    else:
        messages.warning(request, NOT_DONE[done])
    return redirect("watches")
