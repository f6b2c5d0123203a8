"""What managers say of an entry: reviewed, flagged, a comment, opened again.

Whatever is said is a note in the audit; the flags only say how things stand now.
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
    """What may be said of an entry; also the second half of the note's action."""

    REVIEWED = "reviewed"
    FLAGGED = "flagged"
    COMMENTED = "commented"
    REOPENED = "reopened"


class Marked(StrEnum):
    """What became of saying it; nothing was recorded unless it is DONE."""

    DONE = "done"
    GONE = "gone"
    OWN = "own"
    ALREADY = "already"
    NEWER = "newer"
    NOT_REVIEWED = "not_reviewed"


@dataclass(frozen=True, slots=True)
class _Said:
    """Who says something of which entry, having seen the flags up to a number (None: all)."""

    actor: Actor
    first: AuditEntry
    upto: int | None

    @property
    def flags(self) -> "QuerySet[Flag]":
        return Flag.objects.filter(entry_id=self.first.id)

    @property
    def waiting(self) -> "QuerySet[Flag]":
        return self.flags.filter(closed_at__isnull=True)

    @property
    def seen(self) -> "QuerySet[Flag]":
        return self.waiting if self.upto is None else self.waiting.filter(pk__lte=self.upto)

    @property
    def reviewed(self) -> bool:
        """Whether a person has closed a flag of it."""
        return self.flags.exclude(closed_by="").exists()

    def put(self, cause: str, note: str, **closed: object) -> None:
        """A person's flag. An older one of that cause gives way, so that the number is new."""
        self.flags.filter(cause=cause).delete()
        Flag.objects.create(
            entry_id=self.first.id,
            cause=cause,
            session_key=self.first.session_key,
            actor_id=self.first.actor_id,
            note=note,
            raised_at=timezone.now(),
            raised_by=self.actor.label,
            **closed,
        )


def entry_mark(
    *, actor: Actor, entry_id: int, mark: Mark, note: str = "", upto: int | None = None
) -> Marked:
    """Say something of an edit, a refusal or an access, on record under the actor's name.

    ``upto``: the newest flag that the actor could see (`signs.Standing.upto`).
    """
    with transaction.atomic():
        first = _markable(entry_id)
        if first is None:
            return Marked.GONE
        said = _Said(actor, first, upto)
        hindrance = _HINDRANCE[mark](said)
        if hindrance:
            return hindrance
        kept = record_note(
            actor=actor,
            action=f"audit.{mark}",
            about=first.id,
            session_key=first.session_key,
            detail={"note": note} if note else {},
        )
        _EFFECT[mark](said, str(parse_detail(kept).get("note", "")))
    return Marked.DONE


def _markable(entry_id: int) -> AuditEntry | None:
    """The entry, where something can be said of it: not of a step, and not of a note."""
    if entry_id > LARGEST_ID:
        return None
    own = AuditEntry.objects.filter(id=entry_id, op__isnull=True)
    return own.exclude(kind=Kind.NOTE).first()


def _review_hindrance(said: _Said) -> Marked | None:
    """Four eyes: nobody reviews what they did themselves. And nobody what they have not seen."""
    if said.first.actor_id is not None and said.first.actor_id == said.actor.id:
        return Marked.OWN
    if said.seen.exists():
        return None
    if said.waiting.exists():
        return Marked.NEWER
    return Marked.ALREADY if said.reviewed else None


def _reopen_hindrance(said: _Said) -> Marked | None:
    return Marked.NOT_REVIEWED if said.waiting.exists() or not said.reviewed else None


def _review(said: _Said, note: str) -> None:
    closed = {"closed_at": timezone.now(), "closed_by": said.actor.label, "closing": note}
    if not said.seen.update(**closed):
        said.put(REOPENED, "", **closed)


_HINDRANCE: dict[Mark, Callable[[_Said], Marked | None]] = {
    Mark.REVIEWED: _review_hindrance,
    Mark.FLAGGED: lambda _: None,
    Mark.COMMENTED: lambda _: None,
    Mark.REOPENED: _reopen_hindrance,
}
_EFFECT: dict[Mark, Callable[[_Said, str], None]] = {
    Mark.REVIEWED: _review,
    Mark.FLAGGED: lambda said, note: said.put(FLAGGED, note),
    Mark.COMMENTED: lambda _said, _note: None,
    Mark.REOPENED: lambda said, note: said.put(REOPENED, note),
}
