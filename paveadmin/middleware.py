"""What every request goes through: a log line, the ends of a log-in, and the house's own 404."""

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
from paveadmin.logs import quiet

logger = logging.getLogger("paveadmin.request")
Answer = Callable[[HttpRequest], HttpResponse]
BEGAN, RENEWED = "log_in_began", "log_in_renewed"
RENEW_AFTER = 60  # seconds, so much sooner an idle log-in may end
PERSON = "paveadmin.person"  # where META keeps the person's number; no browser can send it


class SteadySessions(SessionMiddleware):
    """Django's sessions, but a database that takes no writes does not turn a page into a bare 400.

    The page then stands as the view made it; only the log-in's idle time is not renewed. Neither
    is it by what a page asks by itself while nobody is there: an answer marked ``by_itself``. It
    is renewed once a minute at most, so that reading pages hardly ever writes.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save the session with the response, as Django does. Raises SessionInterrupted when the
        log-in was ended meanwhile."""
        if getattr(response, "by_itself", False):
            return response
        _renew(request.session)
        try:
            return super().process_response(request, response)
        except SessionInterrupted as interrupted:
            if _takes_no_writes(interrupted):
                logger.exception("session not saved")
                return response
            raise


def _renew(session: SessionBase) -> None:
    """Mark a session that was used as changed, unless that was done within the last minute."""
    now = time.time()
    if session.accessed and not session.is_empty() and now - session.get(RENEWED, 0) > RENEW_AFTER:
        session[RENEWED] = now


def _takes_no_writes(error: BaseException | None) -> bool:
    while error and not isinstance(error, OperationalError | InternalError):
        error = error.__context__
    return error is not None


class RequestLine:
    """Give every request a number, `request.request_id`, and write one line about it."""

    def __init__(self, get_response: Answer) -> None:
        """Take the next in the row."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and write the line: no query, no session key. The number goes out with it."""
        number = uuid.uuid4().hex
        request.request_id = number  # type: ignore[attr-defined]
        began = time.monotonic()
        response = self.get_response(request)
        response["X-Request-ID"] = number
        logger.info(
            "request",
            extra={
                "request_id": number,
                "user_id": request.META.get(PERSON),
                "method": request.method,
                "path": quiet(request.path),
                "status": response.status_code,
                "ms": round((time.monotonic() - began) * 1000),
            },
        )
        return response


class SignedIn:
    """End a log-in after its longest time, and keep signed-in pages out of every cache.

    The idle end is the age of Django's cookie; the longest time counts from the log-in.
    """

    def __init__(self, get_response: Answer) -> None:
        """Take the next in the row."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Log out a person whose log-in is too old, then answer."""
        if request.user.is_authenticated:
            now = time.time()
            if now - request.session.setdefault(BEGAN, now) > settings.SESSION_ABSOLUTE_AGE:
                logout(request)
        request.META[PERSON] = request.user.pk
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response


class HouseNotFound:
    """Show the house's 404 page in development too, where Django would show its technical one."""

    def __init__(self, get_response: Answer) -> None:
        """Take the next in the row."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; the work is in process_exception."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Give the 404 page for what a view did not find; everything else goes on as it is."""
        return not_found(request) if isinstance(exception, Http404) else None


class PagePolicy(CSPMiddleware):
    """Send the content policy with every page of ours.

    django-csp leaves out 404 and 500 in development, for Django's technical pages; our 404 is ours
    there too.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Add the policy where django-csp did not."""
        response = super().process_response(request, response)
        if response.status_code == HTTPStatus.NOT_FOUND and HEADER not in response:
            response[HEADER] = build_policy(**asdict(self.get_policy_parts(request, response)))
        return response
