"""Hold one session as the pretend PAVE keeps it: flat fields, named as in a request."""

import re
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from .fields import FIELDS

# (delivery_status, delivery_message) of the text provider
FAILED: Final = ("400 Bad Request", "The 'To' number is not a valid phone number. (21211)")
ACCEPTED: Final = ("201 Created", "")


@dataclass
class Session:
    """A session's full state. Times are ISO text as PAVE shows them, "" for none."""

    session_key: str
    created_at: str
    status: str = "IDLE"
    fields: dict[str, Any] = field(default_factory=dict)  # "vehicle.vin": "..."
    delivery_status: str | None = None
    delivery_message: str = ""
    contact: dict[str, str] | None = None
    reference: dict[str, Any] | None = None
    decoded: dict[str, Any] = field(default_factory=dict)  # what PAVE adds to a vehicle
    active: bool = True
    inspect_started_at: str = ""
    inspect_ended_at: str = ""
    updated_at: str = ""
    photos: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    title: str = ""
    version: int = 1
    texts_sent: int = 0
    resent: bool = False
    origin: dict[str, Any] | None = None  # the state that "reset" brings back

    def has_section(self, section: str) -> bool:
        """Return whether PAVE holds any field of `section`."""
        return any(key.startswith(f"{section}.") for key in self.fields)

    def section(self, section: str) -> dict[str, Any]:
        """Return the fields of one section by their short names, in the manual's order."""
        fields = FIELDS.section(section)
        return {field.name: self.fields[field.key] for field in fields if field.key in self.fields}

    def touch(self, now: datetime) -> None:
        """Count one change: a new version, and PAVE's timestamp in whole seconds."""
        self.version += 1
        self.updated_at = timestamp(now)

    def as_dict(self) -> dict[str, Any]:
        """Return a deep copy as plain JSON values."""
        return deepcopy(vars(self))

    def keep_origin(self) -> None:
        """Remember the present state as the one that "reset" brings back."""
        self.origin = None  # otherwise every origin would contain all the earlier ones
        self.origin = self.as_dict()


def timestamp(moment: datetime) -> str:
    """Format a UTC moment as v1 session calls do: `2021-05-25T11:50:49.000000Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000000Z")


def offset_timestamp(text: str) -> str:
    """Reformat a timestamp as photos and results show it: `2023-12-07T17:33:23+00:00`."""
    return text[:19] + "+00:00" if text else ""


def parse_time(text: str) -> datetime:
    """Read either of PAVE's two formats. Raises ValueError for anything else."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def phone_digits(phone: Any) -> str:
    """Reduce a phone number to its digits, without North America's leading 1."""
    digits = re.sub(r"\D", "", str(phone))
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
