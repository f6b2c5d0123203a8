"""Present an entry as a person reads it: a row, a sentence, and masked changes."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sessions_ui.audit.sql import query_by_ids
from sessions_ui.domain.catalogue import CATALOGUE, FieldSpec
from sessions_ui.domain.rules.edit_reasons import REASONS
from sessions_ui.domain.rules.error_messages import ACCESS, cause_words, lock_words
from sessions_ui.domain.rules.outcomes import FieldResult, Outcome
from sessions_ui.domain.values.masking import ERASED, difference, mask
from sessions_ui.domain.values.text import text_of
from sessions_ui.models import AuditEntry, Kind, Side

_PERSONAL_VALUES = "SELECT entry_id, field, side, value FROM audit_value WHERE entry_id {among}"
_STATEMENTS = {"was": "Was: {}", "now": "Now: {}", "note": "“{}”"}
MAX_NAMED_FIELDS = 2
MAX_SHOWN_CHANGES = 3
_POSITIONS = {spec.key: position for position, spec in enumerate(CATALOGUE)}
_TRIED_TO_CHANGE = "tried to change"
_VERBS = {
    Outcome.PENDING: "is changing",
    Outcome.UNKNOWN: "sent a change to",
    Outcome.UNRESOLVED: "sent a change to",
} | {outcome: "changed" for outcome in Outcome if outcome.took_effect}

Values = Mapping[tuple[int, str, int], str]
"""Personal values that were not erased, by entry id, field key and side."""


@dataclass(frozen=True)
class Change:
    """One field of an edit, masked where personal. ``held`` is what PAVE held afterwards;
    ``differs`` says in words how a personal value changed."""

    spec: FieldSpec
    was: str
    now: str
    masked: bool = False
    differs: str = ""
    result: FieldResult | None = None
    held: str = ""

    @property
    def hides(self) -> bool:
        """Whether a value that was not erased is masked here."""
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
    """An edit, refusal, access or note with its latest outcome (None for the last two)."""

    entry: AuditEntry
    outcome: Outcome | None
    changes: Sequence[Change]
    latest: AuditEntry | None = None

    @cached_property
    def detail(self) -> dict[str, Any]:
        """The detail of the latest end, or of the entry itself."""
        return parse_detail(self.latest or self.entry)

    @property
    def more(self) -> int:
        """How many changes a list leaves to the entry's own page."""
        return max(0, len(self.changes) - MAX_SHOWN_CHANGES)

    @property
    def reason(self) -> str:
        """The label of the reason."""
        return REASONS.get(self.entry.reason_code, self.entry.reason_code)

    @property
    def verb(self) -> str:
        """What was done to what: "changed the VIN", "tried to change 3 fields"."""
        if self.outcome is None:
            return ACCESS.get(self.entry.action, self.entry.action)
        return f"{_VERBS.get(self.outcome, _TRIED_TO_CHANGE)} {self.what}"

    @property
    def about(self) -> str:
        """What an access or a note was about, in words."""
        return describe_detail(parse_detail(self.entry)) if self.outcome is None else ""

    @property
    def what(self) -> str:
        """The fields, by name where they are few."""
        keys = self.detail.get("fields") or ()
        specs = [change.spec for change in self.changes] or [field_spec(key) for key in keys]
        if not specs:
            unknown = self.detail.get("unknown_names")
            return "fields that PAVE does not have" if unknown else "no field"
        if len(specs) > MAX_NAMED_FIELDS:
            return f"{len(specs)} fields"
        return "the " + " and ".join(in_sentence(spec.label) for spec in specs)

    @property
    def why(self) -> str:
        """Reason and ticket in brackets, or nothing."""
        parts = ", ".join(filter(None, (in_sentence(self.reason), self.entry.ticket)))
        return f" ({parts})" if parts else ""

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
            return describe_locks(locks)
        names = self.detail.get("unknown_names") or []
        if names:
            return f"Names that PAVE does not have: {', '.join(names)}"
        code = (self.latest or self.entry).error_code
        return cause_words(code) if code and not self.pave_message else ""

    @property
    def pave_message(self) -> str:
        """PAVE's own message, ``""`` where it gave none."""
        return text_of(self.detail.get("pave_message"))


def in_sentence(label: str) -> str:
    """A label as it is written inside a sentence: "phone number", but still "VIN"."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def describe_locks(locks: Mapping[str, str]) -> str:
    """Say which fields (``locks``: lock code by field key) were locked, reason by reason: "Theme
    and VIN: PAVE accepts …"."""
    fields = defaultdict[str, list[str]](list)
    for key, code in locks.items():
        fields[lock_words(code)].append(field_spec(key).label)
    return " ".join(f"{' and '.join(labels)}: {words}" for words, labels in fields.items())


def field_spec(key: str) -> FieldSpec:
    """The catalogue's row. A field that it no longer has gets one that is personal and has no kind,
    so that its values are masked."""
    if key in CATALOGUE:
        return CATALOGUE[key]
    section, _, name = key.partition(".")
    return FieldSpec(section, name, key, (), personal=True)


def parse_detail(entry: AuditEntry) -> dict[str, Any]:
    """An entry's detail, decoded."""
    detail: dict[str, Any] = json.loads(entry.detail or "{}")
    return detail


def describe_detail(detail: Mapping[str, Any]) -> str:
    """Say what an access or a note was about, what was before and is now, and what was written."""
    texts = {name: text_of(detail.get(name)) for name in _STATEMENTS}
    statements = [_STATEMENTS[name].format(text) for name, text in texts.items() if text]
    return " ".join(filter(None, (_describe_scope(detail), *statements)))


def _describe_scope(detail: Mapping[str, Any]) -> str:
    """The saved view or rule, the filters, the fields, and which entries or how many."""
    filters: dict[str, str] = detail.get("filter") or {}
    parts = [f"“{detail[name]}”" for name in ("view", "rule") if name in detail]
    parts += [f"{name}: {value}" for name, value in sorted(filters.items())]
    parts += [field_spec(key).label for key in detail.get("fields") or ()]
    parts += [f"entry #{detail['entry']:,}"] if "entry" in detail else []
    if "count" in detail:
        noun = "entry" if str(detail["count"]) == "1" else "entries"
        parts.append(f"{detail['count']} {noun}")
    if "to_id" in detail:
        parts.append(f"entries #{detail.get('from_id')} to #{detail['to_id']}")
    return ", ".join(parts)


def load_personal_values(ids: Iterable[int]) -> Values:
    """The personal values of these entries that were not erased."""
    rows = query_by_ids(_PERSONAL_VALUES, ids)
    return {(entry_id, key, side): value for entry_id, key, side, value in rows}


def build_entry_row(
    entry: AuditEntry, end: AuditEntry | None, values: Values, *, plain: bool = False
) -> EntryRow:
    """The row of an entry, from its latest end and the personal values of both. These are masked
    unless ``plain``, which needs a record of who sees them."""
    if entry.kind in (Kind.ACCESS, Kind.NOTE):
        return EntryRow(entry, None, ())
    outcome = Outcome((end or entry).outcome or Outcome.PENDING)
    return EntryRow(entry, outcome, build_changes(entry, end, values, plain=plain), end)


def build_changes(
    entry: AuditEntry, end: AuditEntry | None, values: Values, *, plain: bool = False
) -> list[Change]:
    """The changes of an intent, a sent or a refusal, with the results of its end."""
    results: dict[str, Any] = json.loads(end.body) if end else {}
    sides: dict[str, Any] = json.loads(entry.body or "{}")
    changes = []
    for key in sorted(sides, key=lambda key: _POSITIONS.get(key, len(_POSITIONS))):
        was = side_text(sides[key][0], (entry.id, key, Side.WAS), values)
        now = side_text(sides[key][1], (entry.id, key, Side.NOW), values)
        result, held = results.get(key, (None, ""))
        held = side_text(held, (end.id if end else 0, key, Side.HELD), values)
        changes.append(_build_change(field_spec(key), (was, now, held), result, plain))
    return changes


def side_text(side: object, where: tuple[int, str, int], values: Values) -> str | None:
    """The text of one value in an entry's body. A personal value is looked up in ``values`` by
    entry id, field key and side; None when it was erased."""
    return values.get(where) if isinstance(side, dict) else text_of(side)


def _build_change(
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
