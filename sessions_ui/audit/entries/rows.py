"""Entries as a person reads them: one row per edit, a sentence, and masked differences."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sessions_ui.audit.sql import asked
from sessions_ui.domain.catalogue import CATALOGUE, FieldSpec
from sessions_ui.domain.rules.edit_reasons import REASONS
from sessions_ui.domain.rules.error_messages import ACCESS, cause_words, lock_words
from sessions_ui.domain.rules.outcomes import FieldResult, Outcome
from sessions_ui.domain.values.masking import ERASED, difference, mask
from sessions_ui.domain.values.text import text_of
from sessions_ui.models import AuditEntry, Kind, Side

_VALUES = "SELECT entry_id, field, side, value FROM audit_value WHERE entry_id {among}"
_SAID = {"was": "Was: {}", "now": "Now: {}", "note": "“{}”"}
NAMED = 2
SHOWN = 3
_PLACES = {spec.key: place for place, spec in enumerate(CATALOGUE)}
_TRIED = "tried to change"
_VERBS = {
    Outcome.PENDING: "is changing",
    Outcome.UNKNOWN: "sent a change to",
    Outcome.UNRESOLVED: "sent a change to",
} | {outcome: "changed" for outcome in Outcome if outcome.took_effect}

Values = Mapping[tuple[int, str, int], str]
"""Personal values that are still kept, by entry, field and side."""


@dataclass(frozen=True)
class Change:
    """One field of an edit, masked where personal. ``held`` is what PAVE was found to hold."""

    spec: FieldSpec
    was: str
    now: str
    masked: bool = False
    differs: str = ""
    result: FieldResult | None = None
    held: str = ""

    @property
    def hides(self) -> bool:
        """Whether something that is still kept is masked here."""
        return self.masked and bool({self.was, self.now, self.held} - {"", ERASED})

    @property
    def holds(self) -> str:
        """What PAVE holds instead of the value that was sent."""
        if self.result not in (FieldResult.IGNORED, FieldResult.ALTERED):
            return ""
        still = "Still holds" if self.result is FieldResult.IGNORED else "Holds"
        return f"{still} {self.held}" if self.held else f"{still} nothing"


@dataclass(frozen=True)
class EntryRow:
    """An edit, a refusal or an access with its latest outcome (None for an access)."""

    entry: AuditEntry
    outcome: Outcome | None
    changes: Sequence[Change]
    latest: AuditEntry | None = None

    @cached_property
    def detail(self) -> dict[str, Any]:
        """What the latest step tells beside its columns."""
        return detail_of(self.latest or self.entry)

    @property
    def more(self) -> int:
        """How many fields a list leaves to the entry's own page."""
        return max(0, len(self.changes) - SHOWN)

    @property
    def reason(self) -> str:
        """The reason given, in words."""
        return REASONS.get(self.entry.reason_code, self.entry.reason_code)

    @property
    def verb(self) -> str:
        """What was done to what: "changed the VIN", "tried to change 3 fields"."""
        if self.outcome is None:
            return ACCESS.get(self.entry.action, self.entry.action)
        return f"{_VERBS.get(self.outcome, _TRIED)} {self.what}"

    @property
    def told(self) -> str:
        """What an access or a note was about."""
        return access_words(detail_of(self.entry)) if self.outcome is None else ""

    @property
    def what(self) -> str:
        """The fields, by name where they are few."""
        named = self.detail.get("fields") or ()
        specs = [one.spec for one in self.changes] or [spec_of(key) for key in named]
        if not specs:
            unknown = self.detail.get("unknown_names")
            return "fields that PAVE does not have" if unknown else "no field"
        if len(specs) > NAMED:
            return f"{len(specs)} fields"
        return "the " + " and ".join(in_sentence(spec.label) for spec in specs)

    @property
    def why(self) -> str:
        """Reason and ticket in brackets, or nothing."""
        given = ", ".join(filter(None, (in_sentence(self.reason), self.entry.ticket)))
        return f" ({given})" if given else ""

    @property
    def sentence(self) -> str:
        """Who did what to which session, and why."""
        target = f" of {self.entry.session_key}" if self.entry.session_key else ""
        return f"{self.entry.actor_label} {self.verb}{target}{self.why}"

    @property
    def cause(self) -> str:
        """What stopped the edit, where PAVE itself said nothing."""
        locks: dict[str, str] = self.detail.get("locks") or {}
        if locks:
            return locked_words(locks)
        names = self.detail.get("unknown_names") or []
        if names:
            return f"Names that PAVE does not have: {', '.join(names)}"
        code = (self.latest or self.entry).error_code
        return cause_words(code) if code and not self.pave_message else ""

    @property
    def pave_message(self) -> str:
        """PAVE's own words, where it gave any."""
        return text_of(self.detail.get("pave_message"))


def in_sentence(label: str) -> str:
    """A label inside a sentence: "Phone number" in small letters, "VIN" as it is."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def locked_words(locks: Mapping[str, str]) -> str:
    """Which fields were locked, reason by reason: "Theme and VIN: PAVE accepts …"."""
    fields = defaultdict[str, list[str]](list)
    for key, code in locks.items():
        fields[lock_words(code)].append(spec_of(key).label)
    return " ".join(f"{' and '.join(labels)}: {words}" for words, labels in fields.items())


def spec_of(key: str) -> FieldSpec:
    """The catalogue's row, or a personal one without a kind for a field that it no longer has."""
    if key in CATALOGUE:
        return CATALOGUE[key]
    section, _, name = key.partition(".")
    return FieldSpec(section, name, key, (), personal=True)


def detail_of(entry: AuditEntry) -> dict[str, Any]:
    """An entry's detail, decoded."""
    found: dict[str, Any] = json.loads(entry.detail or "{}")
    return found


def access_words(told: Mapping[str, Any]) -> str:
    """What the detail of an access or a note tells: what it was about, what was and is now, what
    was said."""
    texts = {name: text_of(told.get(name)) for name in _SAID}
    said = [_SAID[name].format(text) for name, text in texts.items() if text]
    return " ".join(filter(None, (_about(told), *said)))


def _about(told: Mapping[str, Any]) -> str:
    """Filters asked for, fields, and which entries or how many there were."""
    asked: dict[str, str] = told.get("filter") or {}
    parts = [f"“{told[name]}”" for name in ("view", "rule") if name in told]
    parts += [f"{name}: {value}" for name, value in sorted(asked.items())]
    parts += [spec_of(key).label for key in told.get("fields") or ()]
    parts += [f"entry #{told['entry']:,}"] if "entry" in told else []
    if "count" in told:
        noun = "entry" if str(told["count"]) == "1" else "entries"
        parts.append(f"{told['count']} {noun}")
    if "to_id" in told:
        parts.append(f"entries #{told.get('from_id')} to #{told['to_id']}")
    return ", ".join(parts)


def values_of(ids: Iterable[int]) -> Values:
    """The personal values kept beside these entries."""
    return {(id_, field, side): value for id_, field, side, value in asked(_VALUES, ids)}


def entry_row(
    entry: AuditEntry, end: AuditEntry | None, values: Values, *, plain: bool = False
) -> EntryRow:
    """One row from its entry, its latest end and the personal values of both; these are masked,
    unless ``plain``: only for whom it was recorded that they are shown."""
    if entry.kind in (Kind.ACCESS, Kind.NOTE):
        return EntryRow(entry, None, ())
    told = end.outcome if end else entry.outcome
    outcome = Outcome(told) if told else Outcome.PENDING
    return EntryRow(entry, outcome, changes_of(entry, end, values, plain=plain), end)


def changes_of(
    entry: AuditEntry, end: AuditEntry | None, values: Values, *, plain: bool = False
) -> list[Change]:
    """The fields of an intent, a sent or a refusal, with the results of its end."""
    results: dict[str, Any] = json.loads(end.body) if end else {}
    sides: dict[str, Any] = json.loads(entry.body or "{}")
    found = []
    for key in sorted(sides, key=lambda key: _PLACES.get(key, len(_PLACES))):
        was = side_text(sides[key][0], (entry.id, key, Side.WAS), values)
        now = side_text(sides[key][1], (entry.id, key, Side.NOW), values)
        result, held = results.get(key, (None, ""))
        held = side_text(held, (end.id if end else 0, key, Side.HELD), values)
        found.append(_change(spec_of(key), (was, now, held), result, plain))
    return found


def side_text(side: object, where: tuple[int, str, int], values: Values) -> str | None:
    """The text of one value in an entry's body. A personal value is looked up in ``values`` by
    entry id, field key and side; None when it was erased."""
    return values.get(where) if isinstance(side, dict) else text_of(side)


def _change(
    spec: FieldSpec, sides: Sequence[str | None], result: str | None, plain: bool
) -> Change:
    was, now, held = (
        ERASED if text is None else text if plain else mask(spec, text) for text in sides
    )
    return Change(
        spec=spec,
        was=was,
        now=now,
        masked=spec.personal and not plain,
        differs=difference(sides[0] or "", sides[1] or "") if spec.personal else "",
        result=FieldResult(result) if result else None,
        held=held,
    )
