"""Define a switch for each question that PAVE's manual leaves open, to turn while it runs."""

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
    """The present positions: a code of CHOICES, or a bool where the choice is yes or no."""

    mode: str = "strict"
    unknown_keys: str = "ignore"
    empty_time: str = "as_sampled"
    show_delivery: bool = True
    upper_transmission: bool = False
    refuse_capt: bool = False

    def turn(self, name: str, value: Any) -> None:
        """Set one switch to a code of CHOICES or a bool. Raises ValueError for anything else."""
        if isinstance(value, bool):
            value = "yes" if value else "no"
        if value not in CHOICES.get(name, {}):
            raise ValueError(f"The switch {name!r} has no position {value!r}.")
        setattr(self, name, value == "yes" if "yes" in CHOICES[name] else value)

    def position(self, name: str) -> str:
        """Return the code of one switch's present position."""
        value = getattr(self, name)
        if isinstance(value, bool):
            return "yes" if value else "no"
        return str(value)

    def as_dict(self) -> dict[str, str]:
        """Return all positions as codes, ready for JSON and for `turn`."""
        return {field.name: self.position(field.name) for field in fields(self)}
