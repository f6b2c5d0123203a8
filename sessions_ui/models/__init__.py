"""Define the tables: the append-only audit, and the working tables around it."""

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
    "CachedSession",
    "Draft",
    "Edit",
    "Erasure",
    "Flag",
    "JobCursor",
    "JobLock",
    "Kind",
    "Observation",
    "Proof",
    "RecentSession",
    "SavedView",
    "Side",
    "WatchRule",
]
