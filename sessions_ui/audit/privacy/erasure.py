"""Destroying a person's values beside the entries. The entries stay as they are: they hold salted
commitments, and the salts go with the values, so the record verifies and nothing can be guessed.
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
from sessions_ui.audit.search.index_rebuild import personal_keys, values_unindex
from sessions_ui.domain.catalogue import CATALOGUE, FieldSpec
from sessions_ui.domain.values.kinds import Kind
from sessions_ui.models import AuditEntry, AuditTerm, AuditValue

from .subjects import NAME, Subject

Progress = Callable[[int], None]
AT_ONCE = 500
_CANDIDATES = "SELECT entry_id, field, side, value FROM audit_value WHERE {}"
_TEXTS = ("reason_note", "ticket", "detail", "body", "session_label")
_ENTRIES = "SELECT id, {} FROM audit_entry WHERE {}"
_FETCHED = 2000
_REMEMBERED = 65_536
"""Values and words recur; what was read once need not be read again in the same search."""
_HASH = re.compile("sha256|^payload_keyed$")

Value = tuple[int, str, int, str]
"""Entry, field, side and text of a value."""


@dataclass
class Holding:
    """One edit or refusal that holds values of a person."""

    own_id: int
    session_key: str
    values: list[Value] = field(default_factory=list)

    @property
    def fields(self) -> list[str]:
        """In which fields."""
        return sorted({field for _, field, _, _ in self.values})


def holdings_of(subject: Subject, progress: Progress = lambda _: None) -> list[Holding]:
    """Every edit and refusal that holds the subject, oldest first. By its text: all values that
    could be it are looked at; by its hash alone: all there are."""
    is_it = lru_cache(_REMEMBERED)(subject.is_value)
    found_by = chain(_candidates(subject, progress), _indexed(subject))
    values = {value[:3]: value for value in found_by if is_it(value[3])}
    owners = _owners({entry_id for entry_id, _, _ in values})
    found = dict[int, Holding]()
    for value in sorted(values.values()):
        own_id, session_key = owners.get(value[0], (value[0], ""))
        found.setdefault(own_id, Holding(own_id, session_key)).values.append(value)
    return sorted(found.values(), key=lambda one: one.own_id)


def _candidates(subject: Subject, progress: Progress) -> Iterator[Value]:
    where, given = like_any(["value"], subject)
    yield from _read(_CANDIDATES.format(where), given, progress)


def _read(statement: str, given: list[str], progress: Progress) -> Iterator[Any]:
    """Row by row, however many: by the hash alone it is the whole table."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, given)
        while rows := cursor.fetchmany(_FETCHED):
            progress(len(rows))
            yield from rows


def _indexed(subject: Subject) -> Iterator[Value]:
    """By the index, which knows names without their accents; SQL's LIKE does not."""
    if subject.kind != NAME or not subject.normal:
        return
    own = set[int]()
    for spec in (CATALOGUE[key] for key in personal_keys()):
        if spec.kind is not Kind.PHONE:
            own |= set(_named(spec, subject.normal).values_list("entry_id", flat=True))
    for ids in in_chunks(sorted(own)):
        entries = AuditEntry.objects.filter(Q(id__in=ids) | Q(op__in=ids)).values("id")
        rows = AuditValue.objects.filter(entry_id__in=entries)
        yield from rows.values_list("entry_id", "field", "side", "value")


def _named(spec: FieldSpec, name: str) -> QuerySet[AuditTerm]:
    """Index rows of edits in which the field holds all words of the name; a single one only as
    the whole value."""
    first, *words = name.split()
    rows = AuditTerm.objects.filter(field=spec.key)
    if not words:
        return rows.filter(val=value_term(spec, name))
    for word in words:
        other = AuditTerm.objects.filter(field=spec.key).filter(
            val=part_term(spec, "word", word), entry_id=OuterRef("entry_id")
        )
        rows = rows.filter(Exists(other))
    return rows.filter(val=part_term(spec, "word", first))


def _owners(entry_ids: Iterable[int]) -> dict[int, tuple[int, str]]:
    """Of each entry its edit or refusal, and the session."""
    found = dict[int, tuple[int, str]]()
    for ids in in_chunks(sorted(entry_ids)):
        rows = AuditEntry.objects.filter(id__in=ids).values_list("id", "op", "session_key")
        found |= {id_: (op or id_, session_key) for id_, op, session_key in rows}
    return found


def in_chunks(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def holding_erase(holding: Holding) -> int:
    """Delete the values of one edit and what it was found by through them; gives how many. Inside
    the transaction in which it is recorded."""
    tokens, gone = set[tuple[str, str]](), 0
    for entry_id, key, side, text in holding.values:
        row = AuditValue.objects.filter(entry_id=entry_id, field=key, side=side)
        gone += row.delete()[0]
        if key in SEARCHED_KEYS:
            tokens |= {(key, token) for token in value_terms(CATALOGUE[key], text)}
    values_unindex(holding.own_id, tokens)
    return gone


def entries_left(subject: Subject, progress: Progress = lambda _: None) -> list[int]:
    """Entries whose own text says it, so that nobody can take it out. There should be none:
    numbers and a session's names are kept out when an entry is written."""
    where, given = like_any(_TEXTS, subject)
    rows = _read(_ENTRIES.format(", ".join(_TEXTS), where), given, progress)
    is_said_in = lru_cache(_REMEMBERED)(subject.is_said_in)
    return [id_ for id_, *texts in rows if any(map(is_said_in, _said(texts)))]


def _said(texts: Sequence[str]) -> Iterator[str]:
    """What an entry says, piece by piece, without hashes and commitments."""
    for text in texts:
        if text.startswith("{"):
            yield from _leaves(json.loads(text))
        elif text:
            yield text


def _leaves(document: object) -> Iterator[str]:
    if isinstance(document, dict):
        for key, value in document.items():
            if not _HASH.search(key):
                yield from _leaves(value)
    elif isinstance(document, list):
        for one in document:
            yield from _leaves(one)
    elif document is not None:
        yield str(document)


def like_any(columns: Sequence[str], subject: Subject) -> tuple[str, list[str]]:
    """A condition of SQL, that a column looks like the subject, and what it is given."""
    like = "ILIKE" if connection.vendor == "postgresql" else "LIKE"
    patterns = subject.likes
    one = [f"{column} {like} %s" for column in columns for _ in patterns]
    return " OR ".join(one), patterns * len(columns)
