"""Play the customer: the actions of a person with the link, and their effect on the session.

Statuses and times follow PAVE's manual (Session Lifecycle); there is no way back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sessions_ui.pave.sandbox.session import ACCEPTED, FAILED, Session, offset_timestamp, timestamp

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
    """The action cannot be played now; the message says why, in one sentence."""


def _start(session: Session, now: datetime) -> None:
    session.inspect_started_at = timestamp(now)


def _take_photo(session: Session, now: datetime) -> None:
    if len(session.photos) == len(PHOTOS):
        raise Refused(f"All {len(PHOTOS)} photos are taken already.")
    take_photos(session, now, 1)


def _take_all_photos(session: Session, now: datetime) -> None:
    take_photos(session, now, len(PHOTOS))


def _end_inspection(session: Session, now: datetime) -> None:
    session.inspect_ended_at = timestamp(now)


def _change_only_status(session: Session, now: datetime) -> None:
    """Leave the rest of the session as it is."""


def _fail_text(session: Session, now: datetime) -> None:
    session.delivery_status, session.delivery_message = FAILED


def _accept_text(session: Session, now: datetime) -> None:
    session.delivery_status, session.delivery_message = ACCEPTED


def _forget_text(session: Session, now: datetime) -> None:
    session.delivery_status, session.delivery_message = None, ""


@dataclass(frozen=True)
class Action:
    """One action: its button, its notice afterwards, and what it does to the session.

    `needs` are the statuses in which it can be played (none means any), `leads_to` is the status
    afterwards ("" means no change), `about` is the part of the page that has its button.
    """

    label: str
    done: str
    effect: Callable[[Session, datetime], None]
    needs: tuple[str, ...] = ()
    leads_to: str = ""
    about: Literal["customer", "text"] = "customer"


ACTIONS: Final[Mapping[str, Action]] = {
    "start": Action(
        "Start",
        "The customer pressed GET STARTED.",
        _start,
        needs=("IDLE",),
        leads_to="STARTED",
    ),
    "photo": Action(
        "Take a photo",
        "One more photo is taken.",
        _take_photo,
        needs=("STARTED", "PROCESS"),
        leads_to="PROCESS",
    ),
    "photos": Action(
        "Take all photos",
        "All photos are taken.",
        _take_all_photos,
        needs=("STARTED", "PROCESS"),
        leads_to="PROCESS",
    ),
    "pass": Action(
        "Pass the quality check",
        "All photos are taken and accepted.",
        _take_all_photos,
        needs=("PROCESS",),
        leads_to="QC_PASSED",
    ),
    "confirm": Action(
        "Results are ready",
        "The results wait for the customer.",
        _end_inspection,
        needs=("QC_PASSED",),
        leads_to="CONFIRM",
    ),
    "complete": Action(
        "Complete",
        "The customer confirmed and closed.",
        _change_only_status,
        needs=("CONFIRM",),
        leads_to="COMPLETE",
    ),
    "expire": Action(
        "Let it expire",
        "The time limit has passed.",
        _change_only_status,
        needs=("IDLE", "STARTED", "PROCESS"),
        leads_to="EXPIRED",
    ),
    "invalid": Action(
        "Find it invalid",
        "The photos show another vehicle.",
        _change_only_status,
        needs=("PROCESS", "QC_PASSED"),
        leads_to="INVALID",
    ),
    "fail-text": Action(
        "The text fails",
        "The text provider refused the number.",
        _fail_text,
        about="text",
    ),
    "deliver-text": Action(
        "The text is accepted",
        "The text provider accepted the message.",
        _accept_text,
        about="text",
    ),
    "forget-text": Action(
        "No word about the text",
        "PAVE says nothing about the delivery.",
        _forget_text,
        about="text",
    ),
}


def action_refusal(session: Session, name: str) -> str:
    """Return the sentence that says why action `name` cannot be played now, or ""."""
    action = ACTIONS[name]
    if action.needs and session.status not in action.needs:
        needed = " or ".join(action.needs)
        return f"“{action.label}” needs status {needed}; this session is {session.status}."
    if action.about == "text" and not session.has_section("sms"):
        return "This session was created without a text message."
    return ""


def play(session: Session, name: str, now: datetime) -> None:
    """Carry out one action. Raises Refused and changes nothing when it cannot be played now."""
    if name not in ACTIONS:
        raise Refused(f"There is no action “{name}”.")
    if message := action_refusal(session, name):
        raise Refused(message)
    action = ACTIONS[name]
    action.effect(session, now)
    session.status = action.leads_to or session.status
    session.touch(now)


def take_photos(session: Session, now: datetime, number: int) -> None:
    """Add up to `number` photos in the guided order, all accepted (GET Session Photos)."""
    taken = len(session.photos)
    for code, label in PHOTOS[taken : taken + number]:
        session.photos.append(_photo(session.session_key, code, label, now))


def _photo(key: str, code: int, label: str, now: datetime) -> dict[str, Any]:
    taken_at = offset_timestamp(timestamp(now))
    return {
        "photo_code": code,
        "photo_label": label,
        "url": f"https://photos.sandbox.example/{key}/{code}.jpg",
        "approved": True,
        "approved_message": "ACCEPTED",
        "created_at": taken_at,
        "updated_at": taken_at,
    }
