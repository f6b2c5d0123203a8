"""Every place of our database but the audit that can hold a person's value, and emptying it.

Encrypted rows count too: who has the key can read them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from urllib.parse import unquote_plus

from django.db import connection
from django.db.models import Model

from sessions_ui.audit.privacy.erasure import in_chunks, like_any
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
"""Columns of free text, or of what PAVE said in its own words."""
_EDITS = "SELECT id FROM sessions_ui_edit WHERE {}"


JSONS: Mapping[type[Model], tuple[str, ...]] = {Observation: ("texts",)}
"""Columns of what PAVE said field by field, as a flat object."""


def edits_holding(subject: Subject, entry_ids: list[int]) -> list[Edit]:
    """The working rows that hold it, among those of these entries and those that look like it."""
    where, given = like_any(["CAST(changes AS text)"], subject)
    with connection.cursor() as cursor:
        cursor.execute(_EDITS.format(where), given)
        ids = [id_ for (id_,) in cursor.fetchall()]
    found = dict[int, Edit]()
    for name, some in (("entry_id", entry_ids), ("id", ids)):
        for chunk in in_chunks(some):
            rows = Edit.objects.filter(**{f"{name}__in": chunk})
            found |= {row.pk: row for row in rows if _holds(subject, row.changes)}
    return list(found.values())


def is_open(edit: Edit) -> bool:
    """Whether the edit is under way: its values are needed until PAVE has answered for them."""
    return edit.state in OPEN_STATES


def edit_blank(edit: Edit, subject: Subject) -> None:
    """Take the value out of a working row that is at its end. Nobody looks again whether PAVE
    applied it late: what was wanted is not known any more. The digest of what was posted goes too,
    since a number could be guessed from it."""
    changes = {
        key: [ERASED if subject.is_value(text_of(side)) else side for side in sides]
        for key, sides in edit.changes.items()
    }
    Edit.objects.filter(pk=edit.pk).exclude(state__in=OPEN_STATES).update(
        changes=changes, values_digest="", next_look_at=None
    )


def places_holding(subject: Subject) -> Counter[str]:
    """How many rows of which place hold it; nothing is changed."""
    found = Counter(drafts=len(_drafts(subject)), reads=len(_reads(subject)))
    rest = [*_texts(subject), *_jsons(subject), *_views(subject)]
    found["notes"] = len(rest)
    return found


def places_clear(subject: Subject) -> Counter[str]:
    """Delete or empty what holds it; gives how many rows of which place."""
    drafts, reads, views = _drafts(subject), _reads(subject), _views(subject)
    Draft.objects.filter(pk__in=drafts).delete()
    CachedSession.objects.filter(pk__in=reads).delete()
    SavedView.objects.filter(pk__in=views).delete()
    found = Counter(drafts=len(drafts), reads=len(reads), notes=len(views))
    for row, column in list(_texts(subject)):
        emptied = f"{ERASED} #{row.pk}" if isinstance(row, WatchRule | SavedView) else ""
        type(row)._default_manager.filter(pk=row.pk).update(**{column: emptied})
        found["notes"] += 1
    for row, column in list(_jsons(subject)):
        told = getattr(row, column).items()
        kept = {key: ERASED if subject.is_value(text_of(one)) else one for key, one in told}
        type(row)._default_manager.filter(pk=row.pk).update(**{column: kept})
        found["notes"] += 1
    return found


def _holds(subject: Subject, document: object) -> bool:
    return any(map(subject.is_value, leaf_texts(document)))


def _drafts(subject: Subject) -> list[object]:
    return [row.pk for row in Draft.objects.iterator() if _holds(subject, decrypt(row.sealed))]


def _reads(subject: Subject) -> list[object]:
    return [
        row.pk for row in CachedSession.objects.iterator() if _holds(subject, decrypt(row.sealed))
    ]


def _views(subject: Subject) -> list[object]:
    rows = SavedView.objects.iterator()
    return [row.pk for row in rows if subject.is_said_in(unquote_plus(row.query))]


def _texts(subject: Subject) -> Iterator[tuple[Model, str]]:
    for model, columns in TEXTS.items():
        for row in model._default_manager.iterator():
            for column in columns:
                if subject.is_said_in(getattr(row, column)):
                    yield row, column


def _jsons(subject: Subject) -> Iterator[tuple[Model, str]]:
    for model, columns in JSONS.items():
        for row in model._default_manager.iterator():
            for column in columns:
                if _holds(subject, getattr(row, column)):
                    yield row, column
