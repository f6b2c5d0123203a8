"""The pages for what went wrong: what happened, what holds now, what to do next."""

import sys
from http import HTTPStatus

from django.db import InterfaceError, InternalError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import resolve

from sessions_ui.context_processors import theme_of
from sessions_ui.roles import administrators, role_of
from sessions_ui.services.edits.form_token import read_form_token

from .sessions.form_post import keep_typed
from .sessions.render import unrecorded

AWAY = (OperationalError, InterfaceError, InternalError)
"""What Django raises where our own database is gone, cuts us off, or takes no writes."""


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403. A person of no group reads who can help; anybody else, which role the page is for."""
    template = "403.html" if role_of(request.user) else "sessions_ui/site/no_group.html"
    context = {"administrators": administrators()}
    return render(request, template, context, status=HTTPStatus.FORBIDDEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is missing or old, as after a log-in in another tab.

    What a person had typed into a session's form is kept for the person to whom it was drawn.
    """
    session_key = request.resolver_match.kwargs.get("session_key", "")
    seen = read_form_token(request.POST.get("seen", ""), session_key)
    if seen:
        keep_typed(request, seen)
    context = {"session_key": session_key if seen else ""}
    return render(request, "403_csrf.html", context, status=HTTPStatus.FORBIDDEN)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, without the database, the log-in or any context processor: they may be at fault. Where
    it is the database that does not answer, 503, and what was typed stays on the page."""
    if isinstance(sys.exception(), AWAY):
        return unrecorded(request, _session_key(request))
    context = {
        "frame": {"theme": theme_of(request)},
        "request_id": getattr(request, "request_id", ""),
    }
    page = render_to_string("500.html", context)
    return HttpResponse(page, status=HTTPStatus.INTERNAL_SERVER_ERROR)


def _session_key(request: HttpRequest) -> str:
    """The key in the address, also where no view was reached; "" in other addresses."""
    try:
        found = resolve(request.path_info)
    except Http404:
        return ""
    return found.kwargs["session_key"] if found.url_name == "session" else ""
