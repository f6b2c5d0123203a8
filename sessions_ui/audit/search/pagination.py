"""Page through a filter's entries, newest first: by id, without OFFSET and without a full count."""

from collections.abc import Sequence
from dataclasses import dataclass

from sessions_ui.audit.entries.row_queries import load_entry_rows
from sessions_ui.audit.entries.rows import EntryRow
from sessions_ui.models import AuditEntry

from .filters import AuditFilter
from .query_builder import EntrySearch
from .value_search import value_hint

PAGE_SIZE = 50
MAX_COUNTED = 10_000


@dataclass(frozen=True)
class Page:
    """One page of the list, and the ids from which its neighbours begin (None: no such page)."""

    rows: Sequence[EntryRow]
    newer: int | None
    older: int | None
    count_label: str
    filter: AuditFilter

    @property
    def newer_query(self) -> str:
        """The query string of the page before this one."""
        return self.filter.query_string(after=self.newer)

    @property
    def older_query(self) -> str:
        """The query string of the page after this one."""
        return self.filter.query_string(before=self.older)

    @property
    def hint(self) -> str:
        """How else to search for the value if nothing was found; ``""`` if there is no advice."""
        return "" if self.rows else value_hint(self.filter.value, self.filter.field)

    @property
    def unlisted(self) -> int | None:
        """The id of the entry whose number was searched, if it exists but is not listed: an access,
        or an entry that another filter excludes."""
        number = None if self.rows else self.filter.entry
        exists = number is not None and AuditEntry.objects.filter(id=number).exists()
        return number if exists else None


def load_page(audit_filter: AuditFilter, size: int = PAGE_SIZE) -> Page:
    """One page of the matching entries, with a count that stops at MAX_COUNTED."""
    search = EntrySearch(audit_filter)
    count = search.count(MAX_COUNTED + 1)
    ids = search.next_ids(size + 1, many=count > MAX_COUNTED)
    more = len(ids) > size
    upwards = audit_filter.after is not None
    ids = ids[:size][::-1] if upwards else ids[:size]
    newer = ids[0] if ids and (more if upwards else audit_filter.before is not None) else None
    older = ids[-1] if ids and (upwards or more) else None
    return Page(load_entry_rows(ids), newer, older, count_label(count), audit_filter)


def count_label(count: int) -> str:
    """``"1,204"``, or ``"10,000+"`` where counting stopped."""
    return f"{MAX_COUNTED:,}+" if count > MAX_COUNTED else f"{count:,}"


def load_session_history(session_key: str, limit: int = PAGE_SIZE) -> Sequence[EntryRow]:
    """The latest edits and refusals of one session, newest first."""
    return load_entry_rows(EntrySearch(AuditFilter(session=session_key)).next_ids(limit))
