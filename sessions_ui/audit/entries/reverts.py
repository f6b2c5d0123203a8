"""Work out what it means to take an edit back, and which edits took others back."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sessions_ui.audit.log.canonical import canonical_json
from sessions_ui.domain.catalogue import CATALOGUE, FieldSpec
from sessions_ui.domain.rules.outcomes import REVERSIBLE, Outcome
from sessions_ui.models import AuditEntry, Kind, Side

from .rows import EntryRow, load_personal_values, side_text


class Hindrance(StrEnum):
    """Why a field cannot be taken back."""

    ERASED = "The value from before was erased, so nobody can bring it back."
    EMPTY = "The field was empty before, and PAVE has no way to empty a field."


@dataclass(frozen=True)
class RevertPlan:
    """What it means to take an edit back. By field key: the text from ``before``, the text that
    the edit ``left`` (where it was not erased), and why a field is ``hindered``."""

    edit_id: int
    session_key: str
    before: Mapping[str, str]
    left: Mapping[str, str]
    hindered: Mapping[str, Hindrance]

    def only(self, keys: Iterable[str]) -> "RevertPlan":
        """The plan for some of the fields."""
        chosen = frozenset(keys)
        return RevertPlan(
            self.edit_id,
            self.session_key,
            before={key: text for key, text in self.before.items() if key in chosen},
            left={key: text for key, text in self.left.items() if key in chosen},
            hindered={key: why for key, why in self.hindered.items() if key in chosen},
        )


def plan_revert(edit_id: int) -> RevertPlan | None:
    """Return what it means to take this edit back; None where PAVE holds nothing of it."""
    sent = AuditEntry.objects.filter(op=edit_id, kind=Kind.SENT).order_by("id").first()
    end = AuditEntry.objects.latest_end(edit_id)
    if sent is None or end is None or not Outcome(end.outcome).took_effect:
        return None
    values = load_personal_values([sent.id, end.id])
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
        if after:
            left[key] = after
    return RevertPlan(edit_id, sent.session_key, before, left, hindered)


def _is_reversible(result: str | None) -> bool:
    """Where a person closed the edit, no field has a result: any of them may have changed."""
    return result is None or result in REVERSIBLE


def reversible_fields(row: EntryRow) -> list[FieldSpec]:
    """The fields of a row that could be taken back, if policy allows it then."""
    if row.entry.kind != Kind.INTENT or row.outcome is None or not row.outcome.took_effect:
        return []
    return [change.spec for change in row.changes if _is_reversible(change.result)]


def confirm_reverted_edit(edit_id: int, typed: Mapping[str, str]) -> int:
    """The edit that a form claims to take back, if one of its typed values (by field key) still is
    the value from before that edit; else 0."""
    plan = plan_revert(edit_id) if edit_id else None
    before = plan.before if plan else {}
    restored = (
        key in before and CATALOGUE[key].kind.same(text, before[key]) for key, text in typed.items()
    )
    return edit_id if any(restored) else 0


def revert_detail(edit_id: int) -> dict[str, object]:
    """The detail of an intent that takes ``edit_id`` back; 0: it takes none back."""
    return {"reverts": edit_id} if edit_id else {}


def reverted_edit_id(entry: AuditEntry) -> int:
    """The id of the edit that an entry's edit takes back; 0 for none."""
    edit_id: int = json.loads(entry.detail or "{}").get("reverts", 0)
    return edit_id


def find_reverts(session_key: str, edit_ids: Iterable[int]) -> dict[int, list[int]]:
    """For each of these edits that was taken back, the ids of the edits that did it."""
    # An intent's detail holds nothing else, so an exact match of its text is enough.
    details = {canonical_json(revert_detail(edit_id)): edit_id for edit_id in edit_ids}
    intents = AuditEntry.objects.filter(
        session_key=session_key, kind=Kind.INTENT, detail__in=details
    ).order_by("id")
    reverts: dict[int, list[int]] = {}
    for intent_id, detail in intents.values_list("id", "detail"):
        reverts.setdefault(details[detail], []).append(intent_id)
    return reverts
