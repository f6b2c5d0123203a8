"""Destroying a person's number or name everywhere in our database, on record, and again after a
copy was restored. PAVE keeps its own: what is opened or edited later brings it back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from sessions_ui.audit.log.body import known_values
from sessions_ui.audit.log.record import record_access, record_note
from sessions_ui.audit.privacy.erasure import Holding, entries_left, holding_erase, holdings_of
from sessions_ui.audit.privacy.subjects import Subject
from sessions_ui.crypto import decrypt, encrypt
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.values.masking import scrub
from sessions_ui.models import Edit, Erasure
from sessions_ui.services.audit.search import SEARCH

from .erasure_register import erasure_remember, erasures_known
from .working_tables import edit_blank, edits_holding, is_open, places_clear, places_holding

ACTION = "personal.erased"
AGAIN = "Erased again: the database was restored from an older copy."
VALID = timedelta(minutes=30)
SESSIONS_SHOWN = 20
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Found:
    """Where a person's value stands, without the value. ``waiting`` counts edits under way."""

    edits: int
    values: int
    sessions: list[str]
    waiting: int
    drafts: int
    reads: int
    notes: int

    @property
    def erasable(self) -> bool:
        """Whether there is something to erase."""
        return any((self.edits, self.waiting, self.drafts, self.reads, self.notes))


@dataclass
class Erased:
    """What was erased, and what could not be: ``more`` edits left for another go, ``waiting`` edits
    under way, ``left`` entries whose own text says it, and whether the file was cleaned."""

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
        """How many edits there were to do in this go and after it."""
        return self.edits + self.more

    @property
    def whole(self) -> bool:
        """Whether it is gone from everywhere."""
        return not (self.more or self.waiting or self.left) and self.cleaned


def subject_of(text: str) -> Subject | None:
    """The number or name that was typed; None when it is neither."""
    return Subject.of(text)


def subject_find(*, actor: Actor, subject: Subject) -> Found:
    """Where it stands. That somebody looked is recorded, as any search is."""
    holdings = holdings_of(subject)
    working = edits_holding(subject, [one.own_id for one in holdings])
    places = places_holding(subject)
    with transaction.atomic():
        asked = {"filter": {"value": "(not kept)"}, "count": len(holdings)}
        record_access(actor=actor, action=SEARCH, detail=asked)
    return Found(
        edits=len(holdings),
        values=sum(len(one.values) for one in holdings),
        sessions=sorted({one.session_key for one in holdings})[:SESSIONS_SHOWN],
        waiting=sum(map(is_open, working)),
        drafts=places["drafts"],
        reads=places["reads"],
        notes=places["notes"],
    )


def subject_seal(text: str, actor: Actor) -> str:
    """What was typed, encrypted for the page on which it is confirmed."""
    return encrypt({"text": text, "actor": actor.id, "at": timezone.now().timestamp()})


def subject_unseal(sealed: str, actor: Actor) -> Subject | None:
    """What was typed, by the same person half an hour ago at most; None otherwise."""
    kept = decrypt(sealed)
    if not isinstance(kept, dict) or kept.get("actor") != actor.id:
        return None
    age = timezone.now().timestamp() - kept["at"]
    return Subject.of(kept["text"]) if age < VALID.total_seconds() else None


def personal_erase(
    *,
    actor: Actor,
    subject: Subject,
    basis: str,
    most: int | None = None,
    progress: Progress = lambda _: None,
) -> Erased:
    """Erase it, at most ``most`` edits at a time; each edit's values go in the transaction in which
    that is recorded. Raises ErasureError when it could not be noted for after a restore: then
    nothing is erased."""
    holdings = holdings_of(subject, progress)
    sessions = {one.session_key for one in holdings[:SESSIONS_SHOWN]}
    basis = scrub(basis, {subject.typed}.union(*map(known_values, sessions)))
    erasure = erasure_remember(actor, subject, basis) if subject.normal else None
    working = {one.entry_id: one for one in edits_holding(subject, [h.own_id for h in holdings])}
    waiting = {id_ for id_, edit in working.items() if is_open(edit)}
    ready = [one for one in holdings if one.own_id not in waiting]
    done = Erased(waiting=len(waiting))
    for holding in ready[:most]:
        done.values += _erase_one(actor, subject, holding, working.pop(holding.own_id, None), basis)
        done.edits += 1
        progress(1)
    done.more = len(ready) - done.edits
    if not done.more:
        _erase_rest(subject, working.values(), done, progress)
    _finish(actor, erasure, done)
    return done


def _erase_one(
    actor: Actor, subject: Subject, holding: Holding, edit: Edit | None, basis: str
) -> int:
    with transaction.atomic():
        gone = holding_erase(holding)
        if edit:
            edit_blank(edit, subject)
        record_note(
            actor=actor,
            action=ACTION,
            about=holding.own_id,
            session_key=holding.session_key,
            detail={"note": basis, "fields": holding.fields},
        )
    return gone


def _erase_rest(
    subject: Subject, working: Iterable[Edit], done: Erased, progress: Progress
) -> None:
    for edit in working:
        edit_blank(edit, subject)
    places = places_clear(subject)
    done.drafts, done.reads, done.notes = places["drafts"], places["reads"], places["notes"]
    done.left = entries_left(subject, progress)
    done.cleaned = file_clean()


def _finish(actor: Actor, erasure: Erasure | None, done: Erased) -> None:
    """One entry over all of it, and how far it came."""
    with transaction.atomic():
        told = {"count": done.edits, "values": done.values, "drafts": done.drafts}
        told |= {"reads": done.reads, "notes": done.notes, "waiting": done.waiting}
        record_access(actor=actor, action=ACTION, detail=told | {"left": len(done.left)})
        if erasure:
            erasure.edits += done.edits
            erasure.values += done.values
            erasure.done_at = timezone.now() if not (done.more or done.waiting) else None
            erasure.save()


def erase_again(
    *, actor: Actor, lists: Iterable[Path] = (), progress: Progress = lambda _: None
) -> Erased:
    """Erase all that was ever erased once more: what the database remembers, and what the lists
    say (that of AUDIT_ERASURE_COPY too). Raises ErasureError for a list that cannot be read."""
    known = erasures_known(lists)
    total = Erased()
    for kind in sorted({kind for kind, _ in known}):
        subject = Subject(kind, frozenset(token for one, token in known if one == kind))
        done = personal_erase(actor=actor, subject=subject, basis=AGAIN, progress=progress)
        for name in ("edits", "values", "drafts", "reads", "notes", "waiting", "left"):
            setattr(total, name, getattr(total, name) + getattr(done, name))
        total.cleaned = total.cleaned and done.cleaned
    if not total.waiting:
        Erasure.objects.filter(done_at__isnull=True).update(done_at=timezone.now())
    return total


def file_clean() -> bool:
    """Write SQLite's journal into its file and empty it: deleted text stood there, too. False when
    somebody was reading; then the next erasure, or `audit_erase --again`, does it."""
    if connection.vendor != "sqlite":
        return True
    if connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return not cursor.fetchone()[0]
