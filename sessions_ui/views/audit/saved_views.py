"""Save the filters of a list under a name, and delete a saved view."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sessions_ui.forms.audit_filter import read_filter
from sessions_ui.permissions import READ_AUDIT, requires
from sessions_ui.roles import actor_of
from sessions_ui.services.audit.saved_views import ViewNotSaved, delete_view, save_view

from .entries import DELETED_VIEW


@requires(READ_AUDIT)
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Save the filters of a list under a name, and go back to that list."""
    audit_filter = read_filter(QueryDict(request.POST.get("query", "")))
    shared = request.POST.get("shared") == "yes"
    try:
        view = save_view(
            actor=actor_of(request),
            name=request.POST.get("name", ""),
            audit_filter=audit_filter,
            shared=shared,
        )
    except ViewNotSaved as error:
        messages.warning(request, str(error))
        return redirect(f"{reverse('audit')}?{audit_filter.query_string()}")
    audience = "All managers see it." if view.shared else "Only you see it."
    messages.success(request, f"Saved as “{view.name}”. {audience}")
    return redirect(f"{reverse('audit')}?{view.query}")


@requires(READ_AUDIT)
@require_POST
def delete(request: HttpRequest, view_id: int) -> HttpResponse:
    """Delete a view, and go back to the list, which then offers to restore it."""
    view = delete_view(actor=actor_of(request), view_id=view_id)
    if view is None:
        raise Http404
    request.session[DELETED_VIEW] = {"name": view.name, "query": view.query, "shared": view.shared}
    audit_filter = read_filter(QueryDict(request.POST.get("query", "")))
    return redirect(f"{reverse('audit')}?{audit_filter.query_string()}")
