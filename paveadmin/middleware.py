"""Log every request, end and renew log-ins, and add the 404 page and the content policy."""

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict
from http import HTTPStatus

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import InternalError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from paveadmin.errors import not_found
from paveadmin.logs import redact

logger = logging.getLogger("paveadmin.request")
GetResponse = Callable[[HttpRequest], HttpResponse]
BEGAN, RENEWED = "log_in_began", "log_in_renewed"
RENEW_AFTER = 60  # seconds by which an idle log-in may end too early
USER_ID = "paveadmin.user_id"  # key in META; no browser can send it, as headers become HTTP_…
UNATTENDED_VIEWS = frozenset({"audit_newer"})  # pages call these while nobody is at the keyboard


class SessionRenewalMiddleware(SessionMiddleware):
    """Django's sessions, renewed at most once a minute, so that reading pages hardly ever writes.

    A database that takes no writes does not turn a page into a bare 400: the page is sent as the
    view made it, only the log-in's idle time is not renewed. UNATTENDED_VIEWS do not renew it.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save the session with the response, as Django does. Raises SessionInterrupted when the
        log-in was ended meanwhile."""
        if request.resolver_match and request.resolver_match.view_name in UNATTENDED_VIEWS:
            return response
        _renew(request.session)
        try:
            return super().process_response(request, response)
        except SessionInterrupted as interrupted:
            if _is_write_failure(interrupted):
                logger.exception("session not saved")
                return response
            raise


def _renew(session: SessionBase) -> None:
    """Mark a session that was used as changed, unless that was done within the last minute."""
    now = time.time()
    if session.accessed and not session.is_empty() and now - session.get(RENEWED, 0) > RENEW_AFTER:
        session[RENEWED] = now


def _is_write_failure(error: BaseException | None) -> bool:
    while error and not isinstance(error, OperationalError | InternalError):
        error = error.__context__
    return error is not None


class RequestLogMiddleware:
    """Give every request an id, `request.request_id`, and log one line about it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Log the line, without query and session key, and send the id as X-Request-ID."""
        request_id = uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        started = time.monotonic()
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        logger.info(
            "request",
            extra={
                "request_id": request_id,
                "user_id": request.META.get(USER_ID),
                "method": request.method,
                "path": redact(request.path),
                "status": response.status_code,
                "ms": round((time.monotonic() - started) * 1000),
            },
        )
        return response


class LoginLifetimeMiddleware:
    """End a log-in SESSION_ABSOLUTE_AGE after it began, and keep its pages out of every cache.

    The age of Django's cookie ends an idle one.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Log out a person whose log-in is too old before the view runs."""
        if request.user.is_authenticated:
            now = time.time()
            if now - request.session.setdefault(BEGAN, now) > settings.SESSION_ABSOLUTE_AGE:
                logout(request)
        request.META[USER_ID] = request.user.pk
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response


class NotFoundPageMiddleware:
    """Show our 404 page in development too, where Django would show its technical one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; `process_exception` does the work."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Give the 404 page for an Http404, and leave any other exception to Django."""
        return not_found(request) if isinstance(exception, Http404) else None


class ContentPolicyMiddleware(CSPMiddleware):
    """Send the content policy with every page, our 404 page in development included.

    django-csp leaves 404 and 500 out there, for the sake of Django's technical pages.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Add the policy to a 404 without one."""
        response = super().process_response(request, response)
        if response.status_code == HTTPStatus.NOT_FOUND and HEADER not in response:
            response[HEADER] = build_policy(**asdict(self.get_policy_parts(request, response)))
        return response
