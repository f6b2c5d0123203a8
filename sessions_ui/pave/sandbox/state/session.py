"""One session as the pretend PAVE keeps it: flat fields by their name in a request."""

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

SECTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "session": ("theme", "redirect_url", "language", "client_id"),
    "vehicle": (
        "vin",
        "year",
        "make",
        "model",
        "body_type",
        "trim",
        "transmission",
        "ext_col",
        "int_col",
        "odom_reading",
        "odom_unit",
    ),
    "sms": ("to", "to_name", "from", "by"),
}
WRITABLE: Final = tuple(
    f"{section}.{name}" for section, names in SECTIONS.items() for name in names
)

# Names that a request may hold but never set: PAVE owns them, or shows no way to change them.
OWNED: Final[Mapping[str, frozenset[str]]] = {
    "session": frozenset(
        [
            "session_key",
            "active",
            "status",
            "inspect_started_at",
            "inspect_ended_at",
            "created_at",
            "updated_at",
            "capture_url",
            "contact",
            "reference",
        ]
    ),
    "vehicle": frozenset(
        ["vehicle_id", "id", "drivetrain", "engine_type", "fuel_type", "vrm", "session_key"]
    ),
    "sms": frozenset({"delivery_status", "delivery_message"}),
}

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
        """Say whether PAVE holds anything at all of `section`."""
        return any(key.startswith(f"{section}.") for key in self.fields)

    def section(self, section: str) -> dict[str, Any]:
        """Give the fields of one section by their short names, in the manual's order."""
        names = SECTIONS[section]
        return {n: self.fields[k] for n in names if (k := f"{section}.{n}") in self.fields}

    def touch(self, now: datetime) -> None:
        """Count one change: a new version, and PAVE's stamp in whole seconds."""
        self.version += 1
        self.updated_at = stamp(now)

    def plain(self) -> dict[str, Any]:
        """Give a deep copy as plain JSON values."""
        return asdict(self)

    def keep_origin(self) -> None:
        """Remember the present state as the one that "reset" brings back."""
        self.origin = None
        self.origin = deepcopy(self.plain())


def stamp(moment: datetime) -> str:
    """Write a UTC moment as v1 session calls do: `2021-05-25T11:50:49.000000Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000000Z")


def offset_stamp(text: str) -> str:
    """Rewrite a stamp as photos and results show it: `2023-12-07T17:33:23+00:00`."""
    return text[:19] + "+00:00" if text else ""


def moment_of(text: str) -> datetime:
    """Read either of PAVE's two forms. Raises ValueError for anything else."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def digits(phone: Any) -> str:
    """Reduce a phone number to its digits, without North America's leading 1."""
    only = re.sub(r"\D", "", str(phone))
    return only[1:] if len(only) == 11 and only.startswith("1") else only
