"""What an edit came to, for the page that its agent lands on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from sessions_ui.domain.rules.outcomes import FieldResult, Outcome, State
from sessions_ui.domain.values.ids import parse_id
from sessions_ui.models import AuditEntry, Edit


@dataclass(frozen=True, slots=True)
class EditResult:
    """An edit with its latest outcome and what became of each field; ``told``: what the answer
    said besides (``pave_message``, ``retry_after`` in seconds, ``collateral``: keys that changed
    unasked); while it is unknown, from when a verdict may be given."""

    edit: Edit
    outcome: Outcome
    results: Mapping[str, FieldResult]
    http_status: int | None = None
    error_code: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)
    settle_at: datetime | None = None


def edit_result(entry_id: str, session_key: str) -> EditResult | None:
    """The result of the edit with this entry id; None when this session has no such edit."""
    edit_id = parse_id(entry_id)
    if edit_id is None:
        return None
    # What is told comes from this one entry, where there is one: the edit may be settled meanwhile.
    ended = AuditEntry.objects.latest_end(edit_id)
    edit = Edit.objects.filter(entry_id=edit_id, session_key=session_key).first()
    if edit is None:
        return None
    outcome = Outcome(ended.outcome) if ended else _outcome(edit)
    body = json.loads(ended.body) if ended else {}
    return EditResult(
        edit=edit,
        outcome=outcome,
        results={key: FieldResult(told[0]) for key, told in body.items()},
        http_status=ended.http_status if ended else None,
        error_code=ended.error_code if ended else "",
        told=json.loads(ended.detail) if ended else {},
        settle_at=_settle_at(edit) if outcome is Outcome.UNKNOWN else None,
    )


def _outcome(edit: Edit) -> Outcome:
    return Outcome.PENDING if edit.state in (State.INTENT, State.SENT) else Outcome(edit.state)


def _settle_at(edit: Edit) -> datetime:
    return edit.sent_at + timedelta(seconds=settings.PAVE_SETTLE_SECONDS)
