"""Reading the audit. Who reads it is itself on record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from sessions_ui.audit.entries.detail import EntryDetail, find_edit_of_step, load_entry_detail
from sessions_ui.audit.integrity.verify_entry import EntryVerification, verify_entry
from sessions_ui.audit.log.index_terms import WORD, keyed_hash, split_words
from sessions_ui.audit.log.record import RECORD_AGAIN_AFTER, record_access
from sessions_ui.audit.search.filters import AuditFilter, filter_read
from sessions_ui.audit.search.pagination import Page, entries_page
from sessions_ui.audit.search.query_builder import EntrySearch, id_window
from sessions_ui.audit.sql import first_id_since
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.values.ids import LARGEST_ID
from sessions_ui.domain.values.masking import scrub
from sessions_ui.models import AuditEntry, AuditTerm

SEARCH, HISTORY = "audit.search", "history.seen"
MOST_PEOPLE = 500
MOST_NEWER = 100
MARK = 4
HELD_BACK = "(not kept)"


@dataclass(frozen=True)
class EntryShown:
    """An edit's whole story, and how each of its entries stands against its seal."""

    story: EntryDetail
    standings: Sequence[EntryVerification]

    @property
    def first(self) -> EntryVerification:
        """Of the intent."""
        return self.standings[0]

    @property
    def last(self) -> EntryVerification:
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
    story = load_entry_detail(entry_id, plain=plain) if entry_id <= LARGEST_ID else None
    if story is None:
        return None
    return EntryShown(story, [verify_entry(step.entry) for step in story.steps])


def edit_of_step(entry_id: int) -> int | None:
    """The number of the edit that an entry is a step of."""
    return find_edit_of_step(entry_id) if entry_id <= LARGEST_ID else None


def person_id(username: str) -> int | None:
    """The number of the person with this user name."""
    people = User.objects.filter(username__iexact=username)
    return people.values_list("pk", flat=True).first()


def people_listed() -> list[tuple[str, str]]:
    """User name and name of everyone who has a role, for the list of people to choose from."""
    found = User.objects.filter(groups__isnull=False).distinct().order_by("first_name", "username")
    names = found.values_list("username", "first_name", "last_name")[:MOST_PEOPLE]
    return [(username, f"{first} {last}".strip() or username) for username, first, last in names]


def audit_search(*, actor: Actor, chosen: AuditFilter) -> Page:
    """One page of the audit. A question with filters is a search and is recorded; turning its pages
    within the hour is the same search."""
    page = entries_page(chosen)
    turned = chosen.before is not None or chosen.after is not None
    if chosen.active and not (turned and _searched(actor, chosen)):
        _record_search(actor, chosen, page.count_label)
    return page


def _record_search(actor: Actor, chosen: AuditFilter, count: str) -> None:
    if chosen.problems:
        return
    detail = {"filter": asked(chosen), "question": _question(chosen), "count": count}
    with transaction.atomic():
        record_access(actor=actor, action=SEARCH, session_key=chosen.session, detail=detail)


def _searched(actor: Actor, chosen: AuditFilter) -> bool:
    """Whether it is on record that this person asked this very question within the hour."""
    since = first_id_since(timezone.now() - RECORD_AGAIN_AFTER)
    mark = f'"question":"{_question(chosen)}"'
    own = AuditEntry.objects.filter(actor_id=actor.id, op__isnull=True, action=SEARCH)
    details = own.filter(id__gte=since).values_list("detail", flat=True)
    return any(mark in detail for detail in details)


def _question(chosen: AuditFilter) -> str:
    """A mark by which a question is known again, values that the record does not keep included:
    keyed, and so short that a value cannot be guessed from it."""
    return keyed_hash("@question", chosen.link())[:MARK]


def newest_seen(page: Page) -> int:
    """The newest entry that can have been there when the page was drawn."""
    if page.rows and page.chosen.before is None and page.chosen.after is None:
        return page.rows[0].entry.id
    return AuditEntry.objects.largest_id()


def entries_newer(*, actor: Actor, chosen: AuditFilter, than: int) -> str:
    """How many entries of the answer are newer than this one, in words: "1 new entry", or "99+ new
    entries" where counting stops; ``""`` for none. A page that goes on asking is on record once an
    hour."""
    _, high = id_window(chosen)
    count = EntrySearch(chosen, (than + 1, high)).counted(MOST_NEWER)
    label = f"{MOST_NEWER - 1}+" if count == MOST_NEWER else str(count)
    if chosen.active and not _searched(actor, chosen):
        _record_search(actor, chosen, label)
    return f"{label} new {'entry' if count == 1 else 'entries'}" if count else ""


def asked(chosen: AuditFilter) -> Mapping[str, str]:
    """The filters as the record may keep them: a value looked for can be personal. Only what was
    typed as words is free text; the days are told as they are."""
    told = {name: scrub(text) if name == "q" else text for name, text in chosen.active.items()}
    held_back = {"value"} if _on_record(chosen) else {"value", "q"}
    told |= dict.fromkeys(held_back & told.keys(), HELD_BACK)
    if chosen.since and chosen.windowed:
        told["from"] = chosen.since.isoformat(timespec="seconds")
    return told


def _on_record(chosen: AuditFilter) -> bool:
    """Whether what was typed as words is a number of an entry, or stands in the record anyhow: any
    other word could be a person's name."""
    words = set(split_words(chosen.ticket))
    known = AuditTerm.objects.filter(field=WORD, val__in=words).values_list("val", flat=True)
    return chosen.entry is not None or words == set(known)


def history_seen(*, actor: Actor, session_key: str, authors: Iterable[int | None]) -> None:
    """Record, once an hour, that somebody looked back at a session: at what these ``authors`` did.
    One's own work is no secret from oneself."""
    if set(authors) <= {actor.id}:
        return
    seen = AuditEntry.objects.filter(session_key=session_key, action=HISTORY, actor_id=actor.id)
    if not seen.filter(ts__gte=timezone.now() - RECORD_AGAIN_AFTER).exists():
        with transaction.atomic():
            record_access(actor=actor, action=HISTORY, session_key=session_key)
