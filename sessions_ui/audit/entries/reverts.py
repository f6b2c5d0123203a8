"""Taking an edit back: what it found before, what it left, and which edits did so."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sessions_ui.audit.log.canonical import canonical_json
from sessions_ui.domain.catalogue import CATALOGUE, FieldSpec
from sessions_ui.domain.rules.outcomes import FieldResult, Outcome
from sessions_ui.models import AuditEntry, Kind, Side

from .rows import EntryRow, side_text, values_of


class Hindrance(StrEnum):
    """Why a field cannot be taken back."""

    ERASED = "The value from before was erased, so nobody can bring it back."
    EMPTY = "The field was empty before, and PAVE has no way to empty a field."


@dataclass(frozen=True)
class Inverse:
    """What taking an edit back means: by field key the text from before, the text that the edit
    left (where it is still kept), and what cannot be taken back."""

    edit_id: int
    session_key: str
    before: Mapping[str, str]
    left: Mapping[str, str]
    hindered: Mapping[str, Hindrance]

    def only(self, keys: Iterable[str]) -> "Inverse":
        """The same for some of the fields."""
        kept = set(keys)
        parts = (
            {key: one for key, one in part.items() if key in kept}
            for part in (self.before, self.left, self.hindered)
        )
        return Inverse(self.edit_id, self.session_key, *parts)  # type: ignore[arg-type]


def inverse_of(edit_id: int) -> Inverse | None:
    """What taking this edit back means; None where PAVE holds nothing of it."""
    steps = AuditEntry.objects.filter(op=edit_id).order_by("id")
    sent = steps.filter(kind=Kind.SENT).first()
    end = steps.ends().last()
    if sent is None or end is None or not Outcome(end.outcome).took_effect:
        return None
    values = values_of([sent.id, end.id])
    results = json.loads(end.body or "{}")
    before: dict[str, str] = {}
    left: dict[str, str] = {}
    hindered: dict[str, Hindrance] = {}
    for key, (was, now) in json.loads(sent.body).items():
        result, held = results.get(key, (None, None))
        if not _is_reversible(result) or key not in CATALOGUE:
            continue
        text = side_text(was, (sent.id, key, Side.WAS), values)
        if text:
            before[key] = text
        else:
            hindered[key] = Hindrance.ERASED if text is None else Hindrance.EMPTY
        after = side_text(held, (end.id, key, Side.HELD), values) if held else None
        after = after or side_text(now, (sent.id, key, Side.NOW), values)
        left |= {key: after} if after else {}
    return Inverse(edit_id, sent.session_key, before, left, hindered)


def fields_taken(row: EntryRow) -> list[FieldSpec]:
    """The fields of a row that could be taken back, if policy allows it then."""
    if row.entry.kind != Kind.INTENT or row.outcome is None or not row.outcome.took_effect:
        return []
    return [change.spec for change in row.changes if _is_reversible(change.result)]


def _is_reversible(result: str | None) -> bool:
    """Where a person closed the edit, no field has a result: any of them may have changed."""
    return result is None or FieldResult(result).reversible


def reverts_still(edit_id: int, typed: Mapping[str, str]) -> int:
    """The edit that these typed values take back; 0 when none of them is a value from before it
    any more."""
    inverse = inverse_of(edit_id) if edit_id else None
    before = inverse.before if inverse else {}
    kept = (
        key in before and CATALOGUE[key].kind.same(text, before[key]) for key, text in typed.items()
    )
    return edit_id if any(kept) else 0


def revert_detail(edit_id: int) -> dict[str, object]:
    """What the intent of a revert holds of its origin."""
    return {"reverts": edit_id} if edit_id else {}


def origin_of(entry: AuditEntry) -> int:
    """The edit that this one takes back; 0 for none."""
    found: int = json.loads(entry.detail or "{}").get("reverts", 0)
    return found


def reverts_among(session_key: str, edit_ids: Iterable[int]) -> dict[int, list[int]]:
    """The edits of a session that take these edits back, by the edit that is taken back."""
    wanted = {canonical_json(revert_detail(edit_id)): edit_id for edit_id in edit_ids}
    made = AuditEntry.objects.filter(
        session_key=session_key, kind=Kind.INTENT, detail__in=wanted
    ).order_by("id")
    found: dict[int, list[int]] = {}
    for number, detail in made.values_list("id", "detail"):
        found.setdefault(wanted[detail], []).append(number)
    return found
