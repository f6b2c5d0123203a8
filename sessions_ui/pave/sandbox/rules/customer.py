"""The customer's part: what a person with the link can do, and what then becomes of the session.

Transitions and times follow Session Lifecycle (pave-api 6.1 to 6.3); there is no way back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sessions_ui.pave.sandbox.state.session import ACCEPTED, FAILED, Session, stamp

# (photo_code, photo_label) in capture order
PHOTOS: Final = (
    (1, "VIN"),
    (2, "Interior"),
    (3, "Cluster"),
    (4, "Left"),
    (10, "Front_Left"),
    (5, "Front"),
    (11, "Front_Right"),
    (7, "Right"),
    (12, "Rear_Right"),
    (8, "Rear"),
    (13, "Rear_Left"),
    (9, "Windshield"),
    (6, "Tires"),
)


class Refused(Exception):
    """The customer cannot do this now; the message says why, in one sentence."""


def _start(session: Session, now: datetime) -> None:
    session.inspect_started_at = stamp(now)


def _photo(session: Session, now: datetime) -> None:
    if len(session.photos) == len(PHOTOS):
        raise Refused(f"All {len(PHOTOS)} photos are taken already.")
    take_photos(session, now, 1)


def _all_photos(session: Session, now: datetime) -> None:
    take_photos(session, now, len(PHOTOS))


def _confirm(session: Session, now: datetime) -> None:
    session.inspect_ended_at = stamp(now)


def _nothing(session: Session, now: datetime) -> None:
    """The status is all that changes."""


def _text_fails(session: Session, now: datetime) -> None:
    session.delivery_status, session.delivery_message = FAILED


def _text_delivered(session: Session, now: datetime) -> None:
    session.delivery_status, session.delivery_message = ACCEPTED


def _text_unknown(session: Session, now: datetime) -> None:
    session.delivery_status, session.delivery_message = None, ""


@dataclass(frozen=True)
class Action:
    """One thing to play: its button, the statuses it needs (none = any), where it leads."""

    label: str
    done: str
    needs: tuple[str, ...]
    leads_to: str
    effect: Callable[[Session, datetime], None]
    about: str = "customer"  # or "text"


ACTIONS: Final[Mapping[str, Action]] = {
    "start": Action("Start", "The customer pressed GET STARTED.", ("IDLE",), "STARTED", _start),
    "photo": Action(
        "Take a photo", "One more photo is taken.", ("STARTED", "PROCESS"), "PROCESS", _photo
    ),
    "photos": Action(
        "Take all photos",
        "All photos are taken.",
        ("STARTED", "PROCESS"),
        "PROCESS",
        _all_photos,
    ),
    "pass": Action(
        "Pass the quality check",
        "All photos are taken and accepted.",
        ("PROCESS",),
        "QC_PASSED",
        _all_photos,
    ),
    "confirm": Action(
        "Results are ready",
        "The results wait for the customer.",
        ("QC_PASSED",),
        "CONFIRM",
        _confirm,
    ),
    "complete": Action(
        "Complete", "The customer confirmed and closed.", ("CONFIRM",), "COMPLETE", _nothing
    ),
    "expire": Action(
        "Let it expire",
        "The time limit has passed.",
        ("IDLE", "STARTED", "PROCESS"),
        "EXPIRED",
        _nothing,
    ),
    "invalid": Action(
        "Find it invalid",
        "The photos show another vehicle.",
        ("PROCESS", "QC_PASSED"),
        "INVALID",
        _nothing,
    ),
    "fail-text": Action(
        "The text fails", "The text provider refused the number.", (), "", _text_fails, "text"
    ),
    "deliver-text": Action(
        "The text is accepted",
        "The text provider accepted the message.",
        (),
        "",
        _text_delivered,
        "text",
    ),
    "forget-text": Action(
        "No word about the text",
        "PAVE says nothing about the delivery.",
        (),
        "",
        _text_unknown,
        "text",
    ),
}


def why_not(session: Session, name: str) -> str:
    """Give the sentence that keeps action `name` from being played now, or ""."""
    action = ACTIONS[name]
    if action.needs and session.status not in action.needs:
        needed = " or ".join(action.needs)
        return f"“{action.label}” needs status {needed}; this session is {session.status}."
    if action.about == "text" and not session.has_section("sms"):
        return "This session was created without a text message."
    return ""


def play(session: Session, name: str, now: datetime) -> None:
    """Carry out one action and move the session on. Raises Refused, changing nothing."""
    if name not in ACTIONS:
        raise Refused(f"There is no action “{name}”.")
    if sentence := why_not(session, name):
        raise Refused(sentence)
    ACTIONS[name].effect(session, now)
    session.status = ACTIONS[name].leads_to or session.status
    session.touch(now)


def take_photos(session: Session, now: datetime, number: int) -> None:
    """Add up to `number` photos in the guided order, all accepted (GET Session Photos)."""
    taken = len(session.photos)
    for code, label in PHOTOS[taken : taken + number]:
        session.photos.append(_photo_row(session.session_key, code, label, now))


def _photo_row(key: str, code: int, label: str, now: datetime) -> dict[str, Any]:
    at = now.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    return {
        "photo_code": code,
        "photo_label": label,
        "url": f"https://photos.sandbox.example/{key}/{code}.jpg",
        "approved": True,
        "approved_message": "ACCEPTED",
        "created_at": at,
        "updated_at": at,
    }
