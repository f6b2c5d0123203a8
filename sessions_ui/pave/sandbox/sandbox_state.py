"""Control a sandbox from code: create sessions, play the customer, order faults, read back."""

from copy import deepcopy
from typing import Any, Final

from sessions_ui.pave.sandbox.state.seed_sessions import DELIVERY, Seed, sample_fields

from .fields import FIELDS
from .rules import customer
from .rules.editability import IDLE, delivery_class
from .server.documents import session_document
from .session import Session
from .state.faults import Fault
from .state.journal import Row
from .state.session_titles import title
from .state.store import Store

POKEABLE_ATTRIBUTES: Final = (
    "status",
    "inspect_started_at",
    "inspect_ended_at",
    "updated_at",
    "delivery_status",
    "delivery_message",
    "active",
    "contact",
    "reference",
)
NEVER_NONE: Final = frozenset(
    {"inspect_started_at", "inspect_ended_at", "updated_at", "delivery_message"}
)


class SandboxState(Store):
    """The store, with methods that take the lock themselves and exchange keys and plain values."""

    def create(
        self,
        *,
        session: dict[str, Any] | None = None,
        vehicle: dict[str, Any] | None = None,
        sms: dict[str, Any] | None = None,
        status: str = IDLE,
        delivery: str = "accepted",
        started: bool | None = None,
        contact: dict[str, str] | None = None,
        reference: dict[str, Any] | None = None,
        key: str | None = None,
    ) -> str:
        """Create a session, whatever PAVE's rules say, and return its key.

        A section left out gets sample values; `{}` means PAVE holds none of it. `delivery` is
        failed, accepted, absent (no word yet) or none (no sms at all). `started` defaults to
        "any status but IDLE"; pass it to make status and start time disagree.
        """
        with self.lock:
            seed = Seed(
                key or self.new_key(),
                sample_fields(
                    len(self.sessions),
                    session=session,
                    vehicle=vehicle,
                    sms={} if delivery == "none" else sms,
                ),
                status,
                DELIVERY[delivery],
                started=status != IDLE if started is None else started,
                contact=contact,
                reference=reference,
            )
            self.add(seed.build(self.clock()))
            return seed.key

    def act(self, key: str, action: str) -> None:
        """Play the customer: an action of `customer.ACTIONS`, or `reset`.

        Raises UnknownSession, or `customer.Refused` with the reason in a sentence.
        """
        with self.lock:
            session = self.find(key)
            before = session.version
            if action == "reset":
                self.reset(session)
            else:
                customer.play(session, action, self.clock())
            self.record("CUSTOMER", self.find(key), {"action": action}, before)

    def poke(self, key: str, field: str, value: Any) -> None:
        """Change a field as somebody else would, past all rules. None removes it.

        Raises UnknownSession, or ValueError for a field that a session does not have and for an
        empty status.
        """
        if field not in FIELDS and field not in POKEABLE_ATTRIBUTES:
            raise ValueError(f"A session has no field {field!r} to change.")
        if field == "status" and not value:
            raise ValueError("A session always has a status.")
        with self.lock:
            session = self.find(key)
            before = session.version
            session.touch(self.clock())
            if field in FIELDS:
                _poke_field(session, field, value)
            else:
                setattr(session, field, "" if value is None and field in NEVER_NONE else value)
            self.record("BEHIND", session, {"field": field, "value": value}, before)

    def session(self, key: str) -> dict[str, Any]:
        """Return everything about a session: fields, times, version, texts_sent, delivery …"""
        with self.lock:
            session = self.find(key)
            return {**session.as_dict(), "delivery": delivery_class(session)}

    def document(self, key: str) -> dict[str, Any]:
        """Return PAVE's flat JSON object of a session, as a GET shows it now."""
        with self.lock:
            return deepcopy(session_document(self.find(key), self.switches))

    def listing(self) -> list[dict[str, str]]:
        """Return a summary of every session: key, status, delivery, vehicle, customer, title."""
        with self.lock:
            return [_summary(session) for session in self.sessions.values()]

    def turn(self, name: str, position: Any) -> None:
        """Set a switch of `switches.CHOICES`: `turn("mode", "ignore")`. Raises ValueError."""
        with self.lock:
            self.switches.turn(name, position)
            self.save_soon()

    def fault(self, kind: str, **scope: Any) -> Fault:
        """Order a fault: `method="PUT", key=None, times=1, skip=0`, and its own parameters.

        Raises ValueError for an unknown kind, method or parameter and for bad numbers.
        """
        with self.lock:
            fault = self.faults.order(kind, **scope)
            self.save_soon()
            return fault

    def clear_faults(self) -> None:
        """Drop the faults that have not struck yet."""
        with self.lock:
            self.faults.clear()
            self.save_soon()

    def journal(self, since: int = 0) -> list[Row]:
        """Return the journal's rows after row `since`, oldest first."""
        with self.lock:
            return self.log.since(since)

    def applied(self, key: str | None = None) -> list[Row]:
        """Return the PUTs that were applied, of one session or of all, oldest first."""
        return [
            row
            for row in self.journal()
            if row["kind"] == "application"
            and row["method"] == "PUT"
            and row["applied"]
            and key in (None, row["session_key"])
        ]


def _poke_field(session: Session, key: str, value: Any) -> None:
    kind = FIELDS[key].kind
    if value is None:
        session.fields.pop(key, None)
    else:
        session.fields[key] = int(value) if kind.is_number and str(value).isdecimal() else value


def _summary(session: Session) -> dict[str, str]:
    names = (session.fields.get(f"vehicle.{name}") for name in ("year", "make", "model", "trim"))
    return {
        "session_key": session.session_key,
        "status": session.status,
        "delivery": delivery_class(session),
        "vehicle": " ".join(str(name) for name in names if name),
        "customer": str(session.fields.get("sms.to_name", "")),
        "title": title(session),
    }
