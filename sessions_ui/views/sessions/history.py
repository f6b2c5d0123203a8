"""Show the history of one session, and the session as it stood at a moment; values are masked."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from sessions_ui.audit.history.state_at import FieldState, SessionState
from sessions_ui.audit.history.timeline import build_timeline
from sessions_ui.domain.catalogue import SECTIONS
from sessions_ui.forms.audit_filter import read_filter
from sessions_ui.pave.errors import PaveKeyError, PaveNotFound
from sessions_ui.permissions import READ_AUDIT, VIEW_HISTORY, requires
from sessions_ui.roles import actor_of
from sessions_ui.services.audit.search import record_history_seen
from sessions_ui.services.sessions.history import session_state_at

from .render import session_unknown

OLDEST_YEAR = 2000
_LABELS = {section.name: section.label for section in SECTIONS}


@requires(VIEW_HISTORY)
@require_safe
def timeline(request: HttpRequest, session_key: str) -> HttpResponse:
    """Show what was changed or tried on one session, with its outcome, and what PAVE reported."""
    chosen = read_filter({**request.GET.dict(), "session": session_key})
    if "session" in chosen.problems or chosen.session != session_key:
        raise Http404
    shown = build_timeline(chosen, notes=request.user.has_perm(READ_AUDIT))
    authors = {row.entry.actor_id for row in shown.page.rows}
    record_history_seen(actor=actor_of(request), session_key=session_key, authors=authors)
    context = {"session_key": session_key, "timeline": shown, "page": shown.page}
    return render(request, "sessions_ui/sessions/history.html", context)


@dataclass(frozen=True)
class MomentChoice:
    """The moment that a person asked for (None: now), or the problem with it."""

    at: datetime | None = None
    problem: str = ""


def parse_moment(text: str) -> MomentChoice:
    """Read ``?at=``: ISO 8601, in the local zone where it names none; empty is now."""
    if not text:
        return MomentChoice()
    try:
        # A "+" in a query string arrives as a space.
        moment = datetime.fromisoformat(text.strip().replace(" ", "+"))
        at = moment if moment.tzinfo else timezone.make_aware(moment)
        timezone.localtime(at)  # overflows at the ends of the calendar
    except (ValueError, OverflowError):
        return MomentChoice(None, f"“{text[:60]}” is not a moment. Write it as 2026-01-31T14:05.")
    if at.year < OLDEST_YEAR:
        return MomentChoice(None, "PAVE has no sessions from so long ago. Choose a later moment.")
    if at > timezone.now():
        return MomentChoice(None, "That moment is still to come. Choose an earlier one.")
    return MomentChoice(at)


@requires(VIEW_HISTORY)
@require_safe
def state_at(request: HttpRequest, session_key: str) -> HttpResponse:
    """Show one session at a moment: each value, the facts behind it, and whether it was locked."""
    choice = parse_moment(request.GET.get("at", ""))
    try:
        shown = session_state_at(session_key, choice.at)
    except (PaveKeyError, PaveNotFound):
        return session_unknown(request, session_key)
    record_history_seen(actor=actor_of(request), session_key=session_key, authors=shown.authors)
    local = timezone.localtime(shown.state.at)
    context = {
        "session_key": session_key,
        "choice": choice,
        "state_at": shown,
        "session_state": shown.state,
        "sections": _sections(shown.state),
        "zone": local.tzname(),
        "local": f"{local:%Y-%m-%dT%H:%M:%S}",
    }
    return render(request, "sessions_ui/sessions/state_at.html", context)


def _sections(state: SessionState) -> list[tuple[str, list[FieldState]]]:
    """The fields by section, with the section's label."""
    by_section = groupby(state.fields, key=lambda field: field.spec.section)
    return [(_LABELS[name], list(fields)) for name, fields in by_section]
