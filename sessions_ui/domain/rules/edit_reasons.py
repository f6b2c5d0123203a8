"""List the reasons for an edit, and decide when a note is needed beside one."""

from collections.abc import Iterable
from dataclasses import dataclass

from sessions_ui.domain.catalogue import CATALOGUE, Catalogue

REASONS = {
    "customer_request": "Customer asked",
    "typo_at_creation": "Typo at creation",
    "wrong_number": "Wrong number",
    "vin_correction": "VIN correction",
    "test_cleanup": "Test clean-up",
    "other": "Other",
}
SHORTEST_NOTE = 10
LONGEST_NOTE = 2000
LONGEST_TICKET = 100


@dataclass(frozen=True, slots=True)
class ReasonGiven:
    """An agent's reason for an edit: a code of REASONS, a note, and a help-desk ticket."""

    code: str
    note: str = ""
    ticket: str = ""


def note_needed(code: str, keys: Iterable[str], catalogue: Catalogue = CATALOGUE) -> str:
    """Say in half a sentence why a note of SHORTEST_NOTE characters is needed; ``""`` if none."""
    if any(catalogue[key].section == "sms" for key in keys):
        return "because the text message changes"
    return "because the reason is “Other”" if code == "other" else ""
