"""Build the small parts that several pages show: states, buttons, options."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from .rendering import Html, render


class Look(NamedTuple):
    """How a state is shown: its words, the icon beside them, and the CSS class of its colour."""

    label: str
    icon: str
    tone: str


STATUS_LOOKS: Final[Mapping[str, Look]] = {
    "IDLE": Look("Not started", "circle", ""),
    "STARTED": Look("Started", "play", "live"),
    "PROCESS": Look("Taking photos", "camera", "live"),
    "QC_PASSED": Look("Photos captured", "images", "live"),
    "CONFIRM": Look("Waiting for customer", "hourglass", "warn"),
    "COMPLETE": Look("Completed", "check-circle", "ok"),
    "EXPIRED": Look("Expired", "clock", "dead"),
    "INVALID": Look("Invalid", "octagon", "bad"),
}
UNKNOWN_STATUS: Final = Look("Unknown status", "question", "warn")
DELIVERY_LOOKS: Final[Mapping[str, Look]] = {
    "failed": Look("Failed", "x-circle", "bad"),
    "accepted": Look("Accepted", "check-circle", "ok"),
    "absent": Look("No word yet", "dash", "dead"),
    "none": Look("No text", "dash", "dead"),
}


def status_state(status: str, *, chip: bool = False) -> Html:
    """Build a status: icon, words and PAVE's code; a chip has a coloured background."""
    look = STATUS_LOOKS.get(status, UNKNOWN_STATUS)
    tone = f"chip {look.tone}" if chip else look.tone
    return render("status", code=status, label=look.label, icon=look.icon, tone=tone)


def delivery_state(delivery: str) -> Html:
    """Build the state of the text message: icon and words."""
    look = DELIVERY_LOOKS[delivery]
    return render("delivery", code=delivery, label=look.label, icon=look.icon, tone=look.tone)


def button(label: str, address: str, action: str, style: str) -> Html:
    """Build a form of one button; `style` is plain, primary or faint (pressable, but refused)."""
    return render("button", label=label, address=address, action=action, style=style)


def options(choices: Iterable[tuple[str, str]], selected: str = "") -> list[Html]:
    """Build the options of a drop-down from pairs of value and label."""
    return [
        render("option_selected" if value == selected else "option", value=value, label=label)
        for value, label in choices
    ]
