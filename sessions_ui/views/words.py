"""What a page says when PAVE is at fault, or when a post came back: what happened, what PAVE holds
now, what to do next."""

from dataclasses import dataclass, replace

from sessions_ui.domain.outcomes import WORDS, Outcome, Words
from sessions_ui.pave.errors import (
    PaveBusy,
    PaveError,
    PaveNotSent,
    PaveRefused,
    PaveUnauthorised,
    PaveUnknown,
)


@dataclass(frozen=True, slots=True)
class Said:
    """A notice: tone, icon, heading, sentence."""

    tone: str
    icon: str
    heading: str
    sentence: str


CAUSES: dict[str, Said] = {
    "circuit_open": Said(
        "bad", "warn", "PAVE is failing, so calls to it rest",
        "The last calls to PAVE failed one after the other, so the session was not read now. PAVE "
        "is tried again every 15 seconds: refresh from PAVE in a moment.",
    ),
    "busy_here": Said(
        "warn", "hourglass", "PAVE is busy: wait a moment",
        "Too many calls to PAVE are under way from here, so the session was not read now. Refresh "
        "from PAVE in a few seconds.",
    ),
    "clock": Said(
        "bad", "clock", "The clock of this dashboard is wrong",
        "PAVE refused our signature, and its clock and ours differ by more than a minute, so the "
        "session was not read now. Tell whoever runs the dashboard to set its clock; there is "
        "nothing that you can do here.",
    ),
}  # fmt: skip

FAULTS: tuple[tuple[type[PaveError], Said], ...] = (
    (PaveUnauthorised, Said(
        "bad", "shield-x", "The dashboard is not authorised at PAVE",
        "PAVE refused our credentials, so the session could not be read. Tell whoever runs the "
        "dashboard; there is nothing that you can do here.",
    )),
    (PaveBusy, Said(
        "warn", "hourglass", "PAVE asks us to wait",
        "PAVE takes no more calls for the moment. Refresh in a minute.",
    )),
    (PaveNotSent, Said(
        "bad", "warn", "PAVE could not be reached",
        "No connection to PAVE came about, so the session could not be read. "
        "Refresh from PAVE in a moment.",
    )),
    (PaveRefused, Said(
        "bad", "x-circle", "PAVE refused to show this session",
        "So it cannot be changed now. Refresh from PAVE in a moment, or tell whoever runs the "
        "dashboard.",
    )),
    (PaveUnknown, Said(
        "bad", "warn", "PAVE gave no answer that can be read",
        "So the session cannot be changed now. Refresh from PAVE in a moment.",
    )),
)  # fmt: skip


def fault_words(fault: PaveError) -> Said:
    """The notice for a fault while reading: by its cause, else by its class."""
    by_class = (said for kind, said in FAULTS if isinstance(fault, kind))
    return CAUSES.get(fault.cause) or next(by_class)


STOPPED_WORDS = {
    "stale": Said(
        "warn", "clock", "This page was too old to be used",
        "Nothing was sent. Below is the session as PAVE holds it now, with what you typed. "
        "Look at it and review again.",
    ),
    "conflict": Said(
        "warn", "swap", "This session changed while you were editing",
        "Nothing was sent. Where you and somebody else changed the same field, both values are "
        "shown: keep yours by reviewing again, or type PAVE's to keep that.",
    ),
    "locked": Said(
        "warn", "lock", "What you changed is locked now",
        "Nothing was sent. The fields say why; what you typed stands beside PAVE's value.",
    ),
    "busy": Said(
        "warn", "hourglass", "Another edit of this session is still open",
        "Nothing was sent, and what you typed is kept. Wait until the other edit is settled, then "
        "open the session again.",
    ),
    "came_second": Said(
        "warn", "info", "Another edit came first",
        "Nothing was sent, because another edit of this session was open at that moment. It is "
        "settled now. Below is the session as PAVE holds it, with what you typed: review it again.",
    ),
    "nonce_used": Said(
        "warn", "info", "This form was sent before, with other values",
        "Nothing was sent now. Below is the session as PAVE holds it, with what you typed.",
    ),
    "nothing_to_change": Said(
        "live", "info", "Nothing to change",
        "PAVE already holds what this form shows, so nothing was sent.",
    ),
    "unreadable": Said(
        "bad", "warn", "PAVE could not be read, so nothing was sent",
        "What you typed is kept for a day and offered when you open the session again.",
    ),
}  # fmt: skip


REFUSED = WORDS[Outcome.REFUSED]
_UNAUTHORISED = replace(
    REFUSED,
    heading="The dashboard is not authorised at PAVE",
    now="PAVE refused our credentials, so nothing was changed.",
    then="Tell whoever runs the dashboard. What you typed is kept.",
)
REFUSED_WORDS = {
    401: _UNAUTHORISED,
    403: _UNAUTHORISED,
    404: replace(
        REFUSED,
        heading="PAVE no longer knows this session",
        now="It was gone when the change arrived, so nothing was changed.",
        then="Check the session key with the dealer. What you typed is kept.",
    ),
    429: replace(
        REFUSED,
        heading="PAVE asked us to wait",
        now="It takes no more calls for the moment, so nothing was changed.",
        then="What you typed is kept. Put it back{wait}, and review it again.",
    ),
}


def outcome_words(outcome: Outcome, http_status: int | None, wait: int | None) -> Words:
    """The words of an outcome; a refusal's go by PAVE's status, ``wait`` are its seconds."""
    if outcome is not Outcome.REFUSED:
        return outcome.words
    words = REFUSED_WORDS.get(http_status or 0, REFUSED)
    return replace(words, then=words.then.replace("{wait}", f" in {wait} s" if wait else " later"))
