"""What an agent typed and could not send: kept a day, offered, never sent by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils import timezone

from sessions_ui.domain.merge import merge
from sessions_ui.models import Draft

from .cipher import decrypt, encrypt
from .seen import read_seen
from .sheets import Sheet

KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Typed:
    """A draft, opened: what was typed by field key, on which signed page, the reason's inputs if
    they were given, when, and which edit was being taken back."""

    typed: Mapping[str, str]
    seen: str
    reason: Mapping[str, str]
    kept_at: datetime
    reverts: int = 0


def draft_keep(
    *,
    actor_id: int,
    session_key: str,
    typed: Mapping[str, str],
    seen: str = "",
    reason: Mapping[str, str] | None = None,
    reverts: int = 0,
) -> None:
    """Keep ``typed`` (by field key), the signed ``seen`` it was typed on and the ``reason``'s
    inputs; one per person and session, the newest wins. Nothing typed keeps nothing."""
    drafts_expire()
    if not typed:
        return
    Draft.objects.update_or_create(
        actor_id=actor_id,
        session_key=session_key,
        defaults={
            "sealed": encrypt(
                {
                    "typed": dict(typed),
                    "seen": seen,
                    "reason": dict(reason or {}),
                    "reverts": reverts,
                }
            ),
            "kept_at": timezone.now(),
        },
    )


def drafts_expire() -> None:
    """Forget what is older than a day."""
    Draft.objects.filter(kept_at__lt=timezone.now() - KEPT).delete()


def draft_of(*, actor_id: int, session_key: str) -> Typed | None:
    """The person's draft for this session, at most a day old."""
    fresh = Draft.objects.filter(kept_at__gte=timezone.now() - KEPT)
    row = fresh.filter(actor_id=actor_id, session_key=session_key).first()
    kept = decrypt(row.sealed) if row else None
    return Typed(**kept, kept_at=row.kept_at) if kept else None


def draft_drop(*, actor_id: int, session_key: str) -> None:
    """Forget the draft: it was sent, or its author does not want it."""
    Draft.objects.filter(actor_id=actor_id, session_key=session_key).delete()


def sheet_restored(sheet: Sheet, draft: Typed, actor_id: int) -> Sheet:
    """The sheet with the draft typed into it, merged from what its author saw then."""
    then = read_seen(draft.seen, sheet.session_key, actor_id)
    merges = merge(then.texts if then else sheet.texts, sheet.texts, draft.typed)
    reverts = draft.reverts or (then.reverts if then else 0)
    return replace(sheet, typed=draft.typed, merges=merges, reverts=reverts)
