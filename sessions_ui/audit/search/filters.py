"""Hold one audit filter, which the list, its count and the export share so that they agree."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sessions_ui.domain.values.ids import LARGEST_ID
from sessions_ui.domain.values.text import storable
from sessions_ui.models import LISTED_KINDS, Kind

DEFAULT_WINDOW = timedelta(days=30)
PAGING = ("before", "after")
NAMES = (
    "q", "actor", "session", "field", "outcome", "reason", "status", "value", "from", "to", "kind",
)  # fmt: skip
"""The parameters of a filter, in the order of its query string."""
KINDS = {
    "edit": Kind.INTENT,
    "refusal": Kind.REFUSAL,
    "access": Kind.ACCESS,
    "note": Kind.NOTE,
}
MAX_LENGTH, MAX_VALUE_LENGTH = 200, 2000
_KIND_ALIASES = {"intent": "edit"}
_ENTRY_NUMBER = re.compile(r"#?([0-9][0-9,]{0,24})")


@dataclass(frozen=True)
class AuditFilter:
    """What to find in the audit. A filter with problems finds nothing: a typing error must never
    widen an export.

    ``typed`` holds the parameters as typed, ``problems`` a sentence for each that is wrong.
    ``since`` and ``until`` are moments, ``until`` excluded; None means no limit. ``windowed``: the
    default window was applied. ``actor`` is a user id, ``entry`` the entry number that the search
    text may be, ``words`` the words that the query builder takes the text for.
    """

    typed: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    session: str = ""
    actor: int | None = None
    field: str = ""
    outcome: str = ""
    reason: str = ""
    status: str = ""
    value: str = ""
    since: datetime | None = None
    until: datetime | None = None
    entry: int | None = None
    ticket: str = ""
    words: tuple[str, ...] = ()
    kind: str = ""
    before: int | None = None
    after: int | None = None
    windowed: bool = False

    @property
    def active(self) -> dict[str, str]:
        """The parameters that are set, without paging."""
        return {name: self.typed[name] for name in NAMES if self.typed.get(name)}

    @property
    def unbounded(self) -> bool:
        """Whether the whole record is searched, without any window of time."""
        return self.since is None and self.until is None

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of entry to list."""
        return (KINDS[self.kind],) if self.kind else LISTED_KINDS

    def query_string(self, **changes: object) -> str:
        """The query string of this filter, with some parameters changed (None: left out)."""
        params: dict[str, object] = {**self.active, **changes}
        return urlencode({name: str(value) for name, value in params.items() if value is not None})


def typed_params(params: Mapping[str, str]) -> dict[str, str]:
    """The parameters of a filter among these, as the database can hold them and cut to length."""
    typed = {
        name: storable(params[name]).strip()[: MAX_VALUE_LENGTH if name == "value" else MAX_LENGTH]
        for name in (*NAMES, *PAGING)
        if name in params
    }
    kind = typed.get("kind", "")
    return typed | {"kind": _KIND_ALIASES.get(kind, kind)}


def entry_number(text: str) -> int | None:
    """The number in ``918204``, ``918,204`` or ``#918,204``; None for any other text, and for a
    number that no entry can have."""
    match = _ENTRY_NUMBER.fullmatch(text)
    number = int(match[1].replace(",", "")) if match else None
    return number if number is not None and number <= LARGEST_ID else None
