"""Show a session as it stood at a moment, from the audit, the observations and PAVE itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from sessions_ui.audit.entries.rows import load_personal_values
from sessions_ui.audit.history.facts import collect_facts, open_edits
from sessions_ui.audit.history.state_at import SessionState, state_at
from sessions_ui.domain.snapshot import Snapshot, parse_time
from sessions_ui.models import END_KINDS, LISTED_KINDS, AuditEntry, Kind, Observation
from sessions_ui.pave.errors import PaveError, PaveNotFound

from .observations import record_observation
from .pave_reads import cache_snapshot, cached_snapshot, read_snapshot

FRESH_FOR = timedelta(minutes=1)
"""Stepping through the history reuses the last read for a minute."""

_FACT_KINDS = (*LISTED_KINDS, Kind.SENT, *END_KINDS)


@dataclass(frozen=True)
class StateAtMoment:
    """A session at a moment, and the moments to go on to.

    ``present`` is the last read of PAVE and ``created_at`` the time at which PAVE created the
    session. ``previous_at`` and ``next_at`` are the times of the nearest entries before and after
    the moment. ``authors`` are the ids of those who made the edits and refusals of the session.
    """

    state: SessionState
    present: Snapshot | None
    created_at: datetime | None
    previous_at: datetime | None
    next_at: datetime | None
    authors: frozenset[int | None]

    @property
    def before_creation(self) -> bool:
        """Whether PAVE created the session only after the moment."""
        return self.created_at is not None and self.state.at < self.created_at


def session_state_at(session_key: str, at: datetime | None = None) -> StateAtMoment:
    """The session at a moment (None: when PAVE was last read), as far as the facts show it.

    Raises PaveKeyError, and PaveNotFound for a session that neither PAVE nor the audit knows.
    """
    entries = list(
        AuditEntry.objects.filter(session_key=session_key, kind__in=_FACT_KINDS).order_by("id")
    )
    present = _present_snapshot(session_key, at, has_entries=bool(entries))
    at = at or (present.read_at if present else timezone.now())
    observations = Observation.objects.filter(session_key=session_key).order_by("seen_at", "id")
    values = load_personal_values(entry.id for entry in entries)
    facts = collect_facts(entries, values, observations, present)
    # A PUT leaves in the middle of an edit, so its entry is no place to stop at.
    ends = [entry.ts for entry in entries if entry.kind != Kind.SENT]
    return StateAtMoment(
        state=state_at(facts, session_key, at, open_edits(entries, at)),
        present=present,
        created_at=parse_time(present.value("session.created_at")) if present else None,
        previous_at=max((end for end in ends if end < at), default=None),
        next_at=min((end for end in ends if end > at), default=None),
        authors=frozenset(entry.actor_id for entry in entries if entry.kind in LISTED_KINDS),
    )


def _present_snapshot(
    session_key: str, at: datetime | None, *, has_entries: bool
) -> Snapshot | None:
    """The session as PAVE holds it now; the cached read where that is fresh enough or PAVE cannot
    be read."""
    cached = cached_snapshot(session_key)
    if at and cached and cached.read_at >= max(at, timezone.now() - FRESH_FOR):
        return cached
    try:
        snapshot = read_snapshot(session_key)
    except PaveNotFound:
        if not has_entries:
            raise
        return cached
    except PaveError:
        return cached
    record_observation(snapshot)
    cache_snapshot(snapshot)
    return snapshot
