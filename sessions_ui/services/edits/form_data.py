"""Hold the inputs of a form post under the catalogue's field keys."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.values.text import text_of


@dataclass(frozen=True, slots=True)
class FormData:
    """Hold what a form post contains.

    ``typed`` is by field key, ``inputs`` by posted name. ``unknown_names`` are posted
    ``<section>-…`` names that PAVE's update call does not have. ``reason`` are the inputs of the
    reason as they came, to be saved with a draft. ``reverts`` comes from the form's token: the id
    of the edit to be reverted, 0 for none.
    """

    typed: Mapping[str, str]
    inputs: Mapping[str, str] = field(default_factory=dict)
    unknown_names: tuple[str, ...] = ()
    reason: Mapping[str, str] = field(default_factory=dict)
    reverts: int = 0


def sent_text(key: str, typed: str) -> str:
    """Return a typed text as PAVE is sent it, which is also how audit and pages show it."""
    return text_of(CATALOGUE[key].kind.sent(typed))
