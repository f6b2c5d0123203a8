"""Which field may be changed when: PAVE's rules, as this pretend PAVE reads its manual.

Written from the manual alone (PUT Update Session, Session Lifecycle, Text Notifications), and on
purpose without a look at the dashboard's own policy: a contract test compares the two.
"""

import re
from typing import Final

from sessions_ui.pave.sandbox.state.session import WRITABLE, Session

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
UNTIL_COMPLETE_FIELDS: Final = frozenset({"session.redirect_url", "session.language"})


def delivery_class(session: Session) -> str:
    """Sort the text's delivery: `none` (no sms at all), `absent`, `accepted` or `failed`.

    The manual shows one value only, "201 Created": the status line of the text provider. A line
    with 200 to 299 is accepted, silence is no failure, and any other words are one.
    """
    if not session.has_section("sms"):
        return "none"
    words = (session.delivery_status or "").strip()
    if not words:
        return "absent"
    leading = re.match(r"\d+", words)
    return "accepted" if leading and 200 <= int(leading.group()) <= 299 else "failed"


def is_untouched(session: Session) -> bool:
    """Say whether the customer has done nothing: by the status and by the start time, both."""
    return session.status == IDLE and not session.inspect_started_at


def refusal(session: Session, key: str) -> str:
    """Give the sentence that refuses a change of field `key` now, or "" when it is allowed."""
    if key not in WRITABLE:
        return f"The attribute {key} cannot be updated."
    if key in UNTIL_COMPLETE_FIELDS:
        return _refused_late(session)
    if not is_untouched(session):
        return _refused_started(session)
    if key.startswith("sms."):
        return _refused_text(session, key)
    return ""


def _refused_late(session: Session) -> str:
    if session.status in BEFORE_COMPLETE:
        return ""
    if session.status == "COMPLETE":
        return f"Session {session.session_key} has been completed and cannot be updated."
    return f"Session {session.session_key} is {session.status} and cannot be updated."


def _refused_started(session: Session) -> str:
    if session.status in {"EXPIRED", "INVALID"} or session.status not in STATUSES:
        return f"Session {session.session_key} is {session.status} and cannot be updated."
    return f"Session {session.session_key} has been started and cannot be updated."


def _refused_text(session: Session, key: str) -> str:
    delivery = delivery_class(session)
    if delivery == "none":
        return f"Session {session.session_key} was created without sms."
    if key == "sms.to" and delivery != "failed":
        return f"The text of session {session.session_key} has not failed: sms.to stays."
    return ""


def may_delete(session: Session) -> bool:
    """Only a session nobody has touched can be deleted (DELETE Session)."""
    return is_untouched(session)
