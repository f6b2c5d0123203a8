"""Render the pages for what went wrong: what happened, what holds now, what to do next."""

import sys
from http import HTTPStatus

from django.db import InterfaceError, InternalError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import resolve

from sessions_ui.context_processors import theme_of
from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.roles import administrator_names, role_of
from sessions_ui.services.edits.form_token import read_form_token

from .sessions.form_post import keep_typed

DATABASE_AWAY = (OperationalError, InterfaceError, InternalError)
"""What Django raises where our own database is gone, cuts us off, or takes no writes."""


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403. A person of no group reads who can help; anybody else, which role the page is for."""
    template = "403.html" if role_of(request.user) else "sessions_ui/site/no_group.html"
    context = {"administrators": administrator_names()}
    return render(request, template, context, status=HTTPStatus.FORBIDDEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose CSRF token is missing or old, as after a log-in in another tab.

    What was typed into a session's form is kept for the person that the form was shown to.
    """
    match = request.resolver_match
    session_key = match.kwargs.get("session_key", "") if match else ""
    token = read_form_token(request.POST.get("seen", ""), session_key)
    if token:
        keep_typed(request, token)
    context = {"session_key": session_key if token else ""}
    return render(request, "403_csrf.html", context, status=HTTPStatus.FORBIDDEN)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where our own database does not answer; what was typed then stays on the page.

    Rendered without the database, the log-in or any context processor: they may be at fault.
    """
    if isinstance(sys.exception(), DATABASE_AWAY):
        return unrecorded(request, _session_key(request))
    context = {
        "frame": {"theme": theme_of(request)},
        "request_id": getattr(request, "request_id", ""),
    }
    page = render_to_string("500.html", context)
    return HttpResponse(page, status=HTTPStatus.INTERNAL_SERVER_ERROR)


def unrecorded(request: HttpRequest, session_key: str = "") -> HttpResponse:
    """503: our own database takes no writes, so nothing is sent. Rendered without the database.

    The page of a session carries what was typed, to be posted again. It claims nothing of an
    earlier post, which may have been sent.
    """
    posted = request.POST.dict() if session_key else {}
    kept = {name: text for name, text in posted.items() if name != "csrfmiddlewaretoken"}
    context = {
        "frame": {"theme": theme_of(request)},
        "session_key": session_key,
        "kept": {**kept, "action": "review"} if kept else {},
        "posted": request.method == "POST",
        "typed": [
            (spec.label, kept[spec.input_name])
            for spec in CATALOGUE.writable
            if spec.input_name in kept
        ],
        "csrf_token": get_token(request),
    }
    page = render_to_string("sessions_ui/sessions/database_unavailable.html", context)
    return HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE)


def _session_key(request: HttpRequest) -> str:
    """Return the key in the address, also where no view was reached; ``""`` in other addresses."""
    try:
        match = resolve(request.path_info)
    except Http404:
        return ""
    return match.kwargs["session_key"] if match.url_name == "session" else ""
