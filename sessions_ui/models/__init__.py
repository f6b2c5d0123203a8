"""Define the tables: the append-only audit, and the working rows around it."""

from .audit import (
    END_KINDS,
    LISTED_KINDS,
    AuditCheckpoint,
    AuditEntry,
    AuditTerm,
    AuditValue,
    Kind,
    Side,
)
from .edits import OPEN_STATES, Draft, Edit
from .integrity import Proof
from .jobs import JobCursor, JobLock
from .privacy import Erasure
from .review import Flag, SavedView, WatchRule
from .sessions import CachedSession, Observation, RecentSession

__all__ = [
    "END_KINDS",
    "LISTED_KINDS",
    "OPEN_STATES",
    "AuditCheckpoint",
    "AuditEntry",
    "AuditTerm",
    "AuditValue",
    "Draft",
    "Edit",
    "Erasure",
    "Flag",
    "Kind",
    "CachedSession",
    "JobLock",
    "Proof",
    "SavedView",
    "Side",
    "Observation",
    "JobCursor",
    "RecentSession",
    "WatchRule",
]
