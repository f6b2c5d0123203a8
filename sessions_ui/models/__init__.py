"""The tables: the rows that work is done on, and the record of what was done."""

from .audit import AuditCheckpoint, AuditEntry, AuditToken, AuditValue, Kind, Side
from .erasing import Erasure
from .reviewing import Flag, Proof, SavedView, Swept, Watch
from .working import OPEN_STATES, Draft, Edit, LastRead, Lease, Sighting, Visit

__all__ = [
    "OPEN_STATES",
    "AuditCheckpoint",
    "AuditEntry",
    "AuditToken",
    "AuditValue",
    "Draft",
    "Edit",
    "Erasure",
    "Flag",
    "Kind",
    "LastRead",
    "Lease",
    "Proof",
    "SavedView",
    "Side",
    "Sighting",
    "Swept",
    "Visit",
    "Watch",
]
