"""Let managers mark an entry: reviewed, flagged, commented, or reopened.

Each mark is a note in the audit. The flags only hold the present state.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from sessions_ui.audit.entries.rows import parse_detail
from sessions_ui.audit.log.record import record_note
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.rules.review_causes import FLAGGED, REOPENED
from sessions_ui.domain.values.ids import LARGEST_ID
from sessions_ui.models import AuditEntry, Flag, Kind


class Mark(StrEnum):
    """The marks; each is also the second half of its note's action."""

    REVIEWED = "reviewed"
    FLAGGED = "flagged"
    COMMENTED = "commented"
    REOPENED = "reopened"


class MarkResult(StrEnum):
    """The result of a request to mark an entry. Nothing was recorded unless it is DONE."""

    DONE = "done"
    GONE = "gone"
    OWN = "own"
    ALREADY = "already"
    NEWER = "newer"
    NOT_REVIEWED = "not_reviewed"


@dataclass(frozen=True, slots=True)
class _MarkRequest:
    """The actor, the entry, and the newest flag that the actor has seen (None: all)."""

    actor: Actor
    entry: AuditEntry
    upto: int | None

    @property
    def flags(self) -> "QuerySet[Flag]":
        return Flag.objects.filter(entry_id=self.entry.id)

    @property
    def open_flags(self) -> "QuerySet[Flag]":
        return self.flags.filter(closed_at__isnull=True)

    @property
    def seen_flags(self) -> "QuerySet[Flag]":
        return self.open_flags if self.upto is None else self.open_flags.filter(pk__lte=self.upto)

    @property
    def reviewed(self) -> bool:
        """Whether a person has closed a flag of the entry."""
        return self.flags.exclude(closed_by="").exists()

    def create_flag(self, cause: str, note: str, **closed: object) -> None:
        """Create a person's flag. It replaces an older one of the same cause, so that its number
        is new and a page that was rendered before does not count as having shown it."""
        self.flags.filter(cause=cause).delete()
        Flag.objects.create(
            entry_id=self.entry.id,
            cause=cause,
            session_key=self.entry.session_key,
            actor_id=self.entry.actor_id,
            note=note,
            raised_at=timezone.now(),
            raised_by=self.actor.label,
            **closed,
        )


def mark_entry(
    *, actor: Actor, entry_id: int, mark: Mark, note: str = "", upto: int | None = None
) -> MarkResult:
    """Mark an edit, a refusal or an access, and record it under the actor's name.

    ``upto``: the newest flag that the actor's page could show (`status.EntryReview.upto`).
    """
    with transaction.atomic():
        entry = _find_markable(entry_id)
        if entry is None:
            return MarkResult.GONE
        request = _MarkRequest(actor, entry, upto)
        hindrance = _FIND_HINDRANCE[mark](request)
        if hindrance:
            return hindrance
        recorded = record_note(
            actor=actor,
            action=f"audit.{mark}",
            about=entry.id,
            session_key=entry.session_key,
            detail={"note": note} if note else {},
        )
        # The recorded note has no personal values, unlike the one that was typed.
        _APPLY[mark](request, str(parse_detail(recorded).get("note", "")))
    return MarkResult.DONE


def _find_markable(entry_id: int) -> AuditEntry | None:
    """The entry, if it can be marked: not a step of an edit, and not a note."""
    if entry_id > LARGEST_ID:
        return None
    entries = AuditEntry.objects.filter(id=entry_id, op__isnull=True)
    return entries.exclude(kind=Kind.NOTE).first()


def _review_hindrance(request: _MarkRequest) -> MarkResult | None:
    """Four eyes: nobody reviews their own entry, nor flags that they have not seen."""
    if request.entry.actor_id is not None and request.entry.actor_id == request.actor.id:
        return MarkResult.OWN
    if request.seen_flags.exists():
        return None
    if request.open_flags.exists():
        return MarkResult.NEWER
    return MarkResult.ALREADY if request.reviewed else None


def _reopen_hindrance(request: _MarkRequest) -> MarkResult | None:
    closed = request.reviewed and not request.open_flags.exists()
    return None if closed else MarkResult.NOT_REVIEWED


def _apply_review(request: _MarkRequest, note: str) -> None:
    closed = {"closed_at": timezone.now(), "closed_by": request.actor.label, "closing": note}
    if not request.seen_flags.update(**closed):
        request.create_flag(REOPENED, "", **closed)


_FIND_HINDRANCE: dict[Mark, Callable[[_MarkRequest], MarkResult | None]] = {
    Mark.REVIEWED: _review_hindrance,
    Mark.FLAGGED: lambda _: None,
    Mark.COMMENTED: lambda _: None,
    Mark.REOPENED: _reopen_hindrance,
}
_APPLY: dict[Mark, Callable[[_MarkRequest, str], None]] = {
    Mark.REVIEWED: _apply_review,
    Mark.FLAGGED: lambda request, note: request.create_flag(FLAGGED, note),
    Mark.COMMENTED: lambda _request, _note: None,
    Mark.REOPENED: lambda request, note: request.create_flag(REOPENED, note),
}
