"""Merge what the agent saw, what PAVE holds now and what was typed, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from sessions_ui.domain.catalogue import CATALOGUE, Catalogue, FieldSpec


class Merge(Enum):
    """The result of merging one field's three values."""

    UNTOUCHED = "Not changed"
    THEIRS = "Only changed elsewhere"
    MINE = "Only you changed it"
    SAME = "PAVE already holds it"
    CONFLICT = "Changed by you and elsewhere"


@dataclass(frozen=True, slots=True)
class FieldMerge:
    """One merged field: what the agent saw, what PAVE holds now, what was typed, and the result."""

    key: str
    seen: str
    now: str
    mine: str
    merge: Merge

    @property
    def touched(self) -> bool:
        """Whether the agent typed something other than what the page showed."""
        return self.merge not in (Merge.UNTOUCHED, Merge.THEIRS)


def merge(
    seen: Mapping[str, str],
    now: Mapping[str, str],
    typed: Mapping[str, str],
    catalogue: Catalogue = CATALOGUE,
) -> dict[str, FieldMerge]:
    """Merge every writable field, from three maps of key to text.

    A key that is absent from ``typed`` is never a change.
    """
    return {
        spec.key: _merge_field(
            spec, seen.get(spec.key, ""), now.get(spec.key, ""), typed.get(spec.key)
        )
        for spec in catalogue.writable
    }


def _merge_field(spec: FieldSpec, seen: str, now: str, mine: str | None) -> FieldMerge:
    same = spec.kind.same
    if mine is None or same(mine, seen):
        verdict = Merge.UNTOUCHED if same(seen, now) else Merge.THEIRS
        return FieldMerge(spec.key, seen, now, now, verdict)
    if same(mine, now):
        return FieldMerge(spec.key, seen, now, mine, Merge.SAME)
    return FieldMerge(spec.key, seen, now, mine, Merge.MINE if same(seen, now) else Merge.CONFLICT)
