"""Show the statistics of the audit as charts."""

from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from sessions_ui.forms.audit_filter import read_filter
from sessions_ui.permissions import READ_AUDIT, requires
from sessions_ui.services.audit.statistics import compute_statistics

PERIODS = (("7 days", 7), ("30 days", 30), ("90 days", 90), ("A year", 365))


@requires(READ_AUDIT)
@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """The charts of the chosen days; 422 for days with problems."""
    days = {name: request.GET[name] for name in ("from", "to") if name in request.GET}
    audit_filter, today = read_filter(days), timezone.localdate()
    context = {
        "audit_filter": audit_filter,
        "statistics": compute_statistics(audit_filter),
        "spans": [
            (words, urlencode({"from": today - timedelta(days=days - 1), "to": today}))
            for words, days in PERIODS
        ],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if audit_filter.problems else HTTPStatus.OK
    return render(request, "sessions_ui/audit/statistics.html", context, status=status)
