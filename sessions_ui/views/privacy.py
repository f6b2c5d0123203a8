"""The pages around a person's values: showing those of one entry, and erasing them all."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from sessions_ui.forms.privacy import EraseForm, RevealForm, SubjectForm
from sessions_ui.permissions import ERASE_PERSONAL, READ_AUDIT, REVEAL_PERSONAL
from sessions_ui.roles import actor_of
from sessions_ui.services.audit.search import audit_entry
from sessions_ui.services.privacy.erase import (
    personal_erase,
    subject_find,
    subject_of,
    subject_seal,
    subject_unseal,
)
from sessions_ui.services.privacy.erasure_register import ErasureError, erasures_listed
from sessions_ui.services.privacy.reveal import personal_reveal

from .audit.entries import render_entry

MOST = 500
"""How many edits one press of the button erases: some seconds' work."""


@login_required
@permission_required((READ_AUDIT, REVEAL_PERSONAL), raise_exception=True)
@require_POST
@never_cache
def reveal(request: HttpRequest, entry_id: int) -> HttpResponse:
    """The entry with its personal values, once: in the answer to this post and nowhere else."""
    shown = audit_entry(entry_id)
    if shown is None:
        raise Http404
    form = RevealForm(request.POST)
    if not form.is_valid():
        return render_entry(request, shown, reveal=form)
    revealed = personal_reveal(
        actor=actor_of(request), entry_id=entry_id, reason=form.cleaned_data["reason"]
    )
    if revealed is None:
        messages.warning(request, "This entry keeps no personal value that could be shown.")
        return redirect("audit_entry", entry_id)
    return render_entry(request, revealed, revealed=True)


@login_required
@permission_required((READ_AUDIT, ERASE_PERSONAL), raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def erase(request: HttpRequest) -> HttpResponse:
    """Two steps: where a number or name stands, counted; then, confirmed, it is erased. What was
    typed is in no address and in no page after the first."""
    if request.method == "POST":
        return _erase(request) if request.POST.get("step") == "erase" else _find(request)
    return _draw(request)


def _draw(request: HttpRequest, status: HTTPStatus = HTTPStatus.OK, **more: object) -> HttpResponse:
    context = {"whom": SubjectForm(), "erasures": erasures_listed(), **more}
    return render(request, "sessions_ui/privacy/erase.html", context, status=status)


def _find(request: HttpRequest) -> HttpResponse:
    whom = SubjectForm(request.POST)
    subject = subject_of(whom.cleaned_data["value"]) if whom.is_valid() else None
    if subject is None:
        if whom.is_valid():
            whom.add_error("value", "Give a whole phone number, or a name of 3 letters or more.")
        return _draw(request, HTTPStatus.UNPROCESSABLE_ENTITY, whom=whom)
    actor = actor_of(request)
    found = subject_find(actor=actor, subject=subject)
    sealed = subject_seal(whom.cleaned_data["value"], actor)
    form = EraseForm(initial={"sealed": sealed}) if found.erasable else None
    return _draw(request, found=found, label=subject.label, form=form)


def _erase(request: HttpRequest) -> HttpResponse:
    actor, form = actor_of(request), EraseForm(request.POST)
    subject = subject_unseal(request.POST.get("sealed", ""), actor)
    if subject is None:
        messages.warning(request, "That was too long ago. Write the number or name once more.")
        return redirect("erase")
    if not form.is_valid():
        found = subject_find(actor=actor, subject=subject)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _draw(request, status, found=found, label=subject.label, form=form)
    try:
        done = personal_erase(
            actor=actor, subject=subject, basis=form.cleaned_data["basis"], most=MOST
        )
    except ErasureError as error:
        messages.error(request, str(error))
        return redirect("erase")
    return _draw(request, done=done, label=subject.label, form=form if done.more else None)
