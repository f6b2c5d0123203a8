"""Looking back at one session: its history on one line of time. Only ever read."""

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sessions_ui.services.audit import audit_filter
from sessions_ui.services.past import session_timeline

HISTORY, READ = "sessions_ui.view_session_history", "sessions_ui.read_audit"


@login_required
@permission_required(HISTORY, raise_exception=True)
@require_safe
def history(request: HttpRequest, session_key: str) -> HttpResponse:
    """What was changed or tried on one session, what became of it, and what PAVE reported."""
    chosen = audit_filter({**request.GET.dict(), "session": session_key})
    if "session" in chosen.problems or chosen.session != session_key:
        raise Http404
    timeline = session_timeline(chosen=chosen, notes=request.user.has_perm(READ))
    context = {"session_key": session_key, "timeline": timeline, "page": timeline.page}
    return render(request, "sessions_ui/history.html", context)
