"""List every field that PAVE lets a client write: the sandbox's one table of fields.

To add a field, add one row to `FIELDS`, written from PAVE's manual, and one row to the dashboard's
catalogue; neither is derived from the other. Accepted names, validation, editability, answers,
seeds and the site's forms follow from the row here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from sessions_ui.pave.sandbox.state.sample_values import Sample

from .field_kinds import COUNT, LANGUAGE, PHONE, TEXT, URL, VIN, YEAR, Kind, one_of

# section of a request: the object of an answer that shows its fields
ANSWER_PATHS: Final[Mapping[str, tuple[str, ...]]] = {
    "session": (),
    "vehicle": ("vehicle",),
    "sms": ("options", "sms"),
}


class Editable(Enum):
    """How long a field may be changed (PUT Update Session, Text Notifications)."""

    BEFORE_COMPLETION = "before the customer completes"
    BEFORE_START = "before the customer starts"
    WITH_TEXT = "before the customer starts, if the session has a text message"
    AFTER_FAILED_TEXT = "before the customer starts, if the text message failed"


@dataclass(frozen=True)
class Field:
    """One writable field.

    `sample` gives its value in a seed. `default` is its value in a session that is created without
    it, `blank` what answers show when there is no value; None leaves the field out. `answer_path`
    leads to the object of an answer that shows the field, where it is not the one of its section.
    """

    section: str
    name: str
    kind: Kind
    sample: Callable[[Sample], Any]
    editable: Editable = Editable.BEFORE_START
    default: Any = None
    blank: Any = None
    answer_path: tuple[str, ...] | None = None

    @property
    def key(self) -> str:
        """The field's name across sections: `vehicle.vin`."""
        return f"{self.section}.{self.name}"

    @property
    def path(self) -> tuple[str, ...]:
        """The keys that lead to the object of an answer in which the field is shown."""
        return ANSWER_PATHS[self.section] if self.answer_path is None else self.answer_path


class FieldTable:
    """The rows, in the manual's order, found by key."""

    def __init__(self, rows: Iterable[Field]) -> None:
        self.rows = tuple(rows)

    def __iter__(self) -> Iterator[Field]:
        return iter(self.rows)

    def __contains__(self, key: object) -> bool:
        return any(field.key == key for field in self.rows)

    def __getitem__(self, key: str) -> Field:
        """Return the field with this key. Raises KeyError."""
        return {field.key: field for field in self.rows}[key]

    @property
    def keys(self) -> tuple[str, ...]:
        """Every field's key."""
        return tuple(field.key for field in self.rows)

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections of a request."""
        return tuple(dict.fromkeys(field.section for field in self.rows))

    def section(self, name: str) -> tuple[Field, ...]:
        """Return the fields of one section."""
        return tuple(field for field in self.rows if field.section == name)

    def shown_in(self, path: tuple[str, ...]) -> tuple[Field, ...]:
        """Return the fields that an answer shows in the object at `path`."""
        return tuple(field for field in self.rows if field.path == path)


_LATE = Editable.BEFORE_COMPLETION
_TEXT, _FAILED = Editable.WITH_TEXT, Editable.AFTER_FAILED_TEXT

# fmt: off
FIELDS: Final = FieldTable((
    Field("session", "theme", one_of("LITE", "PRO", "CAPT"), lambda sample: "PRO",
          default="PRO", blank="PRO"),
    Field("session", "redirect_url", URL, lambda sample: sample.thank_you_page, _LATE,
          default="https://thanks.example.com/", blank=""),
    Field("session", "language", LANGUAGE, lambda sample: "EN", _LATE, default="EN", blank="EN"),
    Field("session", "client_id", TEXT, lambda sample: sample.client_id, answer_path=("options",)),
    Field("vehicle", "vin", VIN, lambda sample: sample.vin),
    Field("vehicle", "year", YEAR, lambda sample: sample.car.year),
    Field("vehicle", "make", TEXT, lambda sample: sample.car.make),
    Field("vehicle", "model", TEXT, lambda sample: sample.car.model),
    Field("vehicle", "body_type", TEXT, lambda sample: sample.car.body_type),
    Field("vehicle", "trim", TEXT, lambda sample: sample.car.trim),
    Field("vehicle", "transmission", TEXT, lambda sample: sample.car.transmission),
    Field("vehicle", "ext_col", TEXT, lambda sample: sample.car.ext_col),
    Field("vehicle", "int_col", TEXT, lambda sample: sample.car.int_col),
    Field("vehicle", "odom_reading", COUNT, lambda sample: sample.odometer),
    Field("vehicle", "odom_unit", TEXT, lambda sample: "KILOMETRES"),
    Field("sms", "to", PHONE, lambda sample: sample.phone, _FAILED),
    Field("sms", "to_name", TEXT, lambda sample: sample.customer, _TEXT),
    Field("sms", "from", PHONE, lambda sample: sample.dealer.phone, _TEXT),
    Field("sms", "by", TEXT, lambda sample: sample.dealer.name, _TEXT),
))
# fmt: on

# Names that a request may hold but never set: PAVE owns them, or documents no way to change them.
READ_ONLY: Final[Mapping[str, frozenset[str]]] = {
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
