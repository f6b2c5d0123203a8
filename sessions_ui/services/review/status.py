"""Return the review status of entries: for the page of one, the rows of a list, and the menu."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sessions_ui.domain.rules.review_causes import FLAGGED, WATCH, ReviewCause, review_cause
from sessions_ui.models import AuditEntry, Flag, Kind

MOST_COUNTED = 99


@dataclass(frozen=True, slots=True)
class ReviewStatus:
    """A status of review, with its tone, icon and label."""

    tone: str
    icon: str
    label: str


NEEDED = ReviewStatus("warn", "eye", "Needs a look")
RAISED = ReviewStatus("warn", "warn", "Flagged")
DONE = ReviewStatus("ok", "check", "Reviewed")


@dataclass(frozen=True, slots=True)
class RaisedCause:
    """One flag of an entry with its review cause."""

    flag: Flag
    cause: ReviewCause

    @property
    def is_open(self) -> bool:
        """Whether the flag is not closed yet."""
        return self.flag.closed_at is None

    @property
    def comment(self) -> str:
        """The title of the watch rule that triggered, or a person's words."""
        if self.cause.code == WATCH:
            return self.flag.note
        return f"{self.flag.raised_by}: “{self.flag.note}”" if self.flag.note else ""


@dataclass(frozen=True, slots=True)
class EntryReview:
    """The review of one entry. ``own``: the reader is its author, so somebody else reviews it.
    ``upto``: the newest flag when the page was rendered; later flags stay open."""

    causes: tuple[RaisedCause, ...]
    status: ReviewStatus | None
    own: bool
    upto: int

    @property
    def is_open(self) -> bool:
        """Whether a flag of the entry is not closed yet."""
        return any(cause.is_open for cause in self.causes)


def entry_review(entry: AuditEntry, reader_id: int | None) -> EntryReview | None:
    """The review of an entry for this reader; None for a note, which cannot be marked."""
    if entry.kind == Kind.NOTE:
        return None
    flags = list(Flag.objects.filter(entry_id=entry.id).order_by("raised_at", "id"))
    causes = tuple(RaisedCause(flag, review_cause(flag.cause)) for flag in flags)
    own = reader_id is not None and entry.actor_id == reader_id
    return EntryReview(causes, _choose_status(flags), own, newest_flag())


def newest_flag() -> int:
    """The number of the newest flag; a page that is rendered now shows no later one."""
    return Flag.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def review_statuses(ids: Iterable[int]) -> Mapping[int, ReviewStatus]:
    """The statuses of those of the entries that have one, with one query."""
    flags: dict[int, list[Flag]] = {}
    for flag in Flag.objects.filter(entry_id__in=list(ids)):
        flags.setdefault(flag.entry_id, []).append(flag)
    statuses = {id_: _choose_status(entry_flags) for id_, entry_flags in flags.items()}
    return {id_: status for id_, status in statuses.items() if status}


def _choose_status(flags: Iterable[Flag]) -> ReviewStatus | None:
    """None if no flag is open and no person closed one: an entry whose flags were closed
    automatically was not reviewed."""
    causes = {flag.cause for flag in flags if flag.closed_at is None}
    if causes:
        return RAISED if FLAGGED in causes else NEEDED
    return DONE if any(flag.closed_by for flag in flags) else None


def waiting_label() -> str:
    """The number of entries with open flags, for the menu: ``""`` for none, ``99+`` for many."""
    entries = Flag.objects.filter(closed_at__isnull=True).values("entry_id").distinct()
    count = entries[: MOST_COUNTED + 1].count()
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count or "")
