"""What needs a manager's look: one row a cause, with its words and what it is known by.

The causes are derived from the record alone, so the same record gives the same causes. Rule drift
is where PAVE and our table of rules disagree: then one of the two has changed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.snapshot import Snapshot

from .outcomes import FieldResult, Outcome
from .policy import Situation, verdicts

WATCH = "watch"
FLAGGED = "flagged"
REOPENED = "reopened"
ABOUT_CONTENT = frozenset({400, 409, 422})
"""PAVE's refusals that speak of what was sent, not of credentials, load or a missing session."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What one entry of the record tells of how an edit ended, or of a refusal without an edit.

    ``answered``: by PAVE's own answer to the update, not by reading back. ``status`` is PAVE's of
    that answer. ``closed``: a person has given the edit its end.
    """

    outcome: Outcome
    answered: bool = False
    closed: bool = False
    http_status: int | None = None
    status: str = ""
    results: Mapping[str, FieldResult] = field(default_factory=dict)
    collateral: Sequence[str] = ()


def _never(_: Ending) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class ReviewCause:
    """One cause: its name in addresses, its words, and what it is known by.

    ``passing``: it is about how the edit stands, so it goes by itself when that changes. The causes
    without ``holds`` are raised by people and by their watch rules.
    """

    code: str
    label: str
    tone: str
    icon: str
    means: str
    then: str
    holds: Callable[[Ending], bool] = _never
    passing: bool = False


def _ends_as(outcome: Outcome) -> Callable[[Ending], bool]:
    return lambda end: end.outcome is outcome and not end.closed


def _refused_though_open(end: Ending) -> bool:
    refused = end.outcome is Outcome.REFUSED and end.http_status in ABOUT_CONTENT
    return end.answered and (refused or FieldResult.IGNORED in end.results.values())


def _taken_though_locked(end: Ending) -> bool:
    taken = {key for key, result in end.results.items() if result is FieldResult.APPLIED}
    return end.answered and bool(end.status) and bool(taken & locked_in(end.status))


@lru_cache(maxsize=64)
def locked_in(status: str) -> frozenset[str]:
    """The fields that are locked in this status of PAVE, whatever else PAVE shows."""
    most_open = {"status": status, "options": {"sms": {"delivery_status": "failed"}}}
    snapshot = Snapshot("", most_open, datetime(1, 1, 1, tzinfo=UTC))
    found = verdicts(Situation(snapshot), CATALOGUE)
    return frozenset(key for key, verdict in found.items() if not verdict.editable)


_TABLE = (
    ReviewCause(
        "unknown", "Unknown, still open", "live", "question",
        "The change was sent once and no valid answer came, so nobody knows yet whether PAVE took"
        " it.",
        "Wait: PAVE is read again until it is known. If it stays here for an hour, find out whether"
        " PAVE can be read at all.",
        _ends_as(Outcome.UNKNOWN), passing=True,
    ),
    ReviewCause(
        "unresolved", "Nobody could settle it", "bad", "question",
        "PAVE could not be read, no longer knows the session, or does not show the fields.",
        "Look at the session in PAVE or ask the customer, then close the edit on its page.",
        _ends_as(Outcome.UNRESOLVED), passing=True,
    ),
    ReviewCause(
        "late_applied", "Took effect late", "warn", "clock",
        "PAVE applied the change after the agent had been told that it was not in effect.",
        "Check that nobody made it a second time, and tell the agent.",
        _ends_as(Outcome.LATE_APPLIED), passing=True,
    ),
    ReviewCause(
        "drift_refused", "PAVE refused what our rules allow", "bad", "x-circle",
        "Our table of rules called the fields open, yet PAVE refused them or kept the old values.",
        "Read PAVE's words on the entry. If it happens again, tell the owner of the rules.",
        _refused_though_open,
    ),
    ReviewCause(
        "drift_taken", "PAVE took what our rules lock", "warn", "lock",
        "PAVE applied a field in a status in which our table of rules locks it.",
        "Perhaps the customer began at that moment. If it happens again, tell the owner of the"
        " rules: they may be too strict.",
        _taken_though_locked,
    ),
    ReviewCause(
        "collateral", "Other fields changed unasked", "warn", "altered",
        "While PAVE took this edit, fields changed that nobody sent.",
        "Compare the session with what the customer expects, and tell the owner of the rules.",
        lambda end: bool(end.collateral),
    ),
    ReviewCause(
        "refused_by_policy", "Refused by our rules", "bad", "slash",
        "Somebody asked for a change of a field that is locked, or that PAVE does not have.",
        "Mostly the session had moved on while its page was open. More of them by one person: show"
        " them the rule, or ask what they need.",
        _ends_as(Outcome.REFUSED_BY_POLICY), passing=True,
    ),
    ReviewCause(
        WATCH, "A watch rule", "warn", "eye",
        "The edit is what one of your watch rules watches for.",
        "Read its reason and note. Ask the agent where they do not explain it.",
    ),
    ReviewCause(
        FLAGGED, "Flagged by a person", "warn", "warn",
        "Somebody wants this edit to be looked at.",
        "Read what they say, then mark it reviewed with what you found.",
    ),
    ReviewCause(
        REOPENED, "Opened again", "warn", "undo",
        "A manager opened the review of this edit again.",
        "Read why among its steps, then mark it reviewed with what you found.",
    ),
)  # fmt: skip

CAUSES = {look.code: look for look in _TABLE}
PASSING = frozenset(look.code for look in _TABLE if look.passing)


def review_cause(cause: str) -> ReviewCause:
    """The row of a flag's cause; that of a watch rule carries the rule's number behind a colon.
    A cause that this table no longer has counts as raised by a person."""
    return CAUSES.get(cause.partition(":")[0], CAUSES[FLAGGED])


def causes_of(end: Ending) -> set[str]:
    """The causes that hold for an edit that ends so."""
    return {look.code for look in _TABLE if look.holds(end)}
