"""The banner that says, after a send, what became of an edit."""

from dataclasses import dataclass

from sessions_ui.domain.catalogue import CATALOGUE, FieldSpec
from sessions_ui.domain.rules.outcomes import FieldResult, Outcome, Words
from sessions_ui.forms.session.row import spelled
from sessions_ui.services.edits.drafts import DraftContents
from sessions_ui.services.edits.form_state import FormState
from sessions_ui.services.edits.result import edit_result

from .messages import outcome_words


@dataclass(frozen=True)
class ShownEdit:
    """An edit's banner: its outcome and the words for it, per field what was sent, what PAVE holds
    and the result, and the fields that changed unasked."""

    entry_id: int
    outcome: Outcome
    rows: tuple[tuple[FieldSpec, str, str, FieldResult | None], ...]
    words: Words
    pave_message: str
    collateral: tuple[FieldSpec, ...]
    sent_at: object
    settle_at: object


def shown_edit(
    edit_id: str, form_state: FormState, draft: DraftContents | None
) -> ShownEdit | None:
    """The banner for ``?edit=``; None when there is no such edit of this session. It calls kept
    what stands in the reader's ``draft``."""
    found = edit_result(edit_id, form_state.session_key)
    if found is None:
        return None
    rows = tuple(
        (
            CATALOGUE[key],
            spelled(CATALOGUE[key], wanted),
            spelled(CATALOGUE[key], form_state.texts.get(key, "")) if form_state.snapshot else "",
            found.results.get(key),
        )
        for key, (_, wanted) in found.edit.changes.items()
    )
    return ShownEdit(
        found.edit.entry_id,
        found.outcome,
        rows,
        outcome_words(found, kept=bool(draft and draft.typed.keys() & found.edit.changes.keys())),
        found.told.get("pave_message", ""),
        tuple(CATALOGUE[key] for key in found.told.get("collateral", ()) if key in CATALOGUE),
        found.edit.sent_at,
        found.settle_at,
    )
