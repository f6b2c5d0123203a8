"""Define the states and outcomes of an edit, the results of its fields, and the words for each.

The words claim effect ("in effect"), never cause, unless PAVE itself answered.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """The states of an open edit. An edit in any of them holds the session's one slot."""

    INTENT = "intent"
    SENT = "sent"
    UNKNOWN = "unknown"


OPEN = frozenset(State)


class Outcome(StrEnum):
    """The outcomes, by the names that the pages, the filter and the export share."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    REFUSED_BY_POLICY = "refused_by_policy"
    WITHDRAWN = "withdrawn"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
    IN_EFFECT = "in_effect"
    NOT_IN_EFFECT = "not_in_effect"
    PARTIAL = "partial"
    SUPERSEDED = "superseded"
    UNRESOLVED = "unresolved"
    LATE_APPLIED = "late_applied"

    @property
    def took_effect(self) -> bool:
        """Whether PAVE holds all or some of what the edit sent."""
        return self in _TOOK_EFFECT

    @property
    def words(self) -> "Words":
        """How the outcome is shown."""
        return WORDS[self]

    @property
    def label(self) -> str:
        return WORDS[self].label

    @property
    def tone(self) -> str:
        return WORDS[self].tone

    @property
    def icon(self) -> str:
        return WORDS[self].icon


_TOOK_EFFECT = frozenset({
    Outcome.CONFIRMED, Outcome.ACCEPTED, Outcome.IN_EFFECT, Outcome.PARTIAL, Outcome.LATE_APPLIED,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """The words for one outcome: label, tone and icon for lists; for its page what is true now and
    what to do next."""

    label: str
    tone: str
    icon: str
    heading: str
    now: str
    then: str


KEPT = "What you typed is kept"
CLOSED = "closed_by_a_person"
"""The cause of an outcome that a person entered because no read could settle the edit."""

WORDS = {
    Outcome.PENDING: Words(
        "On its way", "live", "hourglass", "This edit is on its way",
        "It was recorded; what became of it is not written down yet.",
        "Wait a moment and reload. Please do not make the change again.",
    ),
    Outcome.CONFIRMED: Words(
        "Applied", "ok", "check-circle", "PAVE took the change",
        "PAVE answered and showed every value that you sent.",
        "Nothing more to do.",
    ),
    Outcome.ACCEPTED: Words(
        "Accepted, not shown", "warn", "half", "PAVE accepted it, but does not show all of it",
        "PAVE answered without an error. Fields that it does not show could not be checked.",
        "Look again later, or ask the customer what they see.",
    ),
    Outcome.REFUSED: Words(
        "Refused by PAVE", "bad", "x-circle", "PAVE refused the change",
        "Nothing was changed.",
        f"{KEPT}: put it back into the form, mend it, and review it again.",
    ),
    Outcome.REFUSED_BY_POLICY: Words(
        "Refused by our rules", "bad", "slash", "Nothing was sent",
        "A field that you changed is locked now, so PAVE would not take it.",
        f"{KEPT}. Send the fields that are still open, after a new review.",
    ),
    Outcome.WITHDRAWN: Words(
        "Withdrawn", "dead", "undo", "Nothing was sent",
        "Before sending, PAVE was read once more, and the edit no longer fitted.",
        f"{KEPT}. Compare it with what PAVE holds now and review it again.",
    ),
    Outcome.NOT_SENT: Words(
        "Not sent", "bad", "x-circle", "PAVE could not be reached",
        "Nothing was sent, so nothing was changed.",
        f"{KEPT}. Try again in a moment.",
    ),
    Outcome.UNKNOWN: Words(
        "Unknown, checking", "live", "question", "We do not know yet whether PAVE took it",
        "The change was sent once, and no valid answer came. It may still take effect.",
        "Please do not make it again elsewhere. We check by reading PAVE, not by sending.",
    ),
    Outcome.IN_EFFECT: Words(
        "In effect", "ok", "check-circle", "Your change was found in effect",
        "No valid answer came, but when PAVE was read it held every value that you sent.",
        "Nothing more to do.",
    ),
    Outcome.NOT_IN_EFFECT: Words(
        "Not in effect", "bad", "x-circle", "Your change was found not in effect",
        "When we looked, PAVE held the values from before, as far as it shows them.",
        f"{KEPT}: if it is still wanted, put it back, and review it again.",
    ),
    Outcome.PARTIAL: Words(
        "Partly in effect", "warn", "half", "Partly in effect",
        "When we looked, some fields held what you sent, others did not.",
        "The list shows which. Send the others again if they are still open.",
    ),
    Outcome.SUPERSEDED: Words(
        "Another value", "warn", "altered", "PAVE held another value",
        "When we looked, a field held neither the value from before nor the one that you sent.",
        "Compare the three values and decide whether to change it again.",
    ),
    Outcome.UNRESOLVED: Words(
        "Not settled", "warn", "warn", "Nobody can say what became of this edit",
        "PAVE could not be read, or no longer knows the session, or does not show the fields.",
        "A manager will look at it. Ask them before you change the session again.",
    ),
    Outcome.LATE_APPLIED: Words(
        "Applied late", "warn", "history", "Your change took effect late",
        "We had called it not in effect; a later look found it in PAVE.",
        "Check with the customer if you made the change again in the meantime.",
    ),
}  # fmt: skip


class FieldResult(StrEnum):
    """The result for one field, from PAVE's answer, or (claiming effect only) from a read-back."""

    APPLIED = "applied"
    IGNORED = "ignored"
    ALTERED = "altered"
    NOT_SHOWN = "not_shown"
    IN_EFFECT = "in_effect"
    NOT_IN_EFFECT = "not_in_effect"
    OTHER_VALUE = "other_value"

    @property
    def as_sent(self) -> bool:
        """Whether PAVE was seen to hold the value that was sent."""
        return self in (FieldResult.APPLIED, FieldResult.IN_EFFECT)

    @property
    def taken(self) -> bool:
        """Whether the field counts as changed: as sent, or accepted and not shown."""
        return self.as_sent or self is FieldResult.NOT_SHOWN

    @property
    def reversible(self) -> bool:
        """Whether there is something to take back: taken, or altered by PAVE."""
        return self.taken or self is FieldResult.ALTERED

    @property
    def by_reading(self) -> "FieldResult":
        """The same result from a read-back: a value proves effect, never its cause."""
        return _BY_READING.get(self, self)

    @property
    def label(self) -> str:
        return FIELD_WORDS[self][0]

    @property
    def tone(self) -> str:
        return FIELD_WORDS[self][1]

    @property
    def icon(self) -> str:
        return FIELD_WORDS[self][2]


# For results as an entry holds them, which may be words that this version does not know.
AS_SENT = frozenset(result for result in FieldResult if result.as_sent)
TAKEN = frozenset(result for result in FieldResult if result.taken)
REVERSIBLE = frozenset(result for result in FieldResult if result.reversible)

FIELD_WORDS = {
    FieldResult.APPLIED: ("Applied", "ok", "check-circle"),
    FieldResult.IGNORED: ("Ignored by PAVE", "bad", "x-circle"),
    FieldResult.ALTERED: ("Altered by PAVE", "warn", "altered"),
    FieldResult.NOT_SHOWN: ("Not shown by PAVE", "dead", "dash"),
    FieldResult.IN_EFFECT: ("In effect", "ok", "check-circle"),
    FieldResult.NOT_IN_EFFECT: ("Not in effect", "bad", "x-circle"),
    FieldResult.OTHER_VALUE: ("Another value", "warn", "altered"),
}
_BY_READING = {
    FieldResult.APPLIED: FieldResult.IN_EFFECT,
    FieldResult.IGNORED: FieldResult.NOT_IN_EFFECT,
    FieldResult.ALTERED: FieldResult.OTHER_VALUE,
}


def roll_up(results: dict[str, FieldResult], *, answered: bool) -> Outcome:
    """Sum up the results of an edit's fields in one outcome.

    ``answered``: PAVE gave a valid answer to the update itself. Without one, equal values mean
    effect only (`in_effect`), and fields not shown leave the edit `unresolved`.
    """
    kinds = set(results.values())
    if kinds == {FieldResult.APPLIED}:
        return Outcome.CONFIRMED if answered else Outcome.IN_EFFECT
    if FieldResult.ALTERED in kinds:
        return Outcome.PARTIAL if FieldResult.APPLIED in kinds else Outcome.SUPERSEDED
    if FieldResult.IGNORED in kinds:
        return Outcome.PARTIAL if FieldResult.APPLIED in kinds else Outcome.NOT_IN_EFFECT
    return Outcome.ACCEPTED if answered else Outcome.UNRESOLVED
