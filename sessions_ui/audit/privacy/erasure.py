"""Find and destroy a data subject's personal values, which are stored beside the entries.

The entries stay as they are: they hold salted commitments, and the salts are destroyed with the
values. So the audit can still be verified, and no value can be guessed from it.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from sessions_ui.audit.log.index_terms import SEARCHED_KEYS, part_term, value_term, value_terms
from sessions_ui.audit.search.index_rebuild import personal_keys, unindex_values
from sessions_ui.domain.catalogue import CATALOGUE, FieldSpec
from sessions_ui.domain.values.kinds import Kind
from sessions_ui.domain.values.masking import leaf_texts
from sessions_ui.models import AuditEntry, AuditTerm, AuditValue

from .subjects import NAME, Subject

Progress = Callable[[int], None]
CHUNK = 500
_VALUES = "SELECT entry_id, field, side, value FROM audit_value WHERE {}"
_TEXTS = ("reason_note", "ticket", "detail", "body", "session_label")
_ENTRIES = "SELECT id, {} FROM audit_entry WHERE {}"
_ROWS_FETCHED = 2000
_CACHE_SIZE = 65_536
"""The number of values and texts, which recur often, whose results are remembered in a search."""
_HASH_KEY = re.compile("sha256|^payload_keyed$")

Value = tuple[int, str, int, str]
"""Entry, field, side and text of a value."""


@dataclass
class SubjectEntry:
    """An edit or refusal with values of the subject, its steps included."""

    entry_id: int
    session_key: str
    values: list[Value] = field(default_factory=list)

    @property
    def fields(self) -> list[str]:
        """The keys of the fields that have such values."""
        return sorted({field for _, field, _, _ in self.values})


def find_entries(subject: Subject, progress: Progress = lambda _: None) -> list[SubjectEntry]:
    """Find the edits and refusals with values of the subject, oldest first.

    A subject that is known by its hash alone is looked for in all stored values.
    """
    matches = lru_cache(_CACHE_SIZE)(subject.matches_value)
    candidates = chain(_read_similar(subject, progress), _read_indexed(subject))
    values = {value[:3]: value for value in candidates if matches(value[3])}
    owners = _read_owners({entry_id for entry_id, _, _ in values})
    entries = dict[int, SubjectEntry]()
    for value in sorted(values.values()):
        entry_id, session_key = owners.get(value[0], (value[0], ""))
        entries.setdefault(entry_id, SubjectEntry(entry_id, session_key)).values.append(value)
    return sorted(entries.values(), key=lambda entry: entry.entry_id)


def _read_similar(subject: Subject, progress: Progress) -> Iterator[Value]:
    condition, params = like_condition(["value"], subject)
    yield from _stream(_VALUES.format(condition), params, progress)


def _stream(statement: str, params: list[str], progress: Progress) -> Iterator[Any]:
    """The rows one by one: for a subject known by its hash they are the whole table."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, params)
        while rows := cursor.fetchmany(_ROWS_FETCHED):
            progress(len(rows))
            yield from rows


def _read_indexed(subject: Subject) -> Iterator[Value]:
    """Values of edits that the index finds. It ignores accents in names, which LIKE does not."""
    if subject.kind != NAME or not subject.normalized:
        return
    edit_ids = set[int]()
    for spec in (CATALOGUE[key] for key in personal_keys()):
        if spec.kind is not Kind.PHONE:
            terms = _find_terms(spec, subject.normalized)
            edit_ids |= set(terms.values_list("entry_id", flat=True))
    for ids in chunked(sorted(edit_ids)):
        entries = AuditEntry.objects.filter(Q(id__in=ids) | Q(op__in=ids)).values("id")
        rows = AuditValue.objects.filter(entry_id__in=entries)
        yield from rows.values_list("entry_id", "field", "side", "value")


def _find_terms(spec: FieldSpec, name: str) -> QuerySet[AuditTerm]:
    """Index rows of edits in which the field has all words of the name. A name of one word is
    looked for as the whole value."""
    first, *others = name.split()
    rows = AuditTerm.objects.filter(field=spec.key)
    if not others:
        return rows.filter(val=value_term(spec, name))
    for word in others:
        same_entry = AuditTerm.objects.filter(field=spec.key).filter(
            val=part_term(spec, "word", word), entry_id=OuterRef("entry_id")
        )
        rows = rows.filter(Exists(same_entry))
    return rows.filter(val=part_term(spec, "word", first))


def _read_owners(entry_ids: Iterable[int]) -> dict[int, tuple[int, str]]:
    """For each entry the id of its edit or refusal, and the session's key."""
    owners = dict[int, tuple[int, str]]()
    for ids in chunked(sorted(entry_ids)):
        rows = AuditEntry.objects.filter(id__in=ids).values_list("id", "op", "session_key")
        owners |= {id_: (op or id_, session_key) for id_, op, session_key in rows}
    return owners


def chunked(ids: list[int]) -> Iterator[list[int]]:
    """The ids in lists short enough for one statement."""
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def erase_values(entry: SubjectEntry) -> int:
    """Delete the values of an entry and their index rows; gives the number of values.

    Call it in the transaction that records the erasure.
    """
    terms, deleted = set[tuple[str, str]](), 0
    for entry_id, key, side, text in entry.values:
        row = AuditValue.objects.filter(entry_id=entry_id, field=key, side=side)
        deleted += row.delete()[0]
        if key in SEARCHED_KEYS:
            terms |= {(key, term) for term in value_terms(CATALOGUE[key], text)}
    unindex_values(entry.entry_id, terms)
    return deleted


def find_mentions(subject: Subject, progress: Progress = lambda _: None) -> list[int]:
    """Find entries whose own text contains the subject, which nobody can erase.

    There should be none: phone numbers and a session's names are removed from texts before an
    entry is written.
    """
    condition, params = like_condition(_TEXTS, subject)
    rows = _stream(_ENTRIES.format(", ".join(_TEXTS), condition), params, progress)
    occurs_in = lru_cache(_CACHE_SIZE)(subject.occurs_in)
    return [id_ for id_, *texts in rows if any(map(occurs_in, _split_texts(texts)))]


def _split_texts(texts: Sequence[str]) -> Iterator[str]:
    """The texts of an entry piece by piece, without hashes and commitments."""
    for text in texts:
        if text.startswith("{"):
            yield from leaf_texts(json.loads(text, object_hook=_drop_hashes))
        elif text:
            yield text


def _drop_hashes(document: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in document.items() if not _HASH_KEY.search(key)}


def like_condition(columns: Sequence[str], subject: Subject) -> tuple[str, list[str]]:
    """A condition of SQL that a column resembles the subject, and its parameters."""
    like = "ILIKE" if connection.vendor == "postgresql" else "LIKE"
    patterns = subject.like_patterns
    conditions = [f"{column} {like} %s" for column in columns for _ in patterns]
    return " OR ".join(conditions), patterns * len(columns)
