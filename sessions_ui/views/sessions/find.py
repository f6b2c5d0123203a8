"""Find a session by its key, alone or inside pasted text."""

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from sessions_ui.permissions import VIEW_SESSIONS, requires
from sessions_ui.services.sessions.recent import recent_sessions, sandbox_sessions

KEY = re.compile(r"[A-Z0-9-]{3,40}")
OUR_LINK = re.compile(r"/sessions/([A-Z0-9-]{3,40})(?![A-Za-z0-9-])")
# PAVE's keys as in its manual: an account prefix, a dash, ten capitals and digits.
KEY_IN_TEXT = re.compile(r"(?<![A-Za-z0-9-])[A-Z][A-Z0-9]{1,7}-[A-Z0-9]{6,31}(?![A-Za-z0-9-])")
# What people have at hand and may paste, but is no key: a phone number, a VIN.
NO_KEY = re.compile(r"[0-9-]+|[A-HJ-NPR-Z0-9]{17}")


def session_keys_in(text: str) -> list[str]:
    """The session keys in a text, in order, each once.

    A text that is nothing but a key counts even in lower case, where it has the shape of PAVE's
    keys. Inside a link or a message only that shape counts, or a link to our own pages.
    """
    text = text.strip()
    if KEY.fullmatch(text) and not NO_KEY.fullmatch(text):
        return [text]
    if KEY_IN_TEXT.fullmatch(text.upper()):
        return [text.upper()]
    return list(dict.fromkeys([*OUR_LINK.findall(text), *KEY_IN_TEXT.findall(text)]))


@requires(VIEW_SESSIONS)
@require_safe
def find_session(request: HttpRequest) -> HttpResponse:
    """Go to the one session whose key was typed or pasted; otherwise offer sessions to open."""
    typed = request.GET.get("q", "").strip()
    keys = session_keys_in(typed)
    if len(keys) == 1:
        return redirect("session", session_key=keys[0])
    context = {
        "typed": typed,
        "keys": keys,
        "recent_sessions": recent_sessions(request.user.pk),
        "sandbox": sandbox_sessions(),
    }
    return render(request, "sessions_ui/sessions/find.html", context)
