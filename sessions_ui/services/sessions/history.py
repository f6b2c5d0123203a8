"""Looking back at one session: its history, and the session as it stood at a moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from sessions_ui.audit.entries.rows import values_of
from sessions_ui.audit.history.facts import edits_open, facts_of
from sessions_ui.audit.history.state_at import Moment, moment_of
from sessions_ui.audit.history.timeline import Timeline, timeline_of
from sessions_ui.audit.search.filters import AuditFilter
from sessions_ui.domain.snapshot import Snapshot, parse_time
from sessions_ui.models import END_KINDS, LISTED_KINDS, AuditEntry, Kind, Observation
from sessions_ui.pave.errors import PaveError, PaveNotFound

from .observations import record_observation
from .pave_reads import cache_snapshot, cached_snapshot, read_snapshot

PRESENT_FOR = timedelta(minutes=1)
"""How old PAVE's last word may be and still count as the present one: whoever steps through the
past does not ask PAVE at each step."""

_TOLD = (*LISTED_KINDS, Kind.SENT, *END_KINDS)


@dataclass(frozen=True)
class Past:
    """A session at a moment. ``present``: PAVE's latest word, which tells the rest; ``made``:
    when PAVE made the session; ``earlier`` and ``later``: when an entry of ours ended before and
    after the moment; ``authors``: who made the edits and refusals of the session."""

    moment: Moment
    present: Snapshot | None
    made: datetime | None
    earlier: datetime | None
    later: datetime | None
    authors: frozenset[int | None]

    @property
    def unborn(self) -> bool:
        """Whether PAVE made the session only after the moment."""
        return self.made is not None and self.moment.at < self.made


def session_timeline(*, chosen: AuditFilter, notes: bool) -> Timeline:
    """A page of one session's history. ``notes``: with what reviewers said, for who may read the
    audit."""
    return timeline_of(chosen, notes=notes)


def session_past(*, session_key: str, at: datetime | None = None) -> Past:
    """The session as it stood at a moment (None: when PAVE was read last), as far as anybody can
    know. Raises PaveKeyError, and PaveNotFound for a session that neither PAVE nor the record
    knows."""
    entries = list(
        AuditEntry.objects.filter(session_key=session_key, kind__in=_TOLD).order_by("id")
    )
    present = _present(session_key, at, known=bool(entries))
    at = at or (present.read_at if present else timezone.now())
    sightings = Observation.objects.filter(session_key=session_key).order_by("seen_at", "id")
    facts = facts_of(entries, values_of(entry.id for entry in entries), sightings, present)
    moment = moment_of(facts, session_key, at, edits_open(entries, at))
    ends = [entry.ts for entry in entries if entry.kind != Kind.SENT]
    return Past(
        moment=moment,
        present=present,
        made=parse_time(present.value("session.created_at")) if present else None,
        earlier=max((end for end in ends if end < at), default=None),
        later=min((end for end in ends if end > at), default=None),
        authors=frozenset(entry.actor_id for entry in entries if entry.kind in LISTED_KINDS),
    )


def _present(session_key: str, at: datetime | None, *, known: bool) -> Snapshot | None:
    """PAVE's present word, read anew for the present moment; its last one where PAVE cannot be
    read."""
    last = cached_snapshot(session_key)
    if at and last and last.read_at >= max(at, timezone.now() - PRESENT_FOR):
        return last
    try:
        snapshot = read_snapshot(session_key)
    except PaveNotFound:
        if not known:
            raise
        return last
    except PaveError:
        return last
    record_observation(snapshot)
    cache_snapshot(snapshot)
    return snapshot
