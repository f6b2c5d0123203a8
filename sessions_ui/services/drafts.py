"""What an agent typed and could not send: kept a day, offered, never sent by itself."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from sessions_ui.domain.merge import merge
from sessions_ui.models import Draft

from .seen import read_seen
from .sheets import Sheet

KEPT = timedelta(hours=24)


def draft_keep(*, actor_id: int, session_key: str, typed: Mapping[str, str], seen: str) -> None:
    """Keep ``typed`` (by field key) and the signed ``seen`` it was typed on; one per person and
    session, the newest wins. Nothing typed keeps nothing."""
    if not typed:
        return
    Draft.objects.filter(kept_at__lt=timezone.now() - KEPT).delete()
    Draft.objects.update_or_create(
        actor_id=actor_id,
        session_key=session_key,
        defaults={"values": dict(typed), "seen": seen, "kept_at": timezone.now()},
    )


def draft_of(*, actor_id: int, session_key: str) -> Draft | None:
    """The person's draft for this session, at most a day old."""
    fresh = Draft.objects.filter(kept_at__gte=timezone.now() - KEPT)
    return fresh.filter(actor_id=actor_id, session_key=session_key).first()


def draft_drop(*, actor_id: int, session_key: str) -> None:
    """Forget the draft: it was sent, or its author does not want it."""
    Draft.objects.filter(actor_id=actor_id, session_key=session_key).delete()


def sheet_restored(sheet: Sheet, draft: Draft) -> Sheet:
    """The sheet with the draft typed into it, merged from what its author saw then."""
    then = read_seen(draft.seen, draft.session_key, draft.actor_id)
    merges = merge(then.texts if then else sheet.texts, sheet.texts, draft.values)
    return replace(sheet, typed=draft.values, merges=merges)
