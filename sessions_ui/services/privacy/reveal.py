"""Showing a person's values to whom may see them, once and never without a record."""

from django.db import transaction

from sessions_ui.audit.log.record import record_access, record_note
from sessions_ui.domain.actor import Actor
from sessions_ui.services.audit.search import EntryShown, audit_entry

REVEALED = "personal.revealed"


def personal_reveal(*, actor: Actor, entry_id: int, reason: str) -> EntryShown | None:
    """The edit or refusal with its personal values, after it was recorded that ``actor`` is shown
    them and why. None when there is no such entry, or nothing left that could be shown.

    Whatever stops the record is raised, and nothing is shown then.
    """
    masked = audit_entry(entry_id)
    fields = [one.spec.key for one in masked.story.row.changes if one.hides] if masked else []
    if masked is None or not fields:
        return None
    with transaction.atomic():
        record_note(
            actor=actor,
            action=REVEALED,
            about=entry_id,
            session_key=masked.story.row.entry.session_key,
            detail={"note": reason, "fields": fields},
        )
        # Once more where all that was read is listed, for who asks what a person has looked at.
        record_access(
            actor=actor,
            action=REVEALED,
            session_key=masked.story.row.entry.session_key,
            detail={"fields": fields, "entry": entry_id},
        )
    return audit_entry(entry_id, plain=True)
