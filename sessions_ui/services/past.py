"""Looking back at one session: its history."""

from sessions_ui.audit.filters import AuditFilter
from sessions_ui.audit.timeline import Timeline, timeline_of


def session_timeline(*, chosen: AuditFilter, notes: bool) -> Timeline:
    """A page of one session's history. ``notes``: with what reviewers said, for who may read the
    audit."""
    return timeline_of(chosen, notes=notes)
