"""List every PAVE field, one row each. A new field is one row here and nothing else.

Form field, payload key, labels, masking, filters, CSV column, contract cases and sample values all
derive from the row. Source of the write fields: PAVE's manual, "PUT Update Session"
and "POST Create Session"; of the read paths: "GET Session Data" (responses nest otherwise than
requests: ``sms`` and ``client_id`` come back under ``options``).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from .values.kinds import Kind


class Rule(Enum):
    """The sentence of PAVE's manual that decides over a field (``policy.RULES`` has the locks)."""

    UNTIL_COMPLETED = "Until the customer completes"
    BEFORE_START = "Before the customer starts"
    TEXT_DETAIL = "Before the customer starts, when a text was asked for"
    TEXT_NUMBER = "Before the customer starts, when the text failed"


@dataclass(frozen=True, slots=True)
class Section:
    """An object of PAVE's update request: its name there, and its words for people."""

    name: str
    label: str
    help: str
    noun: str


SECTIONS = (
    Section("session", "Session", "How the inspection looks and where it ends.", "session"),
    Section("vehicle", "Vehicle", "A VIN given here skips the VIN photo.", "vehicle"),
    Section("sms", "Text message", "The link the customer receives.", "text message"),
)


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One PAVE field.

    ``path`` leads to its value in PAVE's answers; ``rule`` is None for a field PAVE alone writes;
    ``examples`` are two different values as an agent would type them; ``choices`` is a closed list,
    ``known`` an open one (others are sent with a warning); ``caution`` is shown before any change
    is sent; ``width`` is the share of six columns that the control takes.
    """

    section: str
    name: str
    label: str
    path: tuple[str, ...]
    kind: Kind = Kind.TEXT
    rule: Rule | None = None
    examples: tuple[str, str] | tuple[()] = ()
    help: str = ""
    caution: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    known: tuple[str, ...] = ()
    max_length: int = 255
    personal: bool = False
    width: int = 6

    @property
    def key(self) -> str:
        """``section.name``: the field's name in the audit, in addresses and in ``data-field``."""
        return f"{self.section}.{self.name}"

    @property
    def input_name(self) -> str:
        """``section-name``: the name of the field's form input."""
        return f"{self.section}-{self.name}"

    @property
    def writable(self) -> bool:
        """Whether PAVE's update call knows the field at all."""
        return self.rule is not None


@dataclass(frozen=True)
class Catalogue:
    """The rows, by key. Iterating gives them in the order of the page."""

    rows: tuple[FieldSpec, ...]
    _by_key: dict[str, FieldSpec] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_key", {spec.key: spec for spec in self.rows})

    def __iter__(self) -> Iterator[FieldSpec]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def __getitem__(self, key: str) -> FieldSpec:
        return self._by_key[key]

    @property
    def writable(self) -> tuple[FieldSpec, ...]:
        """The fields that PAVE's update call knows."""
        return tuple(spec for spec in self.rows if spec.writable)

    def section(self, name: str) -> tuple[FieldSpec, ...]:
        """The writable fields of one section."""
        return tuple(spec for spec in self.writable if spec.section == name)


THEMES = (("LITE", "Lite"), ("PRO", "Pro"), ("CAPT", "Capture only"))
UNITS = (("KILOMETRES", "Kilometres"), ("MILES", "Miles"))
TRANSMISSIONS = ("Automatic", "Manual", "CVT", "Dual clutch", "Semi-automatic")
BODIES = (
    "Sedan", "Coupe", "Hatchback", "Wagon", "Wagon 4 Dr.", "SUV", "Crossover", "Pickup",
    "Minivan", "Van", "Sports Van", "Convertible",
)  # fmt: skip

_LATER, _START = Rule.UNTIL_COMPLETED, Rule.BEFORE_START
_DETAIL, _NUMBER = Rule.TEXT_DETAIL, Rule.TEXT_NUMBER

# fmt: off
CATALOGUE = Catalogue((
    FieldSpec("session", "redirect_url", "Redirect URL", ("redirect_url",), Kind.URL, _LATER,
              ("https://www.lakeshorehonda.ca/thanks", "https://trade.northgateford.ca/done?ref=7"),
              help="Where the customer goes afterwards. https only.", max_length=2000),
    FieldSpec("session", "language", "Language", ("language",), Kind.LANGUAGE, _LATER,
              ("EN", "FR"), width=2),
    FieldSpec("session", "theme", "Theme", ("theme",), Kind.CHOICE, _START,
              ("LITE", "PRO"), choices=THEMES, width=2),
    FieldSpec("session", "client_id", "Client ID", ("options", "client_id"), Kind.TEXT, _START,
              ("SOUTH234889", "NG-7731"), width=2),
    FieldSpec("vehicle", "vin", "VIN", ("vehicle", "vin"), Kind.VIN, _START,
              ("2HGFC2F7XMH018462", "1FTEW1EP3NFA73058"), max_length=17, width=4,
              help="17 characters, without I, O and Q."),
    FieldSpec("vehicle", "year", "Year", ("vehicle", "year"), Kind.YEAR, _START,
              ("2011", "2021"), max_length=4, width=2),
    FieldSpec("vehicle", "make", "Make", ("vehicle", "make"), Kind.TEXT, _START,
              ("Honda", "Ford"), width=2),
    FieldSpec("vehicle", "model", "Model", ("vehicle", "model"), Kind.TEXT, _START,
              ("Civic", "F-150"), width=2),
    FieldSpec("vehicle", "trim", "Trim", ("vehicle", "trim"), Kind.TEXT, _START,
              ("EX", "XLT"), width=2),
    FieldSpec("vehicle", "body_type", "Body type", ("vehicle", "body_type"), Kind.TEXT, _START,
              ("Sedan", "Pickup"), known=BODIES, width=3),
    FieldSpec("vehicle", "transmission", "Transmission", ("vehicle", "transmission"), Kind.WORD,
              _START, ("Automatic", "Manual"), known=TRANSMISSIONS, width=3),
    FieldSpec("vehicle", "ext_col", "Exterior colour", ("vehicle", "ext_col"), Kind.TEXT, _START,
              ("Platinum White Pearl", "Oxford White"), width=3),
    FieldSpec("vehicle", "int_col", "Interior colour", ("vehicle", "int_col"), Kind.TEXT, _START,
              ("Black", "Medium Dark Slate"), width=3),
    FieldSpec("vehicle", "odom_reading", "Odometer reading", ("vehicle", "odom_reading"),
              Kind.NUMBER, _START, ("330477", "84,210"), max_length=12, width=3),
    FieldSpec("vehicle", "odom_unit", "Odometer unit", ("vehicle", "odom_unit"), Kind.CHOICE,
              _START, ("KILOMETRES", "MILES"), choices=UNITS, width=3,
              caution="The unit changes; the number beside it stays the same."),
    FieldSpec("sms", "to", "Phone number", ("options", "sms", "to"), Kind.PHONE, _NUMBER,
              ("647-555-0126", "416-555-0184"), max_length=32, personal=True, width=3,
              help="PAVE will probably send a new text for each accepted change.",
              caution="PAVE will probably text the link to this number at once. "
                      "A text that was sent cannot be taken back."),
    FieldSpec("sms", "to_name", "Recipient name", ("options", "sms", "to_name"), Kind.TEXT, _DETAIL,
              ("Daniel Osei", "Grace Lindqvist"), personal=True, width=3,
              help="Shown in the text. A text already sent does not change."),
    FieldSpec("sms", "from", "From number", ("options", "sms", "from"), Kind.PHONE, _DETAIL,
              ("416-555-0100", "647-555-0190"), max_length=32, personal=True, width=3,
              help="Probably the dealer's number; PAVE does not explain it."),
    FieldSpec("sms", "by", "Sent by", ("options", "sms", "by"), Kind.TEXT, _DETAIL,
              ("Lakeshore Honda", "Northgate Ford"), width=3,
              help="The dealer name that the customer sees."),
    # PAVE alone writes these; pages show them.
    FieldSpec("session", "session_key", "Session key", ("session_key",)),
    FieldSpec("session", "status", "Status", ("status",), Kind.CHOICE),
    FieldSpec("session", "active", "Active", ("active",), Kind.FLAG),
    FieldSpec("session", "created_at", "Created", ("created_at",), Kind.TIME),
    FieldSpec("session", "inspect_started_at", "Started", ("inspect_started_at",), Kind.TIME),
    FieldSpec("session", "inspect_ended_at", "Ended", ("inspect_ended_at",), Kind.TIME),
    FieldSpec("session", "updated_at", "Changed", ("updated_at",), Kind.TIME),
    FieldSpec("session", "capture_url", "Capture link", ("capture_url",), Kind.URL),
    FieldSpec("session", "contact", "Contact", ("options", "contact"), Kind.NESTED, personal=True),
    FieldSpec("session", "reference", "Reference", ("options", "reference"), Kind.NESTED),
    FieldSpec("sms", "delivery_status", "Delivery", ("options", "sms", "delivery_status")),
    FieldSpec("sms", "delivery_message", "Message", ("options", "sms", "delivery_message")),
    FieldSpec("vehicle", "vehicle_id", "Vehicle ID", ("vehicle", "vehicle_id")),
    FieldSpec("vehicle", "drivetrain", "Drivetrain", ("vehicle", "drivetrain")),
    FieldSpec("vehicle", "engine_type", "Engine", ("vehicle", "engine_type")),
    FieldSpec("vehicle", "fuel_type", "Fuel", ("vehicle", "fuel_type")),
))
# fmt: on
