"""Looking back at one session: its history on one line of time, and how it stood at a moment. Only
ever read; personal values are masked."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from sessions_ui.domain.catalogue import SECTIONS
from sessions_ui.pave.errors import PaveKeyError, PaveNotFound
from sessions_ui.permissions import READ_AUDIT, VIEW_HISTORY, requires
from sessions_ui.roles import actor_of
from sessions_ui.services.audit.search import audit_filter, history_seen
from sessions_ui.services.sessions.history import Past, session_past, session_timeline

from .render import session_unknown

OLDEST = 2000
_LABELS = {section.name: section.label for section in SECTIONS}


@requires(VIEW_HISTORY)
@require_safe
def history(request: HttpRequest, session_key: str) -> HttpResponse:
    """What was changed or tried on one session, what became of it, and what PAVE reported."""
    chosen = audit_filter({**request.GET.dict(), "session": session_key})
    if "session" in chosen.problems or chosen.session != session_key:
        raise Http404
    timeline = session_timeline(chosen=chosen, notes=request.user.has_perm(READ_AUDIT))
    authors = {row.entry.actor_id for row in timeline.page.rows}
    history_seen(actor=actor_of(request), session_key=session_key, authors=authors)
    context = {"session_key": session_key, "timeline": timeline, "page": timeline.page}
    return render(request, "sessions_ui/sessions/history.html", context)


@dataclass(frozen=True)
class Asked:
    """The moment that was asked for (None: now), or why it cannot be shown."""

    at: datetime | None = None
    problem: str = ""


def asked_of(text: str) -> Asked:
    """The moment in ``?at=``: ISO 8601, in the house's zone where it names none; nothing is now."""
    if not text:
        return Asked()
    try:
        found = datetime.fromisoformat(text.strip().replace(" ", "+"))
        at = found if found.tzinfo else timezone.make_aware(found)
        timezone.localtime(at)
    except (ValueError, OverflowError):
        return Asked(None, f"“{text[:60]}” is not a moment. Write it as 2026-01-31T14:05.")
    if at.year < OLDEST:
        return Asked(None, "PAVE has no sessions from so long ago. Choose a later moment.")
    if at > timezone.now():
        return Asked(None, "That moment is still to come. Choose an earlier one.")
    return Asked(at)


@requires(VIEW_HISTORY)
@require_safe
def past(request: HttpRequest, session_key: str) -> HttpResponse:
    """One session as it stood at a moment: each value, where it is known from, and whether it could
    be changed then."""
    asked = asked_of(request.GET.get("at", ""))
    try:
        shown = session_past(session_key=session_key, at=asked.at)
    except (PaveKeyError, PaveNotFound):
        return session_unknown(request, session_key)
    history_seen(actor=actor_of(request), session_key=session_key, authors=shown.authors)
    local = timezone.localtime(shown.moment.at)
    context = {
        "session_key": session_key,
        "asked": asked,
        "past": shown,
        "moment": shown.moment,
        "sections": _sections(shown),
        "zone": local.tzname(),
        "local": f"{local:%Y-%m-%dT%H:%M:%S}",
    }
    return render(request, "sessions_ui/sessions/state_at.html", context)


def _sections(shown: Past) -> list[tuple[str, list[object]]]:
    by_section = groupby(shown.moment.fields, key=lambda one: one.spec.section)
    return [(_LABELS[name], list(fields)) for name, fields in by_section]
