"""What PAVE's manual leaves open, as switches: one may be turned while the sandbox runs."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

CHOICES: Final[Mapping[str, Mapping[str, str]]] = {
    "mode": {"strict": "Refuse everything (400)", "ignore": "Leave it, apply the rest (200)"},
    "unknown_keys": {"ignore": "Ignore it", "refuse": "Refuse everything (400)"},
    "empty_time": {
        "as_sampled": "As in PAVE’s samples",
        "blank": "Always blank",
        "null": "Always null",
    },
    "show_delivery": {"yes": "Show it in answers", "no": "Leave it out"},
    "upper_transmission": {"no": "As it was sent", "yes": "In capital letters"},
    "refuse_capt": {"no": "The account has it", "yes": "Refuse it (422)"},
}


@dataclass
class Switches:
    """The present choices. Text ones hold a code of CHOICES, the others are yes or no."""

    mode: str = "strict"
    unknown_keys: str = "ignore"
    empty_time: str = "as_sampled"
    show_delivery: bool = True
    upper_transmission: bool = False
    refuse_capt: bool = False

    def turn(self, name: str, value: Any) -> None:
        """Set one switch by its name. Takes a code or a bool; raises ValueError when unknown."""
        if isinstance(value, bool):
            value = "yes" if value else "no"
        if value not in CHOICES.get(name, {}):
            raise ValueError(f"The switch {name!r} has no position {value!r}.")
        setattr(self, name, value == "yes" if "yes" in CHOICES[name] else value)

    def position(self, name: str) -> str:
        """Give the code of one switch's present position."""
        value = getattr(self, name)
        if isinstance(value, bool):
            return "yes" if value else "no"
        return str(value)

    def plain(self) -> dict[str, str]:
        """Give all positions as codes, ready for JSON and for `turn`."""
        return {each.name: self.position(each.name) for each in fields(self)}
