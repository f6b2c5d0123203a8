"""How an edit ended, read from one entry of the record, for the table of causes to look at it."""

import json
from typing import Any

from sessions_ui.audit.entries.rows import parse_detail
from sessions_ui.domain.rules.outcomes import CLOSED, FieldResult, Outcome
from sessions_ui.domain.rules.review_causes import Ending
from sessions_ui.models import END_KINDS, AuditEntry, Kind

ENDING_KINDS = (*END_KINDS, Kind.REFUSAL)
"""The kinds of entry that have an outcome: ends of edits, and refusals."""


def ending_of(entry: AuditEntry) -> Ending | None:
    """The facts of an entry of ENDING_KINDS, as the table of causes asks for them. None for one
    that cannot be read: `audit_verify` names it, and no job must stop at it."""
    try:
        return _read(entry)
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def _read(entry: AuditEntry) -> Ending:
    body: dict[str, Any] = {} if entry.kind == Kind.REFUSAL else json.loads(entry.body or "{}")
    return Ending(
        outcome=Outcome(entry.outcome),
        answered=entry.kind == Kind.OUTCOME and entry.http_status is not None,
        closed=entry.error_code == CLOSED,
        http_status=entry.http_status,
        status=entry.status,
        results={key: FieldResult(told[0]) for key, told in body.items()},
        collateral=parse_detail(entry).get("collateral") or (),
    )
