"""The page of pictures."""

from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from sessions_ui.services.pictures import pictures_of

from .audit import READ

SHORTER = (("7 days", 7), ("30 days", 30), ("90 days", 90), ("A year", 365))


@login_required
@permission_required(READ, raise_exception=True)
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
    return render(request, "sessions_ui/pictures.html", context, status=status)
