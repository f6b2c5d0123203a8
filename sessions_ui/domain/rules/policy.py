"""Decide which fields may be edited now, with the reason and what would unlock them.

One table and one function. Each row names its source; where PAVE's manual is silent, the row takes
the strict reading and says that it is ours. Source of the rules: "PUT Update Session": theme only
before the start; redirect URL and language until the customer completes; the phone number only
before the start and after a failed text; everything else, as its headline says, before the start.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sessions_ui.domain.catalogue import CATALOGUE, Catalogue, FieldSpec, Rule
from sessions_ui.domain.snapshot import Snapshot
from sessions_ui.domain.status import Delivery, Stage, Status

COMPLETED = frozenset({Status.COMPLETE})
"""The statuses that count as "completed by the user". The manual's lifecycle page uses the word for
COMPLETE alone; another reading would start at QC_PASSED."""

MANUAL = "PAVE's manual, PUT Update Session"
OURS = "Our own rule: PAVE's manual is silent, so the safe reading is taken"
UNREAD = "Our own rule: nothing is changed unread"
ROLES = "Our own rule: agents edit, managers read"
ONE_AT_A_TIME = "Our own rule: one edit of a session at a time"


class Reason(StrEnum):
    """The reasons for a lock, in order: the first that holds wins."""

    PAVE_UNREACHABLE = "PAVE_UNREACHABLE"
    NO_PERMISSION = "NO_PERMISSION"
    EDIT_PENDING = "EDIT_PENDING"
    UNKNOWN_STATUS = "UNKNOWN_STATUS"
    INVALID = "INVALID"
    EXPIRED = "EXPIRED"
    COMPLETED = "COMPLETED"
    STARTED = "STARTED"
    NO_SMS = "NO_SMS"
    SMS_UNKNOWN = "SMS_UNKNOWN"
    SMS_NOT_FAILED = "SMS_NOT_FAILED"


@dataclass(frozen=True, slots=True)
class Situation:
    """The facts that a verdict depends on: PAVE's snapshot (None: PAVE could not be read), the
    actor's right, and whether another edit of the session is still open."""

    snapshot: Snapshot | None
    may_edit: bool = True
    pending: bool = False

    @property
    def status(self) -> Status | None:
        return self.snapshot.status if self.snapshot else None

    @property
    def delivery(self) -> Delivery:
        return self.snapshot.delivery if self.snapshot else Delivery.UNKNOWN


@dataclass(frozen=True, slots=True)
class LockRule:
    """One row of the table: when it holds, the fields that it locks, and the words for agents."""

    reason: Reason
    holds: Callable[[Situation], bool]
    locks: frozenset[Rule]
    sentence: str
    unlock: str
    source: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a field is editable now; if not, the row that locks it and its evidence.

    ``since`` is when the customer started, where that is the cause; ``looked_at`` pairs a name with
    the value of PAVE's that the verdict rests on.
    """

    rule: LockRule | None = None
    since: datetime | None = None
    looked_at: tuple[tuple[str, str], ...] = ()

    @property
    def editable(self) -> bool:
        return self.rule is None

    @property
    def reason(self) -> Reason | None:
        return self.rule.reason if self.rule else None

    @property
    def sentence(self) -> str:
        return self.rule.sentence if self.rule else ""

    @property
    def unlock(self) -> str:
        return self.rule.unlock if self.rule else ""

    @property
    def source(self) -> str:
        return self.rule.source if self.rule else ""


_ALL = frozenset(Rule)
_TEXT = frozenset({Rule.TEXT_DETAIL, Rule.TEXT_NUMBER})
_TEXT_NUMBER = frozenset({Rule.TEXT_NUMBER})
_NEW = "Not possible on this session. A new one would be needed."

RULES = (
    LockRule(
        Reason.PAVE_UNREACHABLE, lambda s: s.snapshot is None, _ALL,
        "PAVE could not be read just now, so nobody can say what may be changed.",
        "Refresh from PAVE in a moment.", UNREAD,
    ),
    LockRule(
        Reason.NO_PERMISSION, lambda s: not s.may_edit, _ALL,
        "You may look at this session; changing it is for support agents.",
        "Ask an agent to make the change.", ROLES,
    ),
    LockRule(
        Reason.EDIT_PENDING, lambda s: s.pending, _ALL,
        "An edit of this session is still open: its outcome is not known yet.",
        "Wait until it is settled; that takes a minute or two.", ONE_AT_A_TIME,
    ),
    LockRule(
        Reason.UNKNOWN_STATUS, lambda s: s.status is None, _ALL,
        "PAVE reports a status that its manual does not name.",
        "Tell the owner of the rules; until they know it, nothing may be changed.", OURS,
    ),
    LockRule(
        Reason.INVALID, lambda s: s.status is Status.INVALID, _ALL,
        "PAVE found the inspection invalid, so a change could have no effect.", _NEW, OURS,
    ),
    LockRule(
        Reason.EXPIRED, lambda s: s.status is Status.EXPIRED, _ALL,
        "The session has expired; its link no longer opens.", _NEW, OURS,
    ),
    LockRule(
        Reason.COMPLETED, lambda s: s.status in COMPLETED, _ALL,
        "The customer has completed the inspection.", _NEW, MANUAL,
    ),
    LockRule(
        Reason.STARTED, lambda s: bool(s.snapshot and s.snapshot.has_started),
        _ALL - {Rule.UNTIL_COMPLETED},
        "PAVE accepts this only before the customer starts.", _NEW, MANUAL,
    ),
    LockRule(
        Reason.NO_SMS, lambda s: not (s.snapshot and s.snapshot.has_sms), _TEXT,
        "PAVE shows no text message for this session.",
        "Not by an edit. While it is not started, the session can be made anew with a text.", OURS,
    ),
    LockRule(
        Reason.SMS_UNKNOWN, lambda s: s.delivery is Delivery.UNKNOWN, _TEXT_NUMBER,
        "PAVE does not show a failed delivery, and takes a new number only after one.",
        "PAVE reporting a failed delivery. Refresh from PAVE in a moment.", OURS,
    ),
    LockRule(
        Reason.SMS_NOT_FAILED, lambda s: s.delivery is Delivery.OK, _TEXT_NUMBER,
        "The text was accepted for delivery, so PAVE will not take a new number.",
        "PAVE reporting a failed delivery. This dashboard cannot resend a text.",
        MANUAL,
    ),
)  # fmt: skip


def verdict(spec: FieldSpec, situation: Situation) -> Verdict:
    """Find the first row of RULES that locks this field in this situation, if any does.

    Raises ValueError for a read-only field, which has no verdict.
    """
    if spec.rule is None:
        raise ValueError(f"{spec.key} is PAVE's own")
    for row in RULES:
        if spec.rule in row.locks and row.holds(situation):
            return Verdict(row, *_evidence(situation.snapshot, row))
    return Verdict()


def verdicts(situation: Situation, catalogue: Catalogue = CATALOGUE) -> dict[str, Verdict]:
    """Return the verdict of every writable field, by key."""
    return {spec.key: verdict(spec, situation) for spec in catalogue.writable}


def _evidence(
    snapshot: Snapshot | None, row: LockRule
) -> tuple[datetime | None, tuple[tuple[str, str], ...]]:
    if snapshot is None or row.source in (ROLES, ONE_AT_A_TIME):
        return None, ()
    looked_at = [("status", snapshot.raw_status)]
    if row.locks <= _TEXT:
        looked_at.append(("delivery", snapshot.text("sms.delivery_status") or "not shown"))
    return snapshot.started_at if row.reason is Reason.STARTED else None, tuple(looked_at)


__all__ = [
    "COMPLETED", "RULES", "Delivery", "LockRule", "Reason", "Situation", "Stage", "Status",
    "Verdict", "verdict", "verdicts",
]  # fmt: skip
