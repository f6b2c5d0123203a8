"""Export the entries that a filter finds, as a file that can be checked.

Two entries record an export: one is committed before the first byte, the other, with the counts and
the SHA-256 of the file, after the last byte. An export that broke off has no second entry.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db import transaction

from sessions_ui.audit.export.entry_batches import read_batches
from sessions_ui.audit.export.formats import FORMATS, Format
from sessions_ui.audit.export.manifest import (
    EXPORT,
    EXPORTED,
    FILE_NAME,
    Tally,
    latest_checkpoint,
)
from sessions_ui.audit.log.record import record_access, record_note
from sessions_ui.audit.search.filters import AuditFilter
from sessions_ui.audit.search.query_builder import EntrySearch, IdQuery, id_window
from sessions_ui.audit.sql import stream_rows
from sessions_ui.domain.actor import Actor
from sessions_ui.models import AuditEntry

from .search import filter_on_record


@dataclass(frozen=True)
class Export:
    """A running export: the id of its entry, how many entries it will hold, the name and the type
    of its file, the parts of the file, and the tally of the parts that were read so far."""

    entry_id: int
    count: int
    file_name: str
    content_type: str
    parts: Iterator[bytes]
    tally: Tally


def begin_export(*, actor: Actor, audit_filter: AuditFilter, format: str) -> Export:
    """Begin to export all entries that a filter finds, in a format of `FORMATS`.

    The export is recorded before its first byte is available: even an export that breaks off has
    given data away, and one that cannot be recorded must not. Entries written later are left out.
    A filter with problems exports nothing.
    """
    writer = FORMATS[format]()
    low, high = id_window(audit_filter)
    newest = AuditEntry.objects.largest_id()
    window = (low, newest + 1 if high is None else high)
    search = EntrySearch(replace(audit_filter, before=None, after=None), window)
    count = search.ids().order_by().count()
    with transaction.atomic():
        entry = record_access(
            actor=actor,
            action=EXPORT,
            session_key=audit_filter.session,
            detail={
                "filter": filter_on_record(audit_filter),
                "count": count,
                "format": writer.name,
                "cut_off_id": newest,
                "checkpoint": latest_checkpoint(),
            },
        )
    tally = Tally()
    parts = _file_parts(search.ids_newest_first(), newest, writer, tally)
    return Export(
        entry_id=entry.id,
        count=count,
        file_name=FILE_NAME.format(entry_id=entry.id, format=writer.name),
        content_type=writer.content_type,
        parts=_then_record_end(parts, actor, entry, tally),
        tally=tally,
    )


def _file_parts(query: IdQuery, cut_off: int, writer: Format, tally: Tally) -> Iterator[bytes]:
    if writer.opening:
        yield tally.count(writer.opening.encode())
    with stream_rows(query) as ids:
        for batch in read_batches(ids, cut_off):
            lines = writer.lines(batch)
            tally.add(batch.entries, lines)
            yield tally.count("".join(lines).encode())


def _then_record_end(
    parts: Iterator[bytes], actor: Actor, entry: AuditEntry, tally: Tally
) -> Iterator[bytes]:
    yield from parts
    with transaction.atomic():
        record_note(
            actor=actor,
            action=EXPORTED,
            about=entry.id,
            session_key=entry.session_key,
            detail=tally.facts,
        )
