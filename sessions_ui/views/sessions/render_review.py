"""Render the review page of an edit, or the form again with what keeps it from being sent."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.rules.policy import Delivery
from sessions_ui.domain.snapshot import payload
from sessions_ui.forms.reason import ReasonForm
from sessions_ui.forms.session.row import display_text
from sessions_ui.forms.session.value_checks import value_warnings
from sessions_ui.pave.client import body_bytes
from sessions_ui.services.edits.form_state import Decision, FormState

from .render import NO_NOTICES, Notices, form_token_for, render_form, session_form

_STOPPED = {
    Decision.NOTHING: "nothing_to_change",
    Decision.CONFLICT: "conflict",
    Decision.LOCKED: "locked",
}


def render_reviewed(
    request: HttpRequest,
    form_state: FormState,
    notices: Notices = NO_NOTICES,
    *,
    nonce: str = "",
    reason_form: ReasonForm | None = None,
    reason: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The review page, or the form again: with errors, conflicts, or nothing to send.

    ``reason_form`` is the reason with its errors, where it has some; ``reason`` are its inputs as
    given so far, by default those of the post.
    """
    if form_state.decision is Decision.UNREADABLE:
        notices = replace(notices, stopped="unreadable")
        return render_form(request, form_state, notices, nonce=nonce, reason=reason)
    form = session_form(form_state, bound=True)
    if not form.is_valid():
        return render_form(
            request, form_state, notices, nonce=nonce, invalid_form=form, reason=reason
        )
    if form_state.decision is not Decision.CHANGES:
        notices = replace(notices, stopped=_STOPPED[form_state.decision])
        return render_form(request, form_state, notices, nonce=nonce, reason=reason)
    if reason_form is None:
        initial = reason or request.POST.dict()
        reason_form = ReasonForm(initial=initial, keys=form_state.changes)
    context = {**_review_context(request, form_state, nonce), "hindered": notices.hindered}
    return _render_review(request, context, reason_form)


def _render_review(
    request: HttpRequest, context: dict[str, object], reason_form: ReasonForm
) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if reason_form.is_bound else HTTPStatus.OK
    context = {**context, "reason_form": reason_form}
    return render(request, "sessions_ui/sessions/review.html", context, status=status)


def _review_context(request: HttpRequest, form_state: FormState, nonce: str) -> dict[str, object]:
    """Return what the review page shows: was and now, what is left out, and the exact JSON."""
    changes = {key: merged.mine for key, merged in form_state.changes.items()}
    inputs = {CATALOGUE[key].input_name: text for key, text in changes.items()}
    return {
        "form_state": form_state,
        "snapshot": form_state.snapshot,
        "changes": [_change(form_state, key) for key in changes],
        "inputs": inputs,
        "refused": [
            (CATALOGUE[key], form_state.verdicts[key], merged)
            for key, merged in form_state.refused.items()
        ],
        "elsewhere": [(CATALOGUE[key], merged) for key, merged in form_state.elsewhere.items()],
        "unknown_names": form_state.unknown_names,
        "seen": form_token_for(request, form_state, nonce).at_review(inputs).sign(),
        **_payload_context(changes),
    }


def _payload_context(changes: Mapping[str, str]) -> dict[str, object]:
    """Return the message to PAVE as the page shows it, with the size and hash of its bytes."""
    body = payload(changes)
    return {
        "payload": json.dumps(body, indent=2, ensure_ascii=False),
        "size": len(body_bytes(body)),
        "sha256": hashlib.sha256(body_bytes(body)).hexdigest(),
    }


def _change(form_state: FormState, key: str) -> dict[str, object]:
    spec, merged = CATALOGUE[key], form_state.changes[key]
    delivery = form_state.snapshot.delivery if form_state.snapshot else Delivery.UNKNOWN
    return {
        "spec": spec,
        "was": display_text(spec, merged.now) if merged.now else "",
        "now": display_text(spec, str(spec.kind.sent(merged.mine))),
        "warnings": value_warnings(spec, merged.mine, merged.now, delivery),
    }
