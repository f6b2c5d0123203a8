"""Find and clear a data subject's values in the tables around the audit.

Encrypted rows count, too: anyone who has the key can read them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from urllib.parse import unquote_plus

from django.db import connection
from django.db.models import Model

from sessions_ui.audit.privacy.erasure import chunked, like_condition
from sessions_ui.audit.privacy.subjects import Subject
from sessions_ui.crypto import decrypt
from sessions_ui.domain.values.masking import ERASED, leaf_texts
from sessions_ui.domain.values.text import text_of
from sessions_ui.models import (
    OPEN_STATES,
    CachedSession,
    Draft,
    Edit,
    Erasure,
    Flag,
    Observation,
    Proof,
    RecentSession,
    SavedView,
    WatchRule,
)

TEXTS: Mapping[type[Model], tuple[str, ...]] = {
    RecentSession: ("status", "vehicle"),
    Observation: ("status", "delivery", "started_at", "updated_at"),
    Flag: ("note", "closing"),
    WatchRule: ("name",),
    Proof: ("doubt",),
    SavedView: ("name",),
    Erasure: ("basis",),
}
"""Columns of free text, or of PAVE's own words."""
JSONS: Mapping[type[Model], tuple[str, ...]] = {Observation: ("texts",)}
"""Columns of PAVE's values by field key, as a flat JSON object."""
_EDITS = "SELECT id FROM sessions_ui_edit WHERE {}"


def find_edits(subject: Subject, entry_ids: list[int]) -> list[Edit]:
    """The working rows of edits that have the subject's value, among those of these entries and
    those that resemble it."""
    condition, params = like_condition(["CAST(changes AS text)"], subject)
    with connection.cursor() as cursor:
        cursor.execute(_EDITS.format(condition), params)
        similar_ids = [id_ for (id_,) in cursor.fetchall()]
    edits = dict[int, Edit]()
    for name, ids in (("entry_id", entry_ids), ("id", similar_ids)):
        for chunk in chunked(ids):
            rows = Edit.objects.filter(**{f"{name}__in": chunk})
            edits |= {row.pk: row for row in rows if _has_value(subject, row.changes)}
    return list(edits.values())


def is_open(edit: Edit) -> bool:
    """Whether the edit is under way: its values are needed until PAVE has answered."""
    return edit.state in OPEN_STATES


def clear_edit(edit: Edit, subject: Subject) -> None:
    """Remove the value from the working row of an edit that has ended.

    Late checks of the edit end, because the wanted value is not known any more. The digest of the
    posted values is removed, because a phone number could be guessed from it.
    """
    changes = {
        key: [ERASED if subject.matches_value(text_of(side)) else side for side in sides]
        for key, sides in edit.changes.items()
    }
    Edit.objects.filter(pk=edit.pk).exclude(state__in=OPEN_STATES).update(
        changes=changes, values_digest="", next_look_at=None
    )


def count_working_tables(subject: Subject) -> Counter[str]:
    """The numbers of drafts, reads and notes that have the value. Changes nothing."""
    notes = [*_find_texts(subject), *_find_jsons(subject), *_find_views(subject)]
    return Counter(
        drafts=len(_find_drafts(subject)), reads=len(_find_reads(subject)), notes=len(notes)
    )


def clear_working_tables(subject: Subject) -> Counter[str]:
    """Delete or clear the rows with the value; gives the numbers as `count_working_tables`."""
    drafts, reads, views = _find_drafts(subject), _find_reads(subject), _find_views(subject)
    Draft.objects.filter(pk__in=drafts).delete()
    CachedSession.objects.filter(pk__in=reads).delete()
    SavedView.objects.filter(pk__in=views).delete()
    counts = Counter(drafts=len(drafts), reads=len(reads), notes=len(views))
    for row, column in list(_find_texts(subject)):
        # These two need a name, and a unique one.
        cleared = f"{ERASED} #{row.pk}" if isinstance(row, WatchRule | SavedView) else ""
        type(row)._default_manager.filter(pk=row.pk).update(**{column: cleared})
        counts["notes"] += 1
    for row, column in list(_find_jsons(subject)):
        values = getattr(row, column).items()
        cleared_values = {
            key: ERASED if subject.matches_value(text_of(value)) else value for key, value in values
        }
        type(row)._default_manager.filter(pk=row.pk).update(**{column: cleared_values})
        counts["notes"] += 1
    return counts


def _has_value(subject: Subject, document: object) -> bool:
    return any(map(subject.matches_value, leaf_texts(document)))


def _find_drafts(subject: Subject) -> list[int]:
    rows = Draft.objects.iterator()
    return [row.pk for row in rows if _has_value(subject, decrypt(row.sealed))]


def _find_reads(subject: Subject) -> list[str]:
    rows = CachedSession.objects.iterator()
    return [row.pk for row in rows if _has_value(subject, decrypt(row.sealed))]


def _find_views(subject: Subject) -> list[int]:
    rows = SavedView.objects.iterator()
    return [row.pk for row in rows if subject.occurs_in(unquote_plus(row.query))]


def _find_texts(subject: Subject) -> Iterator[tuple[Model, str]]:
    for model, columns in TEXTS.items():
        for row in model._default_manager.iterator():
            for column in columns:
                if subject.occurs_in(getattr(row, column)):
                    yield row, column


def _find_jsons(subject: Subject) -> Iterator[tuple[Model, str]]:
    for model, columns in JSONS.items():
        for row in model._default_manager.iterator():
            for column in columns:
                if _has_value(subject, getattr(row, column)):
                    yield row, column
