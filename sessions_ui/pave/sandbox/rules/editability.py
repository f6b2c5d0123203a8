"""Decide which field may be changed when, by PAVE's rules as the sandbox reads the manual.

Written from the manual alone (PUT Update Session, Session Lifecycle, Text Notifications), and on
purpose without a look at the dashboard's own policy: a contract test compares the two.
"""

import re
from typing import Final

from sessions_ui.pave.sandbox.fields import FIELDS, Editable
from sessions_ui.pave.sandbox.session import Session

IDLE: Final = "IDLE"
STATUSES: Final = (
    IDLE,
    "STARTED",
    "PROCESS",
    "QC_PASSED",
    "CONFIRM",
    "COMPLETE",
    "EXPIRED",
    "INVALID",
)
BEFORE_COMPLETE: Final = frozenset({IDLE, "STARTED", "PROCESS", "QC_PASSED", "CONFIRM"})


def delivery_class(session: Session) -> str:
    """Classify the text's delivery: `none` (no sms at all), `absent`, `accepted` or `failed`.

    The manual shows one value only, "201 Created", the status line of the text provider. So a
    status line from 200 to 299 is accepted, nothing at all is no failure, and any other text is.
    """
    if not session.has_section("sms"):
        return "none"
    status_line = (session.delivery_status or "").strip()
    if not status_line:
        return "absent"
    code = re.match(r"\d+", status_line)
    return "accepted" if code and 200 <= int(code.group()) <= 299 else "failed"


def is_untouched(session: Session) -> bool:
    """Return whether the customer has done nothing, by the status and by the start time."""
    return session.status == IDLE and not session.inspect_started_at


def refusal(session: Session, key: str) -> str:
    """Return the message that refuses a change of field `key` now, or "" when it is allowed."""
    if key not in FIELDS:
        return f"The attribute {key} cannot be updated."
    editable = FIELDS[key].editable
    if editable is Editable.BEFORE_COMPLETION:
        return _completion_refusal(session)
    if not is_untouched(session):
        return _start_refusal(session)
    if editable in (Editable.WITH_TEXT, Editable.AFTER_FAILED_TEXT):
        return _text_refusal(session, key, editable)
    return ""


def _completion_refusal(session: Session) -> str:
    if session.status in BEFORE_COMPLETE:
        return ""
    if session.status == "COMPLETE":
        return f"Session {session.session_key} has been completed and cannot be updated."
    return f"Session {session.session_key} is {session.status} and cannot be updated."


def _start_refusal(session: Session) -> str:
    if session.status in {"EXPIRED", "INVALID"} or session.status not in STATUSES:
        return f"Session {session.session_key} is {session.status} and cannot be updated."
    return f"Session {session.session_key} has been started and cannot be updated."


def _text_refusal(session: Session, key: str, editable: Editable) -> str:
    delivery = delivery_class(session)
    if delivery == "none":
        return f"Session {session.session_key} was created without sms."
    if editable is Editable.AFTER_FAILED_TEXT and delivery != "failed":
        return f"The text of session {session.session_key} has not failed: {key} stays."
    return ""


def may_delete(session: Session) -> bool:
    """Return whether the session can be deleted (DELETE Session): only when untouched."""
    return is_untouched(session)
