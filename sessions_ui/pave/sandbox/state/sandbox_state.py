"""The sandbox in a test's hands: make sessions, play the customer, order faults, read the truth."""

from copy import deepcopy
from typing import Any, Final

from sessions_ui.pave.sandbox.rules import customer
from sessions_ui.pave.sandbox.rules.editability import IDLE, delivery_class
from sessions_ui.pave.sandbox.rules.validation import NUMBERS
from sessions_ui.pave.sandbox.server.documents import session_document

from .faults import Fault
from .journal import Row
from .seeds import DELIVERY, Seed, sample_sections
from .session import WRITABLE, Session
from .store import Store
from .titles import title

POKEABLE: Final = (
    *WRITABLE,
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
    """Store, with methods that take the lock themselves and speak in keys and plain values."""

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
        """Put a session in place, whatever PAVE's rules say, and give its key.

        A section left out gets sample values; `{}` means PAVE holds none of it. `delivery` is
        failed, accepted, absent (no word yet) or none (no sms at all). `started` defaults to
        "any status but IDLE"; give it to make the two signs disagree.
        """
        with self.lock:
            number = len(self.sessions)
            parts = sample_sections(number, session=session, vehicle=vehicle, sms=sms)
            if delivery == "none":
                parts["sms"] = {}
            made = Seed(key or self.new_key(), parts, status, DELIVERY[delivery])
            made.contact, made.reference = contact, reference
            made.started = status != IDLE if started is None else started
            self.add(made.session(self.clock()))
            return made.key

    def act(self, key: str, action: str) -> None:
        """Play the customer: an action of customer.ACTIONS, or `reset`.

        Raises store.UnknownSession, or customer.Refused with the reason in a sentence.
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
        """Change a field as somebody else would, past all rules. None takes a field away.

        Raises store.UnknownSession, or ValueError for a field that a session does not have and
        for an empty status.
        """
        if field not in POKEABLE:
            raise ValueError(f"A session has no field {field!r} to change.")
        if field == "status" and not value:
            raise ValueError("A session always has a status.")
        with self.lock:
            session = self.find(key)
            before = session.version
            session.touch(self.clock())
            if field not in WRITABLE:
                setattr(session, field, "" if value is None and field in NEVER_NONE else value)
            elif value is None:
                session.fields.pop(field, None)
            else:
                is_number = field in NUMBERS and str(value).isdecimal()
                session.fields[field] = int(value) if is_number else value
            self.record("BEHIND", session, {"field": field, "value": value}, before)

    def session(self, key: str) -> dict[str, Any]:
        """Give all that is known of a session: fields, times, version, texts_sent, delivery …"""
        with self.lock:
            return {**self.find(key).plain(), "delivery": delivery_class(self.find(key))}

    def document(self, key: str) -> dict[str, Any]:
        """Give PAVE's flat answer about a session, as a GET shows it now."""
        with self.lock:
            return deepcopy(session_document(self.find(key), self.switches))

    def listing(self) -> list[dict[str, str]]:
        """Give every session in short: key, status, delivery, vehicle, customer, title."""
        with self.lock:
            return [_short(session) for session in self.sessions.values()]

    def turn(self, name: str, position: Any) -> None:
        """Set a switch of switches.CHOICES: `turn("mode", "ignore")`. Raises ValueError."""
        with self.lock:
            self.switches.turn(name, position)
            self.noted()

    def fault(self, kind: str, **scope: Any) -> Fault:
        """Order a fault: `method="PUT", key=None, times=1, skip=0`, and its own parameters."""
        with self.lock:
            fault = self.faults.order(kind, **scope)
            self.noted()
            return fault

    def clear_faults(self) -> None:
        """Forget the faults that have not struck yet."""
        with self.lock:
            self.faults.clear()
            self.noted()

    def journal(self, since: int = 0) -> list[Row]:
        """Give the journal's rows after row `since`, oldest first."""
        with self.lock:
            return self.log.since(since)

    def applied(self, key: str | None = None) -> list[Row]:
        """Give the updates (PUT) that were applied, of one session or of all, oldest first."""
        return [
            row
            for row in self.journal()
            if row["kind"] == "application"
            and row["method"] == "PUT"
            and row["applied"]
            and key in (None, row["session_key"])
        ]


def _short(session: Session) -> dict[str, str]:
    names = (session.fields.get(f"vehicle.{name}") for name in ("year", "make", "model", "trim"))
    return {
        "session_key": session.session_key,
        "status": session.status,
        "delivery": delivery_class(session),
        "vehicle": " ".join(str(name) for name in names if name),
        "customer": str(session.fields.get("sms.to_name", "")),
        "title": title(session),
    }
