"""Define the sessions that the sandbox begins with: each status with each delivery, and more.

Keys, people and cars are always the same; times count back from the moment of planting.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sessions_ui.pave.sandbox.fields import FIELDS
from sessions_ui.pave.sandbox.rules.customer import PHOTOS, take_photos
from sessions_ui.pave.sandbox.session import ACCEPTED, FAILED, Session, timestamp

from .sample_values import CARS, DEALERS, Sample

# minutes from creation to each status, as a customer usually reaches it
REACHED: Final = {
    "IDLE": 0,
    "STARTED": 12,
    "PROCESS": 15,
    "QC_PASSED": 20,
    "CONFIRM": 26,
    "COMPLETE": 41,
    "INVALID": 24,
    "EXPIRED": 2880,
}
ENDED_AFTER: Final = 26
DELIVERY: Final[dict[str, tuple[str | None, str]]] = {
    "failed": FAILED,
    "accepted": ACCEPTED,
    "absent": (None, ""),
    "none": (None, ""),
}
# One row per session: key, status, delivery, minutes since creation.
ROWS: Final = (
    ("LKS-7Q2M9XK4RD", "IDLE", "failed", 38),
    ("NGF-9K3VX7RM2A", "IDLE", "accepted", 64),
    ("MRT-5XJ8DQ0WZN", "IDLE", "absent", 6),
    ("LKS-V61JR3YDMC", "STARTED", "failed", 95),
    ("NGF-2PW6HY8KTB", "STARTED", "accepted", 33),
    ("MRT-R7C4ZN1EQV", "STARTED", "absent", 47),
    ("LKS-2HW5N8TQ0B", "PROCESS", "failed", 130),
    ("NGF-4TB8WZ1HQC", "PROCESS", "accepted", 28),
    ("MRT-K0A9XM6DYJ", "PROCESS", "absent", 52),
    ("LKS-D4SQ8B2WNF", "QC_PASSED", "failed", 210),
    ("NGF-X5Z1QJ7EVR", "QC_PASSED", "accepted", 75),
    ("MRT-8YH3TB5KCW", "QC_PASSED", "absent", 118),
    ("LKS-90PXK7GZ4E", "CONFIRM", "failed", 260),
    ("NGF-M1V7DR4XSA", "CONFIRM", "accepted", 180),
    ("MRT-3WQ6NE9ZHP", "CONFIRM", "absent", 340),
    ("LKS-6MZ1TC9HVA", "COMPLETE", "failed", 1560),
    ("NGF-J8R2YK5WQD", "COMPLETE", "accepted", 2980),
    ("MRT-T4E7VX0BMZ", "COMPLETE", "absent", 4410),
    ("LKS-Y8E5KJ0R7W", "EXPIRED", "failed", 9 * 1440),
    ("NGF-C6D9ZQ2HXT", "EXPIRED", "accepted", 12 * 1440),
    ("MRT-1NJ5WK8VYR", "EXPIRED", "absent", 6 * 1440),
    ("LKS-3BF7QX2HDP", "INVALID", "failed", 1800),
    ("NGF-E0T4MV9CKJ", "INVALID", "accepted", 760),
    ("MRT-W2X8RZ6QDN", "INVALID", "absent", 5200),
)


@dataclass
class Seed:
    """The description of one session, planted at the start or created by a test."""

    key: str
    fields: dict[str, Any]
    status: str = "IDLE"
    delivery: tuple[str | None, str] = ACCEPTED
    started: bool = False
    age: int = 60
    title: str = ""
    decoded: dict[str, Any] = field(default_factory=dict)
    contact: dict[str, str] | None = None
    reference: dict[str, Any] | None = None

    def build(self, now: datetime) -> Session:
        """Build the session with times in their order, none of them after `now`."""
        reached = max(REACHED.get(self.status, 0), REACHED["STARTED"] if self.started else 0)
        created = now - timedelta(minutes=max(self.age, reached))
        session = Session(
            session_key=self.key,
            created_at=timestamp(created),
            status=self.status,
            fields=self.fields,
            contact=self.contact,
            reference=self.reference,
            decoded=self.decoded,
            title=self.title,
        )
        session.delivery_status, session.delivery_message = self.delivery
        session.texts_sent = int(session.has_section("sms"))
        session.updated_at = timestamp(created + timedelta(minutes=reached))
        if self.started:
            session.inspect_started_at = timestamp(created + timedelta(minutes=REACHED["STARTED"]))
        _add_progress(session, created)
        session.keep_origin()
        return session


def _add_progress(session: Session, created: datetime) -> None:
    """Add the photos, end time and note that a session of this status has."""
    photos_at = created + timedelta(minutes=REACHED["PROCESS"])
    if session.status == "PROCESS":
        take_photos(session, photos_at, 3)
    if session.status in {"QC_PASSED", "CONFIRM", "COMPLETE", "INVALID"}:
        take_photos(session, photos_at, len(PHOTOS))
    if session.status in {"CONFIRM", "COMPLETE"}:
        session.inspect_ended_at = timestamp(created + timedelta(minutes=ENDED_AFTER))
    if session.status == "COMPLETE":
        session.notes.append(
            {
                "title": "Winter tires",
                "description": "Customer keeps the winter set.",
                "inserted_by": "sandbox",
                "inserted_at": session.updated_at,
            }
        )


def sample_fields(
    number: int, *, prefix: str = "LKS", **sections: dict[str, Any] | None
) -> dict[str, Any]:
    """Return the fields of the `number`-th sample session by their keys.

    `sections` (session=, vehicle=, sms=) replace the samples of a whole section; None keeps them.
    Fields that PAVE gives every session stay unless they are named.
    """
    sample = Sample(number, DEALERS[prefix])
    values = {
        field.key: field.sample(sample)
        for field in FIELDS
        if sections.get(field.section) is None or field.default is not None
    }
    for section, fields in sections.items():
        values |= {f"{section}.{name}": value for name, value in (fields or {}).items()}
    return values


def seeds() -> list[Seed]:
    """Return all seeds in their fixed order."""
    planted = [_row_seed(number, *row) for number, row in enumerate(ROWS)]
    first = len(planted)
    return [*planted, *_sparse_seeds(first), *_unusual_seeds(first + 3)]


def _row_seed(number: int, key: str, status: str, delivery: str, age: int) -> Seed:
    never_started = status == "IDLE" or (status == "EXPIRED" and delivery != "accepted")
    return Seed(
        key,
        sample_fields(number, prefix=key[:3]),
        status,
        DELIVERY[delivery],
        started=not never_started,
        age=age,
        decoded=_decoded(number),
    )


def _decoded(number: int) -> dict[str, Any]:
    return CARS[number % len(CARS)].decoded(number)


def _sparse_seeds(first: int) -> list[Seed]:
    """Return sessions that lack a vehicle, most of it, or a text message."""
    return [
        Seed(
            "LKS-Q5V0ZT7XHN",
            sample_fields(first, vehicle={}),
            age=17,
            title="No vehicle yet: it waits for the VIN photo",
        ),
        Seed(
            "NGF-7HD2KX4YWM",
            sample_fields(first + 1, prefix="NGF", vehicle={"vin": CARS[10].vin(first + 1)}),
            age=23,
            title="Only the VIN is known of the vehicle",
        ),
        Seed(
            "MRT-0ZR9QB3JKC",
            sample_fields(first + 2, prefix="MRT", sms={}),
            delivery=DELIVERY["none"],
            age=44,
            decoded=_decoded(first + 2),
        ),
    ]


def _unusual_seeds(first: int) -> list[Seed]:
    """Return sessions with an unknown status, a contact, and a start time at IDLE."""
    return [
        Seed(
            "LKS-ZK1W6ME8DV",
            sample_fields(first),
            "ON_HOLD",
            started=True,
            age=71,
            decoded=_decoded(first),
        ),
        Seed(
            "NGF-5RA8YJ0TXE",
            sample_fields(first + 1, prefix="NGF"),
            age=58,
            title="With a contact and the dealer's own reference",
            decoded=_decoded(first + 1),
            contact={"first_name": "Samir", "last_name": "Khoury"},
            reference={"stock_number": "N-20418", "appraiser": "R. Singh"},
        ),
        Seed(
            "MRT-6CN4HV7WQA",
            sample_fields(first + 2, prefix="MRT"),
            started=True,
            age=29,
            decoded=_decoded(first + 2),
        ),
    ]
