"""Reading the audit. Who reads it is itself on record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from sessions_ui.audit.filters import LARGEST_ID, AuditFilter, filter_read
from sessions_ui.audit.masking import scrub
from sessions_ui.audit.matching import Search, bounds_of
from sessions_ui.audit.query import Page, entries_page
from sessions_ui.audit.record import Actor, record_access
from sessions_ui.audit.standing import Standing, standing_of
from sessions_ui.audit.story import Story, first_of, story_of
from sessions_ui.models import AuditEntry

SEARCH = "audit.search"
MOST_PEOPLE = 500
MOST_NEWER = 100
HELD_BACK = "(not kept)"


@dataclass(frozen=True)
class EntryShown:
    """An edit's whole story, and how each of its entries stands against its seal."""

    story: Story
    standings: Sequence[Standing]

    @property
    def first(self) -> Standing:
        """Of the intent."""
        return self.standings[0]

    @property
    def last(self) -> Standing:
        """Of the latest step: sealed when all before it are."""
        return self.standings[-1]

    @property
    def sound(self) -> bool:
        """Whether every step is as it was written."""
        return all(standing.agrees for standing in self.standings)


def audit_filter(params: Mapping[str, str]) -> AuditFilter:
    """The question in GET parameters; what cannot be read is a sentence in its ``problems``."""
    return filter_read(params, find_person=person_id, now=timezone.now())


def audit_entry(entry_id: int, *, plain: bool = False) -> EntryShown | None:
    """The edit, refusal or access with this number; None when there is none, or it is a step.
    ``plain`` shows personal values: only `personal.personal_reveal` asks for that."""
    story = story_of(entry_id, plain=plain) if entry_id <= LARGEST_ID else None
    if story is None:
        return None
    return EntryShown(story, [standing_of(step.entry) for step in story.steps])


def edit_of_step(entry_id: int) -> int | None:
    """The number of the edit that an entry is a step of."""
    return first_of(entry_id) if entry_id <= LARGEST_ID else None


def person_id(username: str) -> int | None:
    """The number of the person with this user name."""
    people = User.objects.filter(username__iexact=username)
    return people.values_list("pk", flat=True).first()


def people_listed() -> list[tuple[str, str]]:
    """User name and name of everyone who has a role, for the list of people to choose from."""
    found = User.objects.filter(groups__isnull=False).distinct().order_by("first_name", "username")
    return [(one.username, one.get_full_name() or one.username) for one in found[:MOST_PEOPLE]]


def audit_search(*, actor: Actor, chosen: AuditFilter) -> Page:
    """One page of the audit. A question with filters is a search and is recorded, once: turning
    its pages is not."""
    page = entries_page(chosen)
    if chosen.active and not chosen.problems and chosen.before is None and chosen.after is None:
        with transaction.atomic():
            record_access(
                actor=actor,
                action=SEARCH,
                session_key=chosen.session,
                detail={"filter": asked(chosen), "count": page.count_label},
            )
    return page


def newest_seen(page: Page) -> int:
    """The newest entry that can have been there when the page was drawn."""
    if page.rows and page.chosen.before is None and page.chosen.after is None:
        return page.rows[0].entry.id
    return AuditEntry.objects.aggregate(last=Max("id"))["last"] or 0


def entries_newer(chosen: AuditFilter, than: int) -> int:
    """How many entries of the answer are newer than this one; counting stops at `MOST_NEWER`."""
    _, high = bounds_of(chosen)
    return Search(chosen, (than + 1, high)).counted(MOST_NEWER)


def asked(chosen: AuditFilter) -> Mapping[str, str]:
    """The filters as the record may keep them: a value looked for can be personal."""
    told = {name: scrub(text) for name, text in chosen.active.items()}
    if chosen.value:
        told["value"] = HELD_BACK
    if chosen.since and chosen.windowed:
        told["from"] = chosen.since.isoformat(timespec="seconds")
    return told
