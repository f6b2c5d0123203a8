"""List the kinds of watch rule: the numbers that each asks for, and its words with them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sessions_ui.domain.catalogue import CATALOGUE

Numbers = Mapping[str, str | int]
"""The values of a rule, by the names that its kind asks for."""

ALL_WEEK, MONDAY_TO_FRIDAY, MONDAY_TO_SATURDAY = "7", "5", "6"
DAYS = {
    MONDAY_TO_FRIDAY: "Monday to Friday",
    MONDAY_TO_SATURDAY: "Monday to Saturday",
    ALL_WEEK: "every day",
}
_FIELDS = {spec.key: spec.label for spec in CATALOGUE.writable}


@dataclass(frozen=True, slots=True)
class Ask:
    """One value that a kind asks for: a whole number from ``low`` to ``high``, or one of
    ``choices``."""

    name: str
    label: str
    usual: str | int
    low: int = 0
    high: int = 0
    choices: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class WatchKind:
    """One kind of rule. ``title`` names a rule in a few words, ``sentence`` describes it."""

    code: str
    label: str
    help: str
    asks: tuple[Ask, ...]
    title: Callable[[Numbers], str]
    sentence: Callable[[Numbers], str]


def _many(count: str | int, one: str) -> str:
    return f"{count} {one}" if int(count) == 1 else f"{count} {one}s"


def _field(numbers: Numbers) -> str:
    return _FIELDS.get(str(numbers["field"]), str(numbers["field"]))


def _span(numbers: Numbers) -> str:
    return f"{int(numbers['since']):02}:00 to {int(numbers['until']):02}:00"


_TABLE = (
    WatchKind(
        "same_field", "A field that keeps changing",
        "The same field of one session is changed again and again.",
        (
            Ask("field", "Field", "sms.to", choices=_FIELDS),
            Ask("times", "Changes", 2, 2, 20),
            Ask("hours", "Within hours", 24, 1, 720),
        ),
        lambda n: f"{_field(n)} changed {n['times']} times in {n['hours']} h",
        lambda n: f"{_field(n)} of one session is changed {n['times']} times or more within"
        f" {_many(n['hours'], 'hour')}.",
    ),
    WatchKind(
        "busy_person", "A person in a hurry",
        "One person makes many edits in a short time.",
        (Ask("edits", "More than", 20, 1, 1000), Ask("hours", "Edits within hours", 1, 1, 24)),
        lambda n: f"More than {_many(n['edits'], 'edit')} by one person in {n['hours']} h",
        lambda n: f"One person makes more than {_many(n['edits'], 'edit')} within"
        f" {_many(n['hours'], 'hour')}. The edit that passes the number is flagged.",
    ),
    WatchKind(
        "off_hours", "Outside working hours",
        "An edit is made when nobody should be at work.",
        (
            Ask("since", "Working hours from", 7, 0, 23),
            Ask("until", "To", 21, 1, 24),
            Ask("days", "Days", MONDAY_TO_FRIDAY, choices=DAYS),
        ),
        lambda n: f"Edit outside {_span(n)}, {DAYS.get(str(n['days']), n['days'])}",
        lambda n: f"An edit is made outside working hours: {_span(n)},"
        f" {DAYS.get(str(n['days']), n['days'])}, local time.",
    ),
    WatchKind(
        "new_host", "A new redirect address",
        "A customer is sent to a host that no session was sent to before.",
        (),
        lambda _: "Redirect to a host not seen before",
        lambda _: "A redirect URL leads to a host that the record has not seen before.",
    ),
)  # fmt: skip

KINDS = {kind.code: kind for kind in _TABLE}


def rule_title(kind: str, numbers: Numbers) -> str:
    """Name a rule in a few words; the same numbers give the same words."""
    return (
        KINDS[kind].title(numbers) if kind in KINDS else "A rule of a kind that is no longer known"
    )


def rule_sentence(kind: str, numbers: Numbers) -> str:
    """Describe a rule in a sentence with its numbers."""
    return KINDS[kind].sentence(numbers) if kind in KINDS else f"{rule_title(kind, numbers)}."
