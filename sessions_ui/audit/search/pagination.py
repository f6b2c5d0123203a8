"""Finding entries: newest first, by the id alone, never by OFFSET and never with an exact count."""

from collections.abc import Sequence
from dataclasses import dataclass

from sessions_ui.audit.entries.row_queries import load_entry_rows
from sessions_ui.audit.entries.rows import EntryRow
from sessions_ui.models import AuditEntry

from .filters import AuditFilter
from .query_builder import EntrySearch, IdQuery, IdWindow, id_window, key_of
from .value_search import seek_hint

PAGE = 50
COUNTED = 10_000


@dataclass(frozen=True)
class Page:
    """One page of the list, and the keys of its neighbours (None: there is none)."""

    rows: Sequence[EntryRow]
    newer: int | None
    older: int | None
    count_label: str
    chosen: AuditFilter

    @property
    def newer_link(self) -> str:
        """The query string of the page before this one."""
        return self.chosen.link(after=self.newer)

    @property
    def older_link(self) -> str:
        """The query string of the page after this one."""
        return self.chosen.link(before=self.older)

    @property
    def hint(self) -> str:
        """How else a value may be looked for where nothing was found; ``""`` for nothing to say."""
        return "" if self.rows else seek_hint(self.chosen.value, self.chosen.field)

    @property
    def unlisted(self) -> int | None:
        """The entry whose number was asked for, where it is there and this question leaves it out:
        an access, or one that another filter is against."""
        number = None if self.rows else self.chosen.entry
        there = number is not None and AuditEntry.objects.filter(id=number).exists()
        return number if there else None


def page_ids(chosen: AuditFilter, bounds: IdWindow, size: int = PAGE) -> tuple[list[int], bool]:
    """The ids of one page, newest first, and whether there are more in the direction of paging."""
    return _page(EntrySearch(chosen, bounds), size)


def _page(search: EntrySearch, size: int, many: bool = False) -> tuple[list[int], bool]:
    ids = search.nearest(size + 1, many)
    more = len(ids) > size
    return (ids[:size][::-1] if search.chosen.after is not None else ids[:size]), more


def entries_page(chosen: AuditFilter, size: int = PAGE) -> Page:
    """One page of the answer, with a count that stops at 10,000."""
    search = EntrySearch(chosen, id_window(chosen))
    count = search.counted(COUNTED + 1)
    ids, more = _page(search, size, many=count > COUNTED)
    going_up = chosen.after is not None
    newer = ids[0] if ids and (more if going_up else chosen.before is not None) else None
    older = ids[-1] if ids and (going_up or more) else None
    return Page(load_entry_rows(ids), newer, older, count_words(count), chosen)


def count_words(count: int) -> str:
    """``"1,204"``, or ``"10,000+"`` where counting stopped."""
    return f"{COUNTED:,}+" if count > COUNTED else f"{count:,}"


def ids_newest_first(chosen: AuditFilter, bounds: IdWindow) -> IdQuery:
    """Every id of the answer, whatever its page: one statement, so one moment of the record."""
    found = EntrySearch(chosen, bounds).ids()
    return found.order_by(f"-{key_of(found)}")


def session_history(session_key: str, limit: int = PAGE) -> Sequence[EntryRow]:
    """The latest edits and refusals of one session, newest first."""
    chosen = AuditFilter(session=session_key)
    ids, _ = page_ids(chosen, (0, None), limit)
    return load_entry_rows(ids)
