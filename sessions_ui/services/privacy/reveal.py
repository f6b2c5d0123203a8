"""Show the personal values of one entry, after recording who sees them and why."""

from django.db import transaction

from sessions_ui.audit.log.record import record_access, record_note
from sessions_ui.domain.actor import Actor
from sessions_ui.services.audit.search import VerifiedEntry, load_verified_entry

REVEALED = "personal.revealed"


def reveal_values(*, actor: Actor, entry_id: int, reason: str) -> VerifiedEntry | None:
    """Record that the actor sees the personal values of an edit or refusal, and return it.

    None when there is no such entry, or no personal value is left. Exceptions of the recording are
    not caught, so nothing is shown without a record.
    """
    masked = load_verified_entry(entry_id)
    if masked is None:
        return None
    row = masked.detail.row
    fields = [change.spec.key for change in row.changes if change.hides]
    if not fields:
        return None
    session_key = row.entry.session_key
    with transaction.atomic():
        record_note(
            actor=actor,
            action=REVEALED,
            about=entry_id,
            session_key=session_key,
            detail={"note": reason, "fields": fields},
        )
        # A second entry, of the kind that the list of a person's accesses shows.
        record_access(
            actor=actor,
            action=REVEALED,
            session_key=session_key,
            detail={"fields": fields, "entry": entry_id},
        )
    return load_verified_entry(entry_id, plain=True)
