"""Word the notices of a session's page: for faults of PAVE, posts that came back, and outcomes.

Each says what happened, what PAVE holds now, and what to do next.
"""

from dataclasses import dataclass, replace

from sessions_ui.domain.rules.outcomes import CLOSED, KEPT, Outcome, Words
from sessions_ui.pave.errors import (
    PaveBusy,
    PaveError,
    PaveNotSent,
    PaveRefused,
    PaveUnauthorised,
    PaveUnknown,
)
from sessions_ui.services.edits.result import EditResult


@dataclass(frozen=True, slots=True)
class Notice:
    """Hold a notice's words, its icon and its tone (a class of the style sheet)."""

    tone: str
    icon: str
    heading: str
    sentence: str


CAUSE_NOTICES: dict[str, Notice] = {
    "circuit_open": Notice(
        "bad", "warn", "PAVE is failing, so calls to it rest",
        "The last calls to PAVE failed one after the other, so the session was not read now. PAVE "
        "is tried again every 15 seconds: refresh from PAVE in a moment.",
    ),
    "busy_here": Notice(
        "warn", "hourglass", "PAVE is busy: wait a moment",
        "Too many calls to PAVE are under way from here, so the session was not read now. Refresh "
        "from PAVE in a few seconds.",
    ),
    "clock": Notice(
        "bad", "clock", "The clock of this dashboard is wrong",
        "PAVE refused our signature, and its clock and ours differ by more than a minute, so the "
        "session was not read now. Tell whoever runs the dashboard to set its clock; there is "
        "nothing that you can do here.",
    ),
}  # fmt: skip

FAULT_NOTICES: tuple[tuple[type[PaveError], Notice], ...] = (
    (PaveUnauthorised, Notice(
        "bad", "shield-x", "The dashboard is not authorised at PAVE",
        "PAVE refused our credentials, so the session could not be read. Tell whoever runs the "
        "dashboard; there is nothing that you can do here.",
    )),
    (PaveBusy, Notice(
        "warn", "hourglass", "PAVE asks us to wait",
        "PAVE takes no more calls for the moment. Refresh in a minute.",
    )),
    (PaveNotSent, Notice(
        "bad", "warn", "PAVE could not be reached",
        "No connection to PAVE came about, so the session could not be read. "
        "Refresh from PAVE in a moment.",
    )),
    (PaveRefused, Notice(
        "bad", "x-circle", "PAVE refused to show this session",
        "So it cannot be changed now. Refresh from PAVE in a moment, or tell whoever runs the "
        "dashboard.",
    )),
    (PaveUnknown, Notice(
        "bad", "warn", "PAVE gave no answer that can be read",
        "So the session cannot be changed now. Refresh from PAVE in a moment.",
    )),
)  # fmt: skip


def fault_notice(fault: PaveError) -> Notice:
    """Return the notice for a fault of reading: by its cause, else by its class."""
    by_class = (notice for kind, notice in FAULT_NOTICES if isinstance(fault, kind))
    return CAUSE_NOTICES.get(fault.cause) or next(by_class)


STOPPED_NOTICES = {
    "stale": Notice(
        "warn", "clock", "This page was too old to be used",
        "Nothing was sent. Below is the session as it was last read, with what you typed. "
        "Look at it and review again.",
    ),
    "conflict": Notice(
        "warn", "swap", "This session changed while you were editing",
        "Nothing was sent. Where you and somebody else changed the same field, both values are "
        "shown: keep yours by reviewing again, or type PAVE's to keep that.",
    ),
    "locked": Notice(
        "warn", "lock", "What you changed is locked now",
        "Nothing was sent. The fields say why; what you typed stands beside PAVE's value.",
    ),
    "busy": Notice(
        "warn", "hourglass", "Another edit of this session is still open",
        "This press of Send sent nothing, and what you typed is kept. Wait until the other edit is "
        "settled, then open the session again.",
    ),
    "came_second": Notice(
        "warn", "info", "Another edit came first",
        "This press of Send sent nothing, because another edit of this session was open at that "
        "moment. It is settled now. Below is the session as it was last read, with what you typed: "
        "review it again.",
    ),
    "nonce_used": Notice(
        "warn", "info", "This form was sent before, with other values",
        "Nothing was sent now. Below is the session as it was last read, with what you typed.",
    ),
    "nothing_to_change": Notice(
        "live", "info", "Nothing to change",
        "PAVE already holds what this form shows, so nothing was sent.",
    ),
    "unreadable": Notice(
        "bad", "warn", "PAVE could not be read, so nothing was sent",
        "What you typed is kept for a day and offered when you open the session again.",
    ),
}  # fmt: skip


GONE = "Nothing of it is kept here: if it is still wanted, type it again, and review it."
_AGAIN = f"{KEPT}. Put it back in a moment, and review it again."
_NOT_CALLED: dict[str, str] = {
    "heading": "Nothing was sent",
    "now": "The dashboard did not come to calling PAVE, so nothing was changed.",
}
_UNAUTHORISED = {
    "heading": "The dashboard is not authorised at PAVE",
    "now": "PAVE refused our credentials, so nothing was changed.",
    "then": f"Tell whoever runs the dashboard. {KEPT}.",
}
_PERSON = "No valid answer came, and reading PAVE did not settle it. A manager found out"
VARIANTS: dict[tuple[Outcome, str], dict[str, str]] = {
    (Outcome.NOT_SENT, "abandoned"): _NOT_CALLED,
    (Outcome.NOT_SENT, "busy_here"): _NOT_CALLED,
    (Outcome.NOT_SENT, "circuit_open"): _NOT_CALLED,
    (Outcome.NOT_SENT, "thread"): _NOT_CALLED,
    (Outcome.WITHDRAWN, "unreadable"): {
        "now": "Before sending, PAVE was to be read once more, and it could not be read.",
        "then": _AGAIN,
    },
    (Outcome.WITHDRAWN, "not_found"): {
        "now": "Before sending, PAVE was read once more, and it no longer knew the session.",
        "then": f"Check the session key with the dealer. {KEPT}.",
    },
    (Outcome.WITHDRAWN, "nothing_to_change"): {
        "now": "Before sending, PAVE was read once more, and it held these values already.",
        "then": "Nothing more to do.",
    },
    (Outcome.IN_EFFECT, CLOSED): {"now": f"{_PERSON} that it is in effect."},
    (Outcome.NOT_IN_EFFECT, CLOSED): {"now": f"{_PERSON} that it is not in effect."},
    (Outcome.UNRESOLVED, CLOSED): {
        "now": "No valid answer came, and a manager found out that it cannot be known.",
        "then": "Compare what PAVE holds now with what was sent before you change it again.",
    },
    (Outcome.REFUSED, "clock"): {
        "heading": "The clock of this dashboard is wrong",
        "now": "PAVE refused our signature because of it, so nothing was changed.",
        "then": f"Tell whoever runs the dashboard to set its clock. {KEPT}.",
    },
    (Outcome.REFUSED, "401"): _UNAUTHORISED,
    (Outcome.REFUSED, "403"): _UNAUTHORISED,
    (Outcome.REFUSED, "404"): {
        "heading": "PAVE no longer knows this session",
        "now": "It was gone when the change arrived, so nothing was changed.",
        "then": f"Check the session key with the dealer. {KEPT}.",
    },
    (Outcome.REFUSED, "429"): {
        "heading": "PAVE asked us to wait",
        "now": "It takes no more calls for the moment, so nothing was changed.",
        "then": f"{KEPT}. Put it back{{wait}}, and review it again.",
    },
}
"""Words that replace an outcome's own, by the error code of its entry, or by the status of PAVE's
answer."""


def outcome_words(result: EditResult, *, kept: bool) -> Words:
    """Return the words of an edit's outcome.

    ``kept``: whether the reader has what was typed in a draft; else no words promise that.
    """
    by_status = VARIANTS.get((result.outcome, str(result.http_status)), {})
    variant = VARIANTS.get((result.outcome, result.error_code), by_status)
    words = replace(result.outcome.words, **variant)
    wait = result.detail.get("retry_after")
    then = words.then.replace("{wait}", f" in {wait} s" if wait else " later")
    before, promise, _ = then.partition(KEPT)
    return replace(words, then=then if kept or not promise else before + GONE)
