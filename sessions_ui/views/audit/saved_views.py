"""Keeping a question to the audit under a name, and taking it away again."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sessions_ui.permissions import READ_AUDIT, requires
from sessions_ui.roles import actor_of
from sessions_ui.services.audit.saved_views import NotKept, view_delete, view_save
from sessions_ui.services.audit.search import audit_filter

from .entries import DROPPED


@requires(READ_AUDIT)
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filters of a list under a name, and go back to that list."""
    name, query = request.POST.get("name", ""), request.POST.get("query", "")
    shared = request.POST.get("shared") == "yes"
    try:
        view = view_save(actor=actor_of(request), name=name, query=query, shared=shared)
    except NotKept as reason:
        messages.warning(request, str(reason))
        return redirect(f"{reverse('audit')}?{question(query)}")
    whom = "All managers see it." if view.shared else "Only you see it."
    messages.success(request, f"Saved as “{view.name}”. {whom}")
    return redirect(f"{reverse('audit')}?{view.query}")


@requires(READ_AUDIT)
@require_POST
def delete(request: HttpRequest, view_id: int) -> HttpResponse:
    """Take a view away; the list then offers to bring it back."""
    view = view_delete(actor=actor_of(request), view_id=view_id)
    if view is None:
        raise Http404
    request.session[DROPPED] = {"name": view.name, "query": view.query, "shared": view.shared}
    return redirect(f"{reverse('audit')}?{question(request.POST.get('query', ''))}")


def question(query: str) -> str:
    """A query string with nothing in it but filters."""
    return audit_filter(QueryDict(query).dict()).link()
