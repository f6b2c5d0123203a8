"""Opening and finding sessions, and holding what was typed against PAVE as it is now."""

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError, transaction
from django.utils import timezone

from sessions_ui.audit.log.record import record_access
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.snapshot import Snapshot
from sessions_ui.models import AuditEntry, RecentSession
from sessions_ui.pave.errors import PaveError, PaveNotFound
from sessions_ui.services.sessions.observations import record_observation
from sessions_ui.services.sessions.pave_reads import (
    cache_snapshot,
    cached_snapshot,
    read_snapshot,
)

from .drafts import save_form_draft
from .form_data import FormData
from .form_state import FormState, form_state_of
from .form_token import FormToken
from .refusals import record_locked_fields
from .settle import check_late_effects, find_open_edit, settle_edit

SEEN = "personal.seen"
SEEN_ONCE_IN = timedelta(hours=1)


def open_session(*, actor: Actor, session_key: str, may_edit: bool) -> FormState:
    """The session as PAVE holds it now, with every field's verdict; settles an unknown edit.

    Raises PaveKeyError for what cannot be a key and PaveNotFound where PAVE knows no such session;
    any other fault of PAVE gives a sheet without a snapshot, all locked.
    """
    try:
        snapshot = read_snapshot(session_key)
    except PaveNotFound:
        raise
    except PaveError as fault:
        pending = find_open_edit(session_key)
        return form_state_of(
            session_key=session_key,
            snapshot=None,
            may_edit=may_edit,
            pending=pending,
            fault=fault,
            last_read=cached_snapshot(session_key),
        )
    record_observation(snapshot)
    pending = find_open_edit(session_key)
    if pending and settle_edit(pending, snapshot):
        pending = find_open_edit(session_key)
    check_late_effects(snapshot)
    _note_visit(actor, snapshot)
    return form_state_of(
        session_key=session_key, snapshot=snapshot, may_edit=may_edit, pending=pending
    )


def review_edit(
    *,
    actor: Actor,
    session_key: str,
    seen: FormToken | None,
    posted: FormData,
    may_edit: bool = True,
) -> FormState:
    """A fresh read merged with what the agent saw and typed; locked fields posted are recorded, and
    what was typed is kept, whatever becomes of the page.

    Raises PaveNotFound and PaveKeyError; without a valid ``seen`` nothing counts as seen, so what
    was typed is compared with PAVE as it is now.
    """
    try:
        snapshot, fault = read_snapshot(session_key), None
        record_observation(snapshot)
    except PaveNotFound:
        raise
    except PaveError as error:
        snapshot, fault = None, error
    pending = find_open_edit(session_key)
    if pending and snapshot and settle_edit(pending, snapshot):
        pending = find_open_edit(session_key)
    form_state = form_state_of(
        session_key=session_key,
        snapshot=snapshot,
        may_edit=may_edit,
        pending=pending,
        seen=seen.texts if seen else None,
        typed=posted.typed,
        unknown_names=posted.unknown_names,
        fault=fault,
        reverts=posted.reverts,
    )
    if snapshot is None:
        save_form_draft(actor, form_state, posted, nonce=seen.nonce if seen else "")
    elif seen:
        if form_state.refused or form_state.unknown_names:
            record_locked_fields(actor, form_state)
        with suppress(DatabaseError, InterfaceError):  # a review promises nothing
            save_form_draft(actor, form_state, posted, nonce=seen.nonce)
    return form_state


def _note_visit(actor: Actor, snapshot: Snapshot) -> None:
    """Who opened which session: the person's own list, PAVE's word for when it is away, and, once
    an hour, that personal values were shown."""
    now = timezone.now()
    with transaction.atomic():
        cache_snapshot(snapshot)
        RecentSession.objects.update_or_create(
            actor_id=actor.id,
            session_key=snapshot.session_key,
            defaults={
                "at": now,
                "status": snapshot.raw_status[:20],
                "vehicle": snapshot.vehicle_label[:120],
            },
        )
        if not _seen_since(actor, snapshot.session_key, now - SEEN_ONCE_IN):
            record_access(actor=actor, action=SEEN, session_key=snapshot.session_key)


def _seen_since(actor: Actor, session_key: str, since: datetime) -> bool:
    seen = AuditEntry.objects.filter(session_key=session_key, action=SEEN, actor_id=actor.id)
    return seen.filter(ts__gte=since).exists()
