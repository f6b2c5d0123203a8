"""Record in the audit that somebody was shown the personal values of a session."""

from django.db import transaction
from django.utils import timezone

from sessions_ui.audit.log.record import RECORD_AGAIN_AFTER, record_access
from sessions_ui.domain.actor import Actor
from sessions_ui.models import AuditEntry

PERSONAL_SEEN = "personal.seen"


def record_session_seen(actor: Actor, session_key: str) -> None:
    """Record, once an hour per person and session, that the session page was shown.

    Must be called inside a transaction.
    """
    seen = AuditEntry.objects.filter(
        session_key=session_key, action=PERSONAL_SEEN, actor_id=actor.person_id
    )
    if not seen.filter(ts__gte=timezone.now() - RECORD_AGAIN_AFTER).exists():
        record_access(actor=actor, action=PERSONAL_SEEN, session_key=session_key)


def record_revert_seen(actor: Actor, session_key: str, *, reverts: int, fields: list[str]) -> None:
    """Record that the review of a revert showed the earlier values of these personal fields, which
    lists mask."""
    if not fields:
        return
    with transaction.atomic():
        record_access(
            actor=actor,
            action=PERSONAL_SEEN,
            session_key=session_key,
            detail={"reverts": reverts, "fields": fields},
        )
