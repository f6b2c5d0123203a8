"""What a form post holds, in the catalogue's words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.values.text import text_of


@dataclass(frozen=True, slots=True)
class FormData:
    """What a form post holds: ``typed`` by field key, ``inputs`` by their posted names, and the
    posted ``<section>-…`` names that PAVE's update call does not have. ``reason``: the reason's
    inputs as they came, to be kept with a draft; ``reverts``: the edit that is being taken back, by
    the page's signed copy."""

    typed: Mapping[str, str]
    inputs: Mapping[str, str]
    unknown_names: tuple[str, ...] = ()
    reason: Mapping[str, str] = field(default_factory=dict)
    reverts: int = 0


def sent_text(key: str, typed: str) -> str:
    """The typed text as PAVE gets it: what the record holds, and what a page calls sent."""
    return text_of(CATALOGUE[key].kind.sent(typed))
