"""Serve the pages that reveal one entry's personal values and that erase a data subject."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from sessions_ui.forms.privacy import EraseForm, RevealForm, SubjectForm
from sessions_ui.permissions import ERASE_PERSONAL, READ_AUDIT, REVEAL_PERSONAL, requires
from sessions_ui.roles import actor_of
from sessions_ui.services.audit.search import load_verified_entry
from sessions_ui.services.privacy.erase import (
    erase_subject,
    find_subject,
    open_subject_token,
    parse_subject,
)
from sessions_ui.services.privacy.erasure_register import ErasureError, list_erasures
from sessions_ui.services.privacy.reveal import reveal_values

from .audit.entries import render_entry

MOST_AT_ONCE = 500
"""Edits erased by one request, which takes some seconds."""


@requires(READ_AUDIT, REVEAL_PERSONAL)
@require_POST
@never_cache
def reveal(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Show an entry with its personal values, in the response to this post only."""
    shown = load_verified_entry(entry_id)
    if shown is None:
        raise Http404
    form = RevealForm(request.POST)
    if not form.is_valid():
        return render_entry(request, shown, reveal=form)
    revealed = reveal_values(
        actor=actor_of(request), entry_id=entry_id, reason=form.cleaned_data["reason"]
    )
    if revealed is None:
        messages.warning(request, "This entry keeps no personal value that could be shown.")
        return redirect("audit_entry", entry_id)
    return render_entry(request, revealed, revealed=True)


@requires(READ_AUDIT, ERASE_PERSONAL)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def erase(request: HttpRequest) -> HttpResponse:
    """Count the rows with a phone number or name, then, after a confirmation, erase it.

    What was typed is in no address, and in no page after the first except encrypted.
    """
    if request.method == "POST":
        return _erase(request) if request.POST.get("step") == "erase" else _find(request)
    return _render(request)


def _render(
    request: HttpRequest, status: HTTPStatus = HTTPStatus.OK, **more: object
) -> HttpResponse:
    context = {"whom": SubjectForm(), "erasures": list_erasures(), **more}
    return render(request, "sessions_ui/privacy/erase.html", context, status=status)


def _find(request: HttpRequest) -> HttpResponse:
    whom, actor = SubjectForm(request.POST), actor_of(request)
    parsed = parse_subject(whom.cleaned_data["value"], actor) if whom.is_valid() else None
    if parsed is None:
        if whom.is_valid():
            whom.add_error("value", "Give a whole phone number, or a name of 3 letters or more.")
        return _render(request, HTTPStatus.UNPROCESSABLE_ENTITY, whom=whom)
    subject, token = parsed
    matches = find_subject(actor=actor, subject=subject)
    form = EraseForm(initial={"sealed": token}) if matches.erasable else None
    return _render(request, matches=matches, label=subject.label, form=form)


def _erase(request: HttpRequest) -> HttpResponse:
    actor, form = actor_of(request), EraseForm(request.POST)
    subject = open_subject_token(request.POST.get("sealed", ""), actor)
    if subject is None:
        messages.warning(request, "That was too long ago. Write the number or name once more.")
        return redirect("erase")
    if not form.is_valid():
        matches = find_subject(actor=actor, subject=subject)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _render(request, status, matches=matches, label=subject.label, form=form)
    try:
        done = erase_subject(
            actor=actor, subject=subject, basis=form.cleaned_data["basis"], most=MOST_AT_ONCE
        )
    except ErasureError as error:
        messages.error(request, str(error))
        return redirect("erase")
    return _render(request, done=done, label=subject.label, form=form if done.more else None)
