"""Serve the pages of the watch rules: the list with its latest changes, and one rule."""

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
    RuleResult,
    change_rule,
    create_rule,
    find_rule,
    list_rule_changes,
    list_rules,
    remove_rule,
    set_rule_active,
)

MADE = "The rule watches from now on. That you made it is on record."
AGAIN = "There is this very rule already. Nothing was made."
CHANGED = "The rule is changed, from now on. What it was and is now is on record."
PAUSED = "The rule is paused."
RESUMED = "The rule watches again, from now on."
REMOVED = "The rule is removed. The flags that it raised stay in the queue."
NOT_DONE = {
    RuleResult.SAME: "The rule is so already. Nothing was changed.",
    RuleResult.TAKEN: "Another rule has these numbers already. Nothing was changed.",
    RuleResult.GONE: "Somebody else has removed this rule. Nothing was changed.",
}


@requires(READ_AUDIT, REVIEW_AUDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def watch_rules(request: HttpRequest) -> HttpResponse:
    """List the rules, their latest changes, and forms for new ones; a post creates a rule."""
    invalid = None
    if request.method == "POST":
        kind = KINDS.get(request.POST.get("kind", ""))
        if kind is None:
            raise Http404
        form = WatchForm(kind, request.POST)
        if form.is_valid():
            rule = create_rule(actor=actor_of(request), kind=kind.code, numbers=form.cleaned_data)
            add_message = messages.success if rule else messages.warning
            add_message(request, MADE if rule else AGAIN)
            return redirect("watches")
        invalid = form
    context = {
        "rules": list_rules(),
        "changes": list_rule_changes(),
        "forms": [
            invalid if invalid and invalid.kind is kind else WatchForm(kind)
            for kind in KINDS.values()
        ],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if invalid else HTTPStatus.OK
    return render(request, "sessions_ui/review/watch_rules.html", context, status=status)


@requires(READ_AUDIT, REVIEW_AUDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def watch_rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Show one rule; a post changes, pauses, resumes or removes it."""
    rule = find_rule(rule_id)
    if rule is None:
        raise Http404
    action = request.POST.get("action", "")
    if request.method == "POST" and action != "change":
        return _act(request, rule_id, action)
    kind = KINDS.get(rule.kind)
    posted = request.method == "POST"
    form = WatchForm(kind, request.POST if posted else None, rule.numbers) if kind else None
    if form and form.is_bound and form.is_valid():
        numbers = form.cleaned_data
        result = change_rule(actor=actor_of(request), rule_id=rule_id, numbers=numbers)
        return _redirect(request, result, CHANGED)
    context = {
        "rule": rule,
        "sentence": rule_sentence(rule.kind, rule.numbers),
        "form": form,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if posted else HTTPStatus.OK
    return render(request, "sessions_ui/review/watch_rule.html", context, status=status)


def _act(request: HttpRequest, rule_id: int, action: str) -> HttpResponse:
    """Pause, resume or remove a rule; 404 for another action."""
    actor = actor_of(request)
    if action == "pause":
        result = set_rule_active(actor=actor, rule_id=rule_id, active=False)
        return _redirect(request, result, PAUSED)
    if action == "resume":
        result = set_rule_active(actor=actor, rule_id=rule_id, active=True)
        return _redirect(request, result, RESUMED)
    if action == "remove":
        return _redirect(request, remove_rule(actor=actor, rule_id=rule_id), REMOVED)
    raise Http404


def _redirect(request: HttpRequest, result: RuleResult, words: str) -> HttpResponse:
    if result is RuleResult.DONE:
        messages.success(request, words)
    else:
        messages.warning(request, NOT_DONE[result])
    return redirect("watches")
