"""Define PAVE's session statuses and text deliveries, in PAVE's words and in ours.

Source: PAVE's manual, "User session lifecycle"; dashboard names from its guide.
"""

import re
from enum import Enum


class Stage(Enum):
    """The stages of a session that matter for editing."""

    NOT_STARTED = "not started"
    STARTED = "started"
    COMPLETED = "completed"
    DEAD = "dead"


class Status(Enum):
    """A status that the manual names: value, dashboard name, our words, tone, icon, stage."""

    IDLE = ("IDLE", "IDLE", "Not started", "", "circle", Stage.NOT_STARTED)
    STARTED = ("STARTED", "STARTED", "Started", "live", "play", Stage.STARTED)
    PROCESS = ("PROCESS", "PROCESS", "Taking photos", "live", "camera", Stage.STARTED)
    QC_PASSED = ("QC_PASSED", "CAPTURED", "Photos captured", "live", "images", Stage.STARTED)
    CONFIRM = ("CONFIRM", "WAITING CONFIRM", "Results ready", "warn", "hourglass", Stage.STARTED)
    COMPLETE = ("COMPLETE", "COMPLETE", "Completed", "ok", "check-circle", Stage.COMPLETED)
    EXPIRED = ("EXPIRED", "EXPIRED", "Expired", "dead", "clock", Stage.DEAD)
    INVALID = ("INVALID", "INVALID", "Invalid", "bad", "octagon", Stage.DEAD)

    def __new__(cls, value: str, *_: object) -> "Status":
        member = object.__new__(cls)
        member._value_ = value
        return member

    def __init__(
        self, _: str, dashboard: str, label: str, tone: str, icon: str, stage: Stage
    ) -> None:
        self.dashboard, self.label, self.tone, self.icon, self.stage = (
            dashboard,
            label,
            tone,
            icon,
            stage,
        )

    @classmethod
    def of(cls, text: str) -> "Status | None":
        """Return the status of this name; None for a name that is not in the manual."""
        return cls._value2member_map_.get(text)  # type: ignore[return-value]


RAIL = tuple(status for status in Status if status.stage is not Stage.DEAD)
"""The statuses in the order in which a customer passes them."""


class Delivery(Enum):
    """A delivery of the text message: value, our words, tone, icon, meaning."""

    OK = (
        "ok",
        "Accepted",
        "ok",
        "check-circle",
        "The carrier took it. That is no proof that the phone got it.",
    )
    ERROR = (
        "error",
        "Failed",
        "bad",
        "x-circle",
        "The text did not go out, so the number can be corrected before the start.",
    )
    UNKNOWN = (
        "unknown",
        "Not reported",
        "dead",
        "dash",
        "PAVE shows no delivery for this text, or not yet.",
    )

    def __new__(cls, value: str, *_: object) -> "Delivery":
        member = object.__new__(cls)
        member._value_ = value
        return member

    def __init__(self, _: str, label: str, tone: str, icon: str, meaning: str) -> None:
        self.label, self.tone, self.icon, self.meaning = label, tone, icon, meaning


def classify_delivery(text: str) -> Delivery:
    """Classify PAVE's ``delivery_status``. A blank one is not an error.

    Source: the answer sample of "PUT Update Session" (``201 Created``, the carrier service's status
    line); an error value is nowhere shown, so any other words count as one.
    """
    text = text.strip()
    if not text:
        return Delivery.UNKNOWN
    return Delivery.OK if re.match(r"2[0-9]{2}(?![0-9])", text) else Delivery.ERROR
