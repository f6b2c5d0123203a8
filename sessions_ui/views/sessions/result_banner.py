"""Build the banner that shows, after a send, the result of an edit."""

from dataclasses import dataclass
from datetime import datetime

from sessions_ui.domain.catalogue import CATALOGUE, FieldSpec
from sessions_ui.domain.rules.outcomes import FieldResult, Outcome, Words
from sessions_ui.forms.session.row import display_text
from sessions_ui.services.edits.drafts import DraftContents
from sessions_ui.services.edits.form_state import FormState
from sessions_ui.services.edits.result import EditResult, load_edit_result

from .messages import outcome_words

Row = tuple[FieldSpec, str, str, FieldResult | None]
"""A field, what was sent, what PAVE holds now, and the result."""


@dataclass(frozen=True, slots=True)
class ShownEdit:
    """Hold an edit's banner: its outcome in words, a row per field, and the fields that changed
    unasked."""

    entry_id: int
    outcome: Outcome
    rows: tuple[Row, ...]
    words: Words
    pave_message: str
    collateral: tuple[FieldSpec, ...]
    sent_at: datetime | None
    settle_at: datetime | None


def shown_edit(
    edit_id: str, form_state: FormState, draft: DraftContents | None
) -> ShownEdit | None:
    """Return the banner for ``?edit=``; None when this session has no such edit.

    It says that what was typed is kept only if the reader's ``draft`` has a field of the edit.
    """
    result = load_edit_result(edit_id, form_state.session_key)
    if result is None:
        return None
    changes = result.edit.changes
    return ShownEdit(
        entry_id=result.edit.entry_id,
        outcome=result.outcome,
        rows=tuple(_row(key, wanted, result, form_state) for key, (_, wanted) in changes.items()),
        words=outcome_words(result, kept=bool(draft and draft.typed.keys() & changes.keys())),
        pave_message=result.detail.get("pave_message", ""),
        collateral=tuple(
            CATALOGUE[key] for key in result.detail.get("collateral", ()) if key in CATALOGUE
        ),
        sent_at=result.edit.sent_at,
        settle_at=result.settle_at,
    )


def _row(key: str, wanted: str, result: EditResult, form_state: FormState) -> Row:
    spec = CATALOGUE[key]
    held = display_text(spec, form_state.texts.get(key, "")) if form_state.snapshot else ""
    return spec, display_text(spec, wanted), held, result.results.get(key)
