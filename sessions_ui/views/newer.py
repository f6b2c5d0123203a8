"""How many entries came since a list was drawn, asked by the page itself from time to time."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from sessions_ui.people import actor_of
from sessions_ui.services.audit import audit_filter, entries_newer

from .audit import READ

THAN = "than"


@login_required
@permission_required(READ, raise_exception=True)
@require_GET
def newer(request: HttpRequest) -> JsonResponse:
    """The count in words, ``""`` for none. Nobody is at the keyboard, so the log-in's idle time is
    not renewed. 400 for what cannot be read."""
    chosen, than = audit_filter(request.GET), request.GET.get(THAN, "")
    if chosen.problems or not (than.isascii() and than.isdecimal() and len(than) < 19):
        return JsonResponse({}, status=HTTPStatus.BAD_REQUEST)
    label = entries_newer(actor=actor_of(request), chosen=chosen, than=int(than))
    answer = JsonResponse({"label": label})
    answer.by_itself = True  # type: ignore[attr-defined]  # read by SteadySessions
    return answer
