"""Read the result of an edit, for the page that its agent is sent to."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from sessions_ui.domain.rules.outcomes import FieldResult, Outcome, State
from sessions_ui.domain.values.ids import parse_id
from sessions_ui.models import AuditEntry, Edit

from .transitions import sent_at


@dataclass(frozen=True, slots=True)
class EditResult:
    """Hold an edit, its latest outcome, and the result of each field.

    ``detail`` is what else PAVE's answer gave: ``pave_message``, ``retry_after`` (seconds) and
    ``collateral`` (keys of fields that changed unasked). ``settle_at`` is from when an unknown
    edit may be given a verdict other than `in_effect`.
    """

    edit: Edit
    outcome: Outcome
    results: Mapping[str, FieldResult]
    http_status: int | None = None
    error_code: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    settle_at: datetime | None = None


def load_edit_result(entry_id: str, session_key: str) -> EditResult | None:
    """Return the result of the edit with this entry id; None when this session has no such edit.

    ``entry_id`` may be any text, because it comes from the address.
    """
    edit_id = parse_id(entry_id)
    if edit_id is None:
        return None
    # Where there is one, all of the result comes from this entry: another process may settle the
    # edit between the two queries, and its state would then contradict the entry.
    end = AuditEntry.objects.latest_end(edit_id)
    edit = Edit.objects.filter(entry_id=edit_id, session_key=session_key).first()
    if edit is None:
        return None
    outcome = Outcome(end.outcome) if end else _outcome_of_state(edit)
    body = json.loads(end.body) if end else {}
    return EditResult(
        edit=edit,
        outcome=outcome,
        results={key: FieldResult(result) for key, (result, _held) in body.items()},
        http_status=end.http_status if end else None,
        error_code=end.error_code if end else "",
        detail=json.loads(end.detail) if end else {},
        settle_at=_settle_at(edit) if outcome is Outcome.UNKNOWN else None,
    )


def _outcome_of_state(edit: Edit) -> Outcome:
    return Outcome.PENDING if edit.state in (State.INTENT, State.SENT) else Outcome(edit.state)


def _settle_at(edit: Edit) -> datetime:
    return sent_at(edit) + timedelta(seconds=settings.PAVE_SETTLE_SECONDS)
