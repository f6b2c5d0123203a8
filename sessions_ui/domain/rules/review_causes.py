"""List the causes for a manager's review: one row each, with its words and its condition.

Causes are derived from the audit alone, so the same audit gives the same causes. Rule drift is
where PAVE and our table of rules disagree, which means that one of the two has changed.
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
"""Refusals of PAVE about what was sent, as opposed to credentials, load or a missing session."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How an edit ended, or a refusal without an edit, as one audit entry holds it.

    ``answered``: by PAVE's answer to the update itself, not by a read-back. ``status`` is the one
    in that answer. ``closed``: a person closed the edit.
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
    """One cause: its name in addresses, its words, and its condition.

    ``passing``: it is about the present state of the edit, so it closes by itself when that state
    changes. Causes without ``holds`` are raised by people and by their watch rules.
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
    """Return the fields that are locked in this status, whatever else PAVE shows."""
    most_open = {"status": status, "options": {"sms": {"delivery_status": "failed"}}}
    snapshot = Snapshot("", most_open, datetime(1, 1, 1, tzinfo=UTC))
    by_key = verdicts(Situation(snapshot), CATALOGUE)
    return frozenset(key for key, verdict in by_key.items() if not verdict.editable)


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

CAUSES = {cause.code: cause for cause in _TABLE}
PASSING = frozenset(cause.code for cause in _TABLE if cause.passing)


def review_cause(cause: str) -> ReviewCause:
    """Return the row of a flag's cause. The cause of a watch rule carries the rule's number behind
    a colon. A cause that this table no longer has counts as raised by a person."""
    return CAUSES.get(cause.partition(":")[0], CAUSES[FLAGGED])


def causes_of(end: Ending) -> set[str]:
    """Return the codes of the causes that hold for an edit with this ending."""
    return {cause.code for cause in _TABLE if cause.holds(end)}
