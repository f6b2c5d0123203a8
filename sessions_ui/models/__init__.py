"""Define the tables: the append-only audit, and the working rows around it."""

from .audit import AuditCheckpoint, AuditEntry, AuditToken, AuditValue, Kind, Side
from .edits import OPEN_STATES, Draft, Edit
from .integrity import Proof
from .jobs import Lease, Swept
from .privacy import Erasure
from .review import Flag, SavedView, Watch
from .sessions import LastRead, Sighting, Visit

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
