"""The page of pictures."""

from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from sessions_ui.permissions import READ_AUDIT, requires
from sessions_ui.services.audit.statistics import pictures_of

SHORTER = (("7 days", 7), ("30 days", 30), ("90 days", 90), ("A year", 365))


@requires(READ_AUDIT)
@require_safe
def pictures(request: HttpRequest) -> HttpResponse:
    """The numbers of the chosen days; 422 for days that cannot be read."""
    shown, today = pictures_of(request.GET), timezone.localdate()
    shorter = [
        (words, urlencode({"from": today - timedelta(days=days - 1), "to": today}))
        for words, days in SHORTER
    ]
    status = HTTPStatus.UNPROCESSABLE_ENTITY if shown.problems else HTTPStatus.OK
    context = {"shown": shown, "shorter": shorter}
    return render(request, "sessions_ui/audit/statistics.html", context, status=status)
