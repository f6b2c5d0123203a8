"""How entries stand in review: for the page of one, for the rows of a list, for the bar."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sessions_ui.domain.rules.review_causes import FLAGGED, WATCH, ReviewCause, review_cause
from sessions_ui.models import AuditEntry, Flag, Kind

MOST_COUNTED = 99


@dataclass(frozen=True, slots=True)
class ReviewStatus:
    """How an entry stands in review, in a word."""

    tone: str
    icon: str
    label: str


NEEDED = ReviewStatus("warn", "eye", "Needs a look")
RAISED = ReviewStatus("warn", "warn", "Flagged")
DONE = ReviewStatus("ok", "check", "Reviewed")


@dataclass(frozen=True, slots=True)
class Cause:
    """One flag of an entry with its words; what nobody has closed yet is open."""

    flag: Flag
    look: ReviewCause

    @property
    def is_open(self) -> bool:
        """Whether it still waits for a look."""
        return self.flag.closed_at is None

    @property
    def said(self) -> str:
        """What goes with it: the rule that caught the edit, or a person's words."""
        if self.look.code == WATCH:
            return self.flag.note
        return f"{self.flag.raised_by}: “{self.flag.note}”" if self.flag.note else ""


@dataclass(frozen=True, slots=True)
class EntryReview:
    """How one entry stands in review. ``own``: the reader did it, so somebody else reviews it.
    ``upto`` goes back with the form: what was raised later was not seen and stays open."""

    causes: tuple[Cause, ...]
    sign: ReviewStatus | None
    own: bool
    upto: int

    @property
    def is_open(self) -> bool:
        """Whether something of it waits for a look."""
        return any(cause.is_open for cause in self.causes)


def entry_review(entry: AuditEntry, reader_id: int | None) -> EntryReview | None:
    """How this entry stands for this reader; None for a note, of which nothing can be said."""
    if entry.kind == Kind.NOTE:
        return None
    flags = list(Flag.objects.filter(entry_id=entry.id).order_by("raised_at", "id"))
    causes = tuple(Cause(flag, review_cause(flag.cause)) for flag in flags)
    own = reader_id is not None and entry.actor_id == reader_id
    return EntryReview(causes, _sign(flags), own, newest_flag())


def newest_flag() -> int:
    """The number of the newest flag: what a page drawn now can have shown."""
    return Flag.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def review_statuses(ids: Iterable[int]) -> Mapping[int, ReviewStatus]:
    """The signs of the entries that have one: one query, however many there are."""
    found: dict[int, list[Flag]] = {}
    for flag in Flag.objects.filter(entry_id__in=list(ids)):
        found.setdefault(flag.entry_id, []).append(flag)
    signs = {id_: _sign(flags) for id_, flags in found.items()}
    return {id_: sign for id_, sign in signs.items() if sign}


def _sign(flags: Iterable[Flag]) -> ReviewStatus | None:
    """A flag that went by itself leaves no sign: nobody has looked."""
    waiting = {flag.cause for flag in flags if flag.closed_at is None}
    if waiting:
        return RAISED if FLAGGED in waiting else NEEDED
    return DONE if any(flag.closed_by for flag in flags) else None


def waiting_label() -> str:
    """How many entries need a look, as the bar says it: ``""`` for none, ``99+`` for many."""
    waiting = Flag.objects.filter(closed_at__isnull=True).values("entry_id").distinct()
    count = waiting[: MOST_COUNTED + 1].count()
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count or "")
