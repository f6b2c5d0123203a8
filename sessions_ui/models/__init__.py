"""The tables: the rows that work is done on, and the record of what was done."""

from .audit import AuditCheckpoint, AuditEntry, AuditToken, AuditValue, Kind, Side
from .working import OPEN_STATES, Draft, Edit, LastRead, Lease, Visit

__all__ = [
    "OPEN_STATES",
    "AuditCheckpoint",
    "AuditEntry",
    "AuditToken",
    "AuditValue",
    "Draft",
    "Edit",
    "Kind",
    "LastRead",
    "Lease",
    "Side",
    "Visit",
]
