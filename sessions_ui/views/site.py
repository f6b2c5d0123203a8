"""Serve the pages around the features: the first page, the theme, and the health checks."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from sessions_ui.context_processors import THEMES, theme_cookie
from sessions_ui.roles import role_of
from sessions_ui.services.health import is_ready

FIRST_PAGES = {"Agent": "session_find", "Manager": "audit", "Administrator": "admin:index"}
YEAR = 365 * 24 * 60 * 60  # seconds


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Redirect to the page that a person's role needs first; without a role, 403 with the names of
    those who can help."""
    role = role_of(request.user)
    if not role:
        raise PermissionDenied
    return redirect(FIRST_PAGES[role])


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Store the chosen theme in a cookie and redirect to the page where it was chosen."""
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    response = redirect(back if safe else "home")
    chosen = request.POST.get("theme", "")
    if chosen not in dict(THEMES):
        return response
    if not chosen:
        response.delete_cookie(theme_cookie(), samesite="Lax")
        return response
    response.set_cookie(
        theme_cookie(),
        chosen,
        max_age=YEAR,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Redirect to the icon, for pages that name none (Django's admin) and for browsers that ask at
    the default address first."""
    return redirect(static("sessions_ui/favicon.svg"))


def _plain_text(word: str, status: int = HTTPStatus.OK) -> HttpResponse:
    return HttpResponse(f"{word}\n", content_type="text/plain", status=status)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer ``ok`` as long as the process runs."""
    return _plain_text("ok")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer ``ready`` when the database answers, is migrated and guards the audit; else 503."""
    if is_ready():
        return _plain_text("ready")
    return _plain_text("unready", HTTPStatus.SERVICE_UNAVAILABLE)
