"""Handing out the audit: exactly what a question finds, as a file that can be checked.

Two entries hold the export: one is committed before the first byte, one after the last, with the
sums and the SHA-256 of the very bytes. An export that breaks off has no second one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db import transaction

from sessions_ui.audit.export.formats import FORMATS, Format
from sessions_ui.audit.export.manifest import (
    EXPORT,
    EXPORTED,
    FILE_NAME,
    Manifest,
    Tally,
    last_seal,
)
from sessions_ui.audit.export.manifest import manifest_of as manifest_of_entry
from sessions_ui.audit.export.rows import chunks_of
from sessions_ui.audit.log.record import record_access, record_note
from sessions_ui.audit.search.filters import AuditFilter
from sessions_ui.audit.search.pagination import ids_newest_first
from sessions_ui.audit.search.query_builder import id_window, matching_ids
from sessions_ui.audit.sql import stream_rows
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.values.ids import LARGEST_ID
from sessions_ui.models import AuditEntry

from .search import asked


@dataclass(frozen=True)
class Export:
    """A file on its way: the number of its entry, how many entries it will hold, its name and
    type; its bytes, part by part; and the sums over the parts so far."""

    entry_id: int
    count: int
    file_name: str
    content_type: str
    parts: Iterator[bytes]
    tally: Tally


@dataclass(frozen=True)
class _Order:
    actor: Actor
    chosen: AuditFilter
    bounds: tuple[int, int | None]
    cut_off: int


def export_begin(*, actor: Actor, chosen: AuditFilter, format: str) -> Export:
    """Begin to hand out the whole answer in a format of `FORMATS`.

    The access is recorded before the first byte is given: an export that breaks off has left the
    house all the same, and one that cannot be recorded must not leave. The newest id is fixed at
    that time; what comes later is not handed out. A filter with a problem hands out nothing.
    """
    form = FORMATS[format]()
    low, high = id_window(chosen)
    newest = AuditEntry.objects.largest_id()
    bounds = (low, newest + 1 if high is None else high)
    order = _Order(actor, replace(chosen, before=None, after=None), bounds, newest)
    count = matching_ids(chosen, bounds).order_by().count()
    with transaction.atomic():
        entry = record_access(
            actor=actor,
            action=EXPORT,
            session_key=chosen.session,
            detail={
                "filter": asked(chosen),
                "count": count,
                "format": form.name,
                "cut_off_id": newest,
                "checkpoint": last_seal(),
            },
        )
    tally = Tally()
    return Export(
        entry_id=entry.id,
        count=count,
        file_name=FILE_NAME.format(entry_id=entry.id, format=form.name),
        content_type=form.content_type,
        parts=_parts(order, entry, form, tally),
        tally=tally,
    )


def _parts(order: _Order, entry: AuditEntry, form: Format, tally: Tally) -> Iterator[bytes]:
    if form.opening:
        yield tally.count(form.opening.encode())
    with stream_rows(ids_newest_first(order.chosen, order.bounds)) as ids:
        for chunk in chunks_of(ids, order.cut_off):
            lines = form.lines(chunk)
            tally.add(chunk.entries, lines)
            yield tally.count("".join(lines).encode())
    with transaction.atomic():
        record_note(
            actor=order.actor,
            action=EXPORTED,
            about=entry.id,
            session_key=order.chosen.session,
            detail=tally.facts,
        )


def manifest_of(entry_id: int) -> Manifest | None:
    """What is on record of the export that this entry begins; None when it begins none."""
    return manifest_of_entry(entry_id) if entry_id <= LARGEST_ID else None
