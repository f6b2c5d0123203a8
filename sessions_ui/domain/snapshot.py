"""Read PAVE's answer about one session without trusting it, and compare it field by field.

Source: PAVE's manual, "GET Session Data" and the answer of "PUT Update Session". Every documented
shape is read (both time forms, ``""`` and null, numbers as text, ``options`` nesting), unknown keys
are kept, and no other input crashes a page.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sessions_ui.domain.values.text import text_of

from .catalogue import CATALOGUE, Catalogue
from .rules.outcomes import FieldResult
from .status import Delivery, Status, classify_delivery

STAMP_MARGIN = timedelta(seconds=2)
"""How far PAVE's ``updated_at`` may be off: it has whole seconds, and PAVE's clock is not ours."""
_ABSENT = object()


class SnapshotError(ValueError):
    """The answer is not an object of this session."""


@dataclass(frozen=True)
class Snapshot:
    """One answer of PAVE. ``document`` is its JSON object as it came, ``read_at`` our UTC time.

    ``asked_at`` is when the call began; the answer describes some moment between the two.
    """

    session_key: str
    document: Mapping[str, object]
    read_at: datetime
    asked_at: datetime | None = None

    @classmethod
    def parse(
        cls,
        document: object,
        session_key: str,
        read_at: datetime,
        *,
        asked_at: datetime | None = None,
    ) -> "Snapshot":
        """Check a decoded answer and keep it. Raises SnapshotError unless it is this session's."""
        if not isinstance(document, dict):
            raise SnapshotError("PAVE's answer is not an object.")
        if document.get("session_key") != session_key:
            raise SnapshotError("PAVE's answer is of another session.")
        return cls(session_key, document, read_at, asked_at)

    @property
    def earliest(self) -> datetime:
        """The earliest moment that the answer can describe."""
        return self.asked_at or self.read_at

    def _at(self, path: tuple[str, ...]) -> object:
        found: object = self.document
        for name in path:
            if not isinstance(found, Mapping) or name not in found:
                return _ABSENT
            found = found[name]
        return found

    def shown(self, key: str, catalogue: Catalogue = CATALOGUE) -> bool:
        """Whether PAVE's answer has the field at all, empty or not."""
        return self._at(catalogue[key].path) is not _ABSENT

    def value(self, key: str, catalogue: Catalogue = CATALOGUE) -> object:
        """The field's raw value; None when absent."""
        found = self._at(catalogue[key].path)
        return None if found is _ABSENT else found

    def text(self, key: str, catalogue: Catalogue = CATALOGUE) -> str:
        """The field's value as text, in PAVE's own spelling; ``""`` for nothing."""
        return text_of(self.value(key, catalogue))

    def texts(self, catalogue: Catalogue = CATALOGUE) -> dict[str, str]:
        """All writable fields as text: what an agent sees on the form."""
        return {spec.key: self.text(spec.key, catalogue) for spec in catalogue.writable}

    @property
    def raw_status(self) -> str:
        """PAVE's own word for the status, known to us or not."""
        return self.text("session.status")

    @property
    def status(self) -> Status | None:
        """The status; None for a word that PAVE's manual does not name."""
        return Status.of(self.raw_status)

    @property
    def started_at(self) -> datetime | None:
        """When the customer started, UTC; None when empty or not a time."""
        return parse_time(self.value("session.inspect_started_at"))

    @property
    def has_started(self) -> bool:
        """Whether the customer has started, which only IDLE without a start time denies."""
        return self.status is not Status.IDLE or bool(
            self.text("session.inspect_started_at").strip()
        )

    @property
    def has_sms(self) -> bool:
        """Whether PAVE shows a text message object at all (an empty one counts as none)."""
        sms = self._at(("options", "sms"))
        return isinstance(sms, Mapping) and bool(sms)

    @property
    def delivery(self) -> Delivery:
        """The delivery of the text message, as PAVE reports it."""
        return classify_delivery(self.text("sms.delivery_status"))

    @property
    def updated_at(self) -> str:
        """PAVE's time of the last change, as it came. It has whole seconds, so it is no version."""
        return self.text("session.updated_at")

    @property
    def delivery_text(self) -> str:
        """PAVE's own words for the delivery; ``""`` when it shows none."""
        return self.text("sms.delivery_status").strip()

    @property
    def delivery_message(self) -> str:
        """PAVE's explanation of a failed delivery."""
        return self.text("sms.delivery_message").strip()

    @property
    def moments(self) -> tuple[tuple[str, datetime | None], ...]:
        """The times that PAVE keeps of a session, with their labels."""
        names = ("created_at", "inspect_started_at", "inspect_ended_at", "updated_at")
        keys = [f"session.{name}" for name in names]
        return tuple((CATALOGUE[key].label, parse_time(self.value(key))) for key in keys)

    @property
    def summary(self) -> list[str]:
        """Vehicle, customer and dealer as far as PAVE knows them, for the second line of a page."""
        parts = (self.vehicle_label, self.text("sms.to_name"), self.text("sms.by"))
        return [part for part in parts if part]

    @property
    def vehicle_label(self) -> str:
        """``2021 Honda Civic EX``, as far as PAVE knows it."""
        return " ".join(
            filter(None, (self.text(f"vehicle.{n}") for n in ("year", "make", "model", "trim")))
        )

    def result(
        self, key: str, base: str, wanted: str | int, catalogue: Catalogue = CATALOGUE
    ) -> FieldResult:
        """Compare one sent field with the value before and the one sent."""
        if not self.shown(key, catalogue):
            return FieldResult.NOT_SHOWN
        kind, now = catalogue[key].kind, self.text(key, catalogue)
        if kind.same(now, wanted):
            return FieldResult.APPLIED
        return FieldResult.IGNORED if kind.same(now, base) else FieldResult.ALTERED

    def collateral(
        self, base: "Snapshot", sent: Iterable[str], catalogue: Catalogue = CATALOGUE
    ) -> dict[str, tuple[str, str]]:
        """Find writable fields that changed since ``base`` unsent, as ``{key: (was, now)}``."""
        changed = {}
        for spec in catalogue.writable:
            if spec.key in sent or not (
                base.shown(spec.key, catalogue) and self.shown(spec.key, catalogue)
            ):
                continue
            was, now = base.text(spec.key, catalogue), self.text(spec.key, catalogue)
            if not spec.kind.same(was, now):
                changed[spec.key] = (was, now)
        return changed


def parse_time(value: object) -> datetime | None:
    """A time in either of PAVE's forms (``…Z``, ``…+00:00``) as UTC; None for anything else."""
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def payload(
    changes: Mapping[str, str], catalogue: Catalogue = CATALOGUE
) -> dict[str, dict[str, str | int]]:
    """Build the body of PAVE's update call from typed values, nested by section.

    It has only the changed keys, in the catalogue's order, so that the same edit gives the same
    bytes.
    """
    body: dict[str, dict[str, str | int]] = {}
    for spec in catalogue.writable:
        if spec.key in changes:
            body.setdefault(spec.section, {})[spec.name] = spec.kind.sent(changes[spec.key])
    return body


def canonical(document: object) -> str:
    """Write JSON with sorted keys and no spaces, for hashing and comparing."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint(document: object) -> str:
    """SHA-256 of the canonical JSON, in hex."""
    return hashlib.sha256(canonical(document).encode("utf-8", "surrogatepass")).hexdigest()
