"""Destroy a data subject's phone number or name in the whole database, on record.

After a backup was restored, everything that was ever erased is erased again. PAVE keeps its own
copy: a session that is opened or edited later brings the values back.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from sessions_ui.audit.log.body import stored_personal_values
from sessions_ui.audit.log.record import record_access, record_note
from sessions_ui.audit.privacy.erasure import (
    Progress,
    SubjectEntry,
    erase_values,
    find_entries,
    find_mentions,
)
from sessions_ui.audit.privacy.subjects import Subject
from sessions_ui.crypto import decrypt, encrypt
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.values.masking import scrub
from sessions_ui.models import Edit, Erasure
from sessions_ui.services.audit.search import SEARCH

from .erasure_register import read_erased_hashes, register_erasure
from .working_tables import (
    clear_edit,
    clear_working_tables,
    count_working_tables,
    find_edits,
    is_open,
)

ACTION = "personal.erased"
AGAIN = "Erased again: the database was restored from an older copy."
TOKEN_LIFETIME = timedelta(minutes=30)
SESSIONS_SHOWN = 20


@dataclass(frozen=True)
class Matches:
    """The numbers of rows that have a subject's value. ``waiting`` counts edits under way."""

    edits: int
    values: int
    sessions: list[str]
    waiting: int
    drafts: int
    reads: int
    notes: int

    @property
    def erasable(self) -> bool:
        """Whether there is anything to erase."""
        return any((self.edits, self.waiting, self.drafts, self.reads, self.notes))


@dataclass
class Erased:
    """What was erased, and what was not: ``more`` edits are left for the next run, ``waiting``
    edits are under way, and ``left`` are entries whose own text mentions the subject. ``cleaned``:
    the deleted bytes are gone from SQLite's journal, too."""

    edits: int = 0
    values: int = 0
    drafts: int = 0
    reads: int = 0
    notes: int = 0
    more: int = 0
    waiting: int = 0
    left: list[int] = field(default_factory=list)
    cleaned: bool = True

    @property
    def total(self) -> int:
        """The number of edits to erase in this run and the next ones."""
        return self.edits + self.more

    @property
    def whole(self) -> bool:
        """Whether nothing of the subject is left in the database."""
        return not (self.more or self.waiting or self.left) and self.cleaned

    def add(self, other: "Erased") -> None:
        """Add the counts of another erasure."""
        for name in ("edits", "values", "drafts", "reads", "notes", "waiting", "left"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.cleaned = self.cleaned and other.cleaned


def find_subject(*, actor: Actor, subject: Subject) -> Matches:
    """Count the rows that have the subject's value. Recorded as a search, without the value."""
    entries = find_entries(subject)
    edits = find_edits(subject, [entry.entry_id for entry in entries])
    counts = count_working_tables(subject)
    with transaction.atomic():
        detail = {"filter": {"value": "(not kept)"}, "count": len(entries)}
        record_access(actor=actor, action=SEARCH, detail=detail)
    return Matches(
        edits=len(entries),
        values=sum(len(entry.values) for entry in entries),
        sessions=sorted({entry.session_key for entry in entries})[:SESSIONS_SHOWN],
        waiting=sum(map(is_open, edits)),
        drafts=counts["drafts"],
        reads=counts["reads"],
        notes=counts["notes"],
    )


def parse_subject(text: str, actor: Actor) -> tuple[Subject, str] | None:
    """The subject that was typed, and a token for the confirmation page: the text, encrypted for
    this actor. None when the text is neither a phone number nor a name."""
    subject = Subject.parse(text)
    if subject is None:
        return None
    return subject, encrypt({"text": text, "actor": actor.id, "at": timezone.now().timestamp()})


def open_subject_token(token: str, actor: Actor) -> Subject | None:
    """The subject of a token; None if the token is invalid, another actor's, or has expired."""
    document = decrypt(token)
    if not isinstance(document, dict) or document.get("actor") != actor.id:
        return None
    age = timezone.now().timestamp() - document["at"]
    return Subject.parse(document["text"]) if age < TOKEN_LIFETIME.total_seconds() else None


def erase_subject(
    *,
    actor: Actor,
    subject: Subject,
    basis: str,
    most: int | None = None,
    progress: Progress = lambda _: None,
) -> Erased:
    """Erase a subject's values, of at most ``most`` edits (None: all).

    The values of each edit are deleted in the transaction that records it. Raises ErasureError,
    and erases nothing, when the erasure cannot be registered for the time after a restore.
    """
    entries = find_entries(subject, progress)
    sessions = {entry.session_key for entry in entries[:SESSIONS_SHOWN]}
    basis = scrub(basis, {subject.typed}.union(*map(stored_personal_values, sessions)))
    erasure = register_erasure(actor, subject, basis) if subject.normalized else None
    edits = find_edits(subject, [entry.entry_id for entry in entries])
    edit_by_entry = {edit.entry_id: edit for edit in edits}
    open_ids = {edit.entry_id for edit in edits if is_open(edit)}
    ready = [entry for entry in entries if entry.entry_id not in open_ids]
    done = Erased(waiting=len(open_ids))
    for entry in ready[:most]:
        edit = edit_by_entry.pop(entry.entry_id, None)
        done.values += _erase_entry(actor, subject, entry, edit, basis)
        done.edits += 1
        progress(1)
    done.more = len(ready) - done.edits
    if not done.more:
        _erase_rest(subject, edit_by_entry.values(), done, progress)
    _record_erasure(actor, erasure, done)
    return done


def _erase_entry(
    actor: Actor, subject: Subject, entry: SubjectEntry, edit: Edit | None, basis: str
) -> int:
    with transaction.atomic():
        deleted = erase_values(entry)
        if edit:
            clear_edit(edit, subject)
        record_note(
            actor=actor,
            action=ACTION,
            about=entry.entry_id,
            session_key=entry.session_key,
            detail={"note": basis, "fields": entry.fields},
        )
    return deleted


def _erase_rest(subject: Subject, edits: Iterable[Edit], done: Erased, progress: Progress) -> None:
    for edit in edits:
        clear_edit(edit, subject)
    counts = clear_working_tables(subject)
    done.drafts, done.reads, done.notes = counts["drafts"], counts["reads"], counts["notes"]
    done.left = find_mentions(subject, progress)
    done.cleaned = clean_file()


def _record_erasure(actor: Actor, erasure: Erasure | None, done: Erased) -> None:
    """Record one entry about the whole erasure, and update its row in the register."""
    with transaction.atomic():
        detail = {"count": done.edits, "values": done.values, "drafts": done.drafts}
        detail |= {"reads": done.reads, "notes": done.notes, "waiting": done.waiting}
        record_access(actor=actor, action=ACTION, detail=detail | {"left": len(done.left)})
        if erasure:
            erasure.edits += done.edits
            erasure.values += done.values
            erasure.done_at = timezone.now() if not (done.more or done.waiting) else None
            erasure.save()


def erase_again(
    *, actor: Actor, lists: Iterable[Path] = (), progress: Progress = lambda _: None
) -> Erased:
    """Erase everything that was ever erased, by the register and by these lists (and that of
    AUDIT_ERASURE_COPY). Raises ErasureError for a list that cannot be read."""
    erased = read_erased_hashes(lists)
    total = Erased()
    for kind in sorted({kind for kind, _ in erased}):
        subjects = Subject(kind, frozenset(hash_ for other, hash_ in erased if other == kind))
        total.add(erase_subject(actor=actor, subject=subjects, basis=AGAIN, progress=progress))
    if not total.waiting:
        Erasure.objects.filter(done_at__isnull=True).update(done_at=timezone.now())
    return total


def clean_file() -> bool:
    """Write SQLite's journal, which has the deleted text, into its file, and truncate it.

    False when another connection was reading; then the next erasure, or `audit_erase --again`,
    does it.
    """
    if connection.vendor != "sqlite":
        return True
    if connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return not cursor.fetchone()[0]
