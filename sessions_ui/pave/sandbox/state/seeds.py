"""The sessions that the sandbox begins with: every status with every state of the text, and more.

Always the same keys, people and cars; times count back from the moment of planting.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sessions_ui.pave.sandbox.rules.customer import PHOTOS, take_photos

from .sample_data import CARS, DEALERS, PEOPLE, phone
from .session import ACCEPTED, FAILED, Session, stamp

# minutes from creation to reaching each status, along the way a customer goes
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
# One row a session: key, status, delivery, minutes since creation.
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
    """What one session is to be when it is planted or made by a test."""

    key: str
    parts: dict[str, dict[str, Any]]
    status: str = "IDLE"
    delivery: tuple[str | None, str] = ACCEPTED
    started: bool = False
    age: int = 60
    title: str = ""
    decoded: dict[str, Any] = field(default_factory=dict)
    contact: dict[str, str] | None = None
    reference: dict[str, Any] | None = None

    def session(self, now: datetime) -> Session:
        """Build the session with times in their order, none of them after `now`."""
        reached = max(REACHED.get(self.status, 0), REACHED["STARTED"] if self.started else 0)
        created = now - timedelta(minutes=max(self.age, reached))
        made = Session(
            session_key=self.key,
            created_at=stamp(created),
            status=self.status,
            fields={
                f"{top}.{name}": v for top, part in self.parts.items() for name, v in part.items()
            },
            contact=self.contact,
            reference=self.reference,
            decoded=self.decoded,
            title=self.title,
        )
        made.delivery_status, made.delivery_message = self.delivery
        made.texts_sent = int(made.has_section("sms"))
        made.updated_at = stamp(created + timedelta(minutes=reached))
        if self.started:
            made.inspect_started_at = stamp(created + timedelta(minutes=REACHED["STARTED"]))
        _dress(made, created)
        made.keep_origin()
        return made


def _dress(session: Session, created: datetime) -> None:
    """Add photos, end time and note that go with the status."""
    photos_at = created + timedelta(minutes=REACHED["PROCESS"])
    if session.status == "PROCESS":
        take_photos(session, photos_at, 3)
    if session.status in {"QC_PASSED", "CONFIRM", "COMPLETE", "INVALID"}:
        take_photos(session, photos_at, len(PHOTOS))
    if session.status in {"CONFIRM", "COMPLETE"}:
        session.inspect_ended_at = stamp(created + timedelta(minutes=ENDED_AFTER))
    if session.status == "COMPLETE":
        session.notes.append(
            {
                "title": "Winter tires",
                "description": "Customer keeps the winter set.",
                "inserted_by": "sandbox",
                "inserted_at": session.updated_at,
            }
        )


def sample_sections(
    number: int,
    *,
    prefix: str = "LKS",
    session: dict[str, Any] | None = None,
    vehicle: dict[str, Any] | None = None,
    sms: dict[str, Any] | None = None,
) -> dict[str, dict[str, Any]]:
    """Give the three sections of the `number`-th sample; a section that is given stays as it is."""
    dealer = DEALERS[prefix]
    link = f"https://{dealer.site}/inspection/thank-you"
    sample_sms = {
        "to": phone(number),
        "to_name": PEOPLE[number % len(PEOPLE)],
        "from": dealer.phone,
        "by": dealer.name,
    }
    sample_session = {"client_id": f"{prefix}{234889 + number}"} if session is None else session
    return {
        "session": {"theme": "PRO", "redirect_url": link, "language": "EN", **sample_session},
        "vehicle": CARS[number % len(CARS)].fields(number) if vehicle is None else vehicle,
        "sms": sample_sms if sms is None else sms,
    }


def seeds() -> list[Seed]:
    """Give all seeds in their fixed order."""
    planted = [_row_seed(number, *row) for number, row in enumerate(ROWS)]
    return [*planted, *_odd_ones(len(planted))]


def _row_seed(number: int, key: str, status: str, delivery: str, age: int) -> Seed:
    never_started = status == "IDLE" or (status == "EXPIRED" and delivery != "accepted")
    return Seed(
        key,
        sample_sections(number, prefix=key[:3]),
        status,
        DELIVERY[delivery],
        started=not never_started,
        age=age,
        decoded=CARS[number % len(CARS)].decoded(number),
    )


def _odd_ones(first: int) -> list[Seed]:
    """Give the sessions that show one thing each."""
    bare = Seed("LKS-Q5V0ZT7XHN", {}, age=17, title="No vehicle yet: it waits for the VIN photo")
    bare.parts = sample_sections(first, vehicle={})
    partial = Seed("NGF-7HD2KX4YWM", {}, age=23, title="Only the VIN is known of the vehicle")
    partial.parts = sample_sections(
        first + 1, prefix="NGF", vehicle={"vin": CARS[10].vin(first + 1)}
    )
    no_text = Seed("MRT-0ZR9QB3JKC", {}, delivery=DELIVERY["none"], age=44)
    no_text.parts = sample_sections(first + 2, prefix="MRT", sms={})
    held = Seed("LKS-ZK1W6ME8DV", {}, "ON_HOLD", started=True, age=71)
    held.parts = sample_sections(first + 3)
    named = Seed("NGF-5RA8YJ0TXE", {}, age=58)
    named.title = "With a contact and the dealer's own reference"
    named.parts = sample_sections(first + 4, prefix="NGF")
    named.contact = {"first_name": "Samir", "last_name": "Khoury"}
    named.reference = {"stock_number": "N-20418", "appraiser": "R. Singh"}
    split = Seed("MRT-6CN4HV7WQA", {}, started=True, age=29)
    split.parts = sample_sections(first + 5, prefix="MRT")
    others = [bare, partial, no_text, held, named, split]
    for number, seed in enumerate(others, first):
        if len(seed.parts["vehicle"]) > 1:
            seed.decoded = CARS[number % len(CARS)].decoded(number)
    return others
