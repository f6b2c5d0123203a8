"""What a manager asked of the audit: read from GET parameters, judged with sentences.

The same filter serves the page, its count and the export, so they cannot disagree. A value that
cannot be read is a problem with a sentence, and a filter with a problem finds nothing: an export
must never widen because of a typing error.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.utils import timezone

from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.rules.edit_reasons import REASONS
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.domain.status import Status
from sessions_ui.domain.values.ids import LARGEST_ID
from sessions_ui.domain.values.text import storable
from sessions_ui.models import LISTED_KINDS, Kind

from .value_search import seek_problem

WINDOW = timedelta(days=30)
PAGING = ("before", "after")
NAMES = (
    "q", "actor", "session", "field", "outcome", "reason", "status", "value", "from", "to", "kind",
)  # fmt: skip
KINDS = {
    "edit": Kind.INTENT,
    "refusal": Kind.REFUSAL,
    "access": Kind.ACCESS,
    "note": Kind.NOTE,
}
_ALIASES = {"intent": "edit"}
_KEY = re.compile(r"[A-Z0-9-]{3,40}")
_NUMBER = re.compile(r"#?([0-9][0-9,]{0,24})")
LONGEST, LONGEST_VALUE = 200, 2000

PersonFinder = Callable[[str], int | None]


@dataclass(frozen=True)
class AuditFilter:
    """A question. ``given`` is what was typed, ``problems`` a sentence per name that is wrong.

    ``since`` and ``until`` are moments (until excluded); None means without an end.
    """

    given: Mapping[str, str] = field(default_factory=dict)
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
        """The filters that were typed, paging left out."""
        return {name: self.given[name] for name in NAMES if self.given.get(name)}

    @property
    def whole(self) -> bool:
        """Whether it is asked of the whole record: without any window of time."""
        return self.since is None and self.until is None

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of entry that are listed."""
        return (KINDS[self.kind],) if self.kind else LISTED_KINDS

    def link(self, **other: object) -> str:
        """The query string of this question, with some names changed (None: left out)."""
        merged: dict[str, object] = {**self.active, **other}
        return urlencode({name: str(value) for name, value in merged.items() if value is not None})


class _Reading:
    """Reads the parameters one by one and keeps the sentences."""

    def __init__(self, params: Mapping[str, str], now: datetime) -> None:
        self.given = {
            name: storable(params[name]).strip()[: LONGEST_VALUE if name == "value" else LONGEST]
            for name in (*NAMES, *PAGING)
            if name in params
        }
        self.problems: dict[str, str] = {}
        self.now = now

    def text(self, name: str) -> str:
        return self.given.get(name, "")

    def one_of(self, name: str, known: Mapping[str, object], words: str) -> str:
        text = self.text(name)
        if text and text not in known:
            self.problems[name] = f"“{text}” is not {words}. Choose one from the list."
            return ""
        return text

    def session(self) -> str:
        key = self.text("session").upper()
        if key and not _KEY.fullmatch(key):
            self.problems["session"] = (
                f"“{key}” cannot be a session key: it has 3 to 40 letters, digits and dashes."
            )
            return ""
        return key

    def value(self) -> str:
        text = self.text("value")
        problem = seek_problem(text, self.text("field"))
        if problem:
            self.problems["value"] = problem
        return text

    def actor(self, find: PersonFinder) -> int | None:
        text = self.text("actor")
        if not text:
            return None
        number, found = _id_of(text), find(text)
        if found is None and number is not None and number < 2**31:
            return number
        if found is None:
            self.problems["actor"] = (
                f"Nobody here has the user name “{text}”. For a person whose account is gone,"
                " give the number that the page of each of their entries shows."
            )
        return found

    def moment(self, name: str) -> datetime | None:
        text = self.text(name)
        if not text:
            return None
        try:
            if len(text) == len("2026-01-31"):
                day = date.fromisoformat(text) + timedelta(days=1 if name == "to" else 0)
                return timezone.make_aware(datetime(day.year, day.month, day.day))
            found = datetime.fromisoformat(text)
            return found if found.tzinfo else timezone.make_aware(found)
        except (ValueError, OverflowError):
            self.problems[name] = f"“{text}” is not a date. Write it as 2026-01-31."
            return None

    def keyset(self, name: str) -> int | None:
        text = self.text(name)
        number = _id_of(text)
        if text and number is None:
            self.problems[name] = f"“{text}” is not a place in the list. Start from its newest."
        return number


def _id_of(text: str) -> int | None:
    found = _NUMBER.fullmatch(text)
    number = int(found[1].replace(",", "")) if found else None
    return number if number is not None and number <= LARGEST_ID else None


def filter_read(
    params: Mapping[str, str], *, find_person: PersonFinder, now: datetime
) -> AuditFilter:
    """The question in GET parameters. Never raises: what cannot be read becomes a problem.

    Without a session, an entry number or a ticket the question is of the last 30 days, unless
    ``from`` or ``to`` says otherwise.
    """
    read = _Reading(params, now)
    since, until = read.moment("from"), read.moment("to")
    if since and until and since >= until:
        read.problems["from"] = "“From” is after “to”, so nothing can be between them."
    read.given |= {"kind": _ALIASES.get(read.text("kind"), read.text("kind"))}
    session, text = read.session(), read.text("q")
    windowed = not (since or until or session or text or read.problems)
    return AuditFilter(
        given=read.given,
        session=session,
        actor=read.actor(find_person),
        field=read.one_of("field", {spec.key: spec for spec in CATALOGUE.writable}, "a field"),
        outcome=read.one_of("outcome", {one.value: one for one in Outcome}, "an outcome"),
        reason=read.one_of("reason", REASONS, "a reason"),
        status=read.one_of("status", {one.value: one for one in Status}, "a status of PAVE"),
        kind=read.one_of("kind", KINDS, "a kind of entry"),
        value=read.value(),
        since=now - WINDOW if windowed else since,
        until=until,
        entry=_id_of(text),
        ticket=text,
        before=read.keyset("before"),
        after=read.keyset("after"),
        windowed=windowed,
        problems=read.problems,
    )
