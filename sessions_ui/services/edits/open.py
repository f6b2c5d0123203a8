"""Open a session: read it from PAVE, settle its edits from what was read, and note the visit."""

from django.db import transaction

from sessions_ui.domain.actor import Actor
from sessions_ui.domain.snapshot import Snapshot
from sessions_ui.pave.errors import PaveError, PaveNotFound
from sessions_ui.services.sessions.observations import record_observation
from sessions_ui.services.sessions.pave_reads import (
    cache_snapshot,
    cached_snapshot,
    read_snapshot,
)
from sessions_ui.services.sessions.personal_access import record_session_seen
from sessions_ui.services.sessions.recent import record_visit

from .form_state import FormState, SessionRead, form_state_of
from .settle import check_late_effects, find_open_edit, settle_open_edit


def open_session(*, actor: Actor, session_key: str, may_edit: bool) -> FormState:
    """Return the form state of the session as PAVE holds it now.

    Raises PaveKeyError for what cannot be a key, and PaveNotFound where PAVE knows no such session.
    Any other fault of PAVE gives a state without a snapshot, in which every field is locked.
    """
    try:
        snapshot = read_snapshot(session_key)
    except PaveNotFound:
        raise
    except PaveError as fault:
        pending = find_open_edit(session_key)
        read = SessionRead(fault=fault, last_read=cached_snapshot(session_key))
        return form_state_of(session_key, read, may_edit=may_edit, pending=pending)
    record_observation(snapshot)
    pending = settle_open_edit(session_key, snapshot)
    check_late_effects(snapshot)
    _record_visit(actor, snapshot)
    return form_state_of(session_key, SessionRead(snapshot), may_edit=may_edit, pending=pending)


def _record_visit(actor: Actor, snapshot: Snapshot) -> None:
    """Cache what PAVE said for when it cannot be read, and record who was shown it."""
    with transaction.atomic():
        cache_snapshot(snapshot)
        record_visit(actor, snapshot)
        record_session_seen(actor, snapshot.session_key)
