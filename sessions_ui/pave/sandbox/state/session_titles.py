"""Describe in one short sentence what a session is good for in its present state."""

from typing import Final

from sessions_ui.pave.sandbox.rules.editability import IDLE, delivery_class, is_untouched
from sessions_ui.pave.sandbox.session import Session

IDLE_TITLES: Final = {
    "failed": "Text failed: the phone number can be corrected",
    "accepted": "Text accepted: everything but the phone number can change",
    "absent": "No word about the text: the phone number stays locked",
    "none": "Made without a text message: its four fields stay locked",
}
STATUS_TITLES: Final = {
    IDLE: "Idle, yet with a start time: it counts as started",
    "STARTED": "Started, no photo yet: only redirect and language can change",
    "PROCESS": "Taking photos: only redirect and language can change",
    "QC_PASSED": "Photos accepted: only redirect and language can change",
    "CONFIRM": "Results wait for the customer: only redirect and language can change",
    "COMPLETE": "Completed: nothing can change",
    "EXPIRED": "Expired: nothing can change",
    "INVALID": "Another vehicle was found: nothing can change",
}


def title(session: Session) -> str:
    """Return a special session's own title until its status changes, then one by its state."""
    origin_status = (session.origin or {}).get("status")
    if session.title and session.status == origin_status:
        return session.title
    if is_untouched(session):
        return IDLE_TITLES[delivery_class(session)]
    unknown = f"A status nobody knows ({session.status}): everything stays locked"
    return STATUS_TITLES.get(session.status, unknown)
