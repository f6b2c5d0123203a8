"""Search and read the audit, and record who does."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from sessions_ui.audit.entries.detail import EntryDetail, load_entry_detail
from sessions_ui.audit.integrity.verify_entry import EntryVerification, verify_entry
from sessions_ui.audit.log.index_terms import WORD, keyed_hash, split_words
from sessions_ui.audit.log.record import RECORD_AGAIN_AFTER, record_access
from sessions_ui.audit.search.filters import AuditFilter, entry_number
from sessions_ui.audit.search.pagination import Page, load_page
from sessions_ui.audit.search.query_builder import EntrySearch, id_window
from sessions_ui.audit.sql import first_id_since
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.values.masking import scrub
from sessions_ui.models import AuditEntry, AuditTerm

SEARCH, HISTORY = "audit.search", "history.seen"
MAX_NEWER = 100
FINGERPRINT_LENGTH = 4
NOT_KEPT = "(not kept)"


@dataclass(frozen=True)
class VerifiedEntry:
    """An edit with all its steps, and the verification of each of them."""

    detail: EntryDetail
    verifications: Sequence[EntryVerification]

    @property
    def first(self) -> EntryVerification:
        """The verification of the intent."""
        return self.verifications[0]

    @property
    def latest(self) -> EntryVerification:
        """The verification of the latest step; if it is sealed, so are all before it."""
        return self.verifications[-1]

    @property
    def sound(self) -> bool:
        """Whether every step is as it was written."""
        return all(verification.agrees for verification in self.verifications)


def load_verified_entry(entry_id: int, *, plain: bool = False) -> VerifiedEntry | None:
    """The edit, refusal or access with this number; None for a step and for no entry at all.

    ``plain`` shows personal values: only `reveal.personal_reveal`, which records it, may ask so.
    """
    detail = load_entry_detail(entry_id, plain=plain)
    if detail is None:
        return None
    return VerifiedEntry(detail, [verify_entry(step.entry) for step in detail.steps])


def search_audit(*, actor: Actor, audit_filter: AuditFilter) -> Page:
    """One page of the audit. A search, which is any list with a filter, is recorded; further pages
    of a search that was recorded within RECORD_AGAIN_AFTER are not."""
    page = load_page(audit_filter)
    further = audit_filter.before is not None or audit_filter.after is not None
    if audit_filter.active and not (further and _is_recorded(actor, audit_filter)):
        _record_search(actor, audit_filter, page.count_label)
    return page


def _record_search(actor: Actor, audit_filter: AuditFilter, count: str) -> None:
    if audit_filter.problems:
        return
    detail = {
        "filter": filter_on_record(audit_filter),
        "question": _fingerprint(audit_filter),
        "count": count,
    }
    with transaction.atomic():
        record_access(actor=actor, action=SEARCH, session_key=audit_filter.session, detail=detail)


def _is_recorded(actor: Actor, audit_filter: AuditFilter) -> bool:
    """Whether this very search of this person was recorded within RECORD_AGAIN_AFTER."""
    since = first_id_since(timezone.now() - RECORD_AGAIN_AFTER)
    searches = AuditEntry.objects.filter(actor_id=actor.id, op__isnull=True, action=SEARCH)
    details = searches.filter(id__gte=since).values_list("detail", flat=True)
    recorded = f'"question":"{_fingerprint(audit_filter)}"'
    return any(recorded in detail for detail in details)


def _fingerprint(audit_filter: AuditFilter) -> str:
    """A mark that recognises the same search, including values that are not recorded. It is a keyed
    hash, and too short for anybody to guess a value from it."""
    return keyed_hash("@question", audit_filter.query_string())[:FINGERPRINT_LENGTH]


def newest_listed(page: Page) -> int:
    """The id of the newest entry that can have existed when the page was read."""
    if page.rows and page.filter.before is None and page.filter.after is None:
        return page.rows[0].entry.id
    return AuditEntry.objects.largest_id()


def newer_entries_label(*, actor: Actor, audit_filter: AuditFilter, than: int) -> str:
    """Count the matching entries newer than the one with the id ``than``: "1 new entry", or "99+
    new entries" where counting stops; ``""`` for none. A page that keeps asking is recorded once in
    RECORD_AGAIN_AFTER."""
    _, high = id_window(audit_filter)
    count = EntrySearch(audit_filter, (than + 1, high)).count(MAX_NEWER)
    label = f"{MAX_NEWER - 1}+" if count == MAX_NEWER else str(count)
    if audit_filter.active and not _is_recorded(actor, audit_filter):
        _record_search(actor, audit_filter, label)
    return f"{label} new {'entry' if count == 1 else 'entries'}" if count else ""


def filter_on_record(audit_filter: AuditFilter) -> Mapping[str, str]:
    """The parameters of a filter as the record may keep them, with the default window's start."""
    recorded = params_on_record(audit_filter.active)
    if audit_filter.since and audit_filter.windowed:
        recorded["from"] = audit_filter.since.isoformat(timespec="seconds")
    return recorded


def params_on_record(params: Mapping[str, str]) -> dict[str, str]:
    """The parameters of a filter as the record may keep them: a searched value or text may be
    personal. Only the search text is free text; scrubbing days would garble them."""
    withheld = {"value"} if _in_record(params.get("q", "")) else {"value", "q"}
    recorded = {name: scrub(text) if name == "q" else text for name, text in params.items()}
    return recorded | dict.fromkeys(withheld & params.keys(), NOT_KEPT)


def _in_record(text: str) -> bool:
    """Whether a search text is an entry's number or made of words that the record contains anyway:
    any other word may be a person's name."""
    words = set(split_words(text))
    recorded = AuditTerm.objects.filter(field=WORD, val__in=words).values_list("val", flat=True)
    return entry_number(text) is not None or words == set(recorded)


def record_history_seen(*, actor: Actor, session_key: str, authors: Iterable[int | None]) -> None:
    """Record, once in RECORD_AGAIN_AFTER, that somebody looked at a session's history with edits of
    these ``authors``. Looking at one's own edits only is not recorded."""
    if set(authors) <= {actor.id}:
        return
    seen = AuditEntry.objects.filter(session_key=session_key, action=HISTORY, actor_id=actor.id)
    if not seen.filter(ts__gte=timezone.now() - RECORD_AGAIN_AFTER).exists():
        with transaction.atomic():
            record_access(actor=actor, action=HISTORY, session_key=session_key)
