"""Read from an audit entry how an edit ended, for the rules that raise review causes."""

import json
from typing import Any

from sessions_ui.audit.entries.rows import parse_detail
from sessions_ui.domain.rules.outcomes import CLOSED, FieldResult, Outcome
from sessions_ui.domain.rules.review_causes import Ending
from sessions_ui.models import END_KINDS, AuditEntry, Kind

ENDING_KINDS = (*END_KINDS, Kind.REFUSAL)
"""The kinds of entry that have an outcome: ends of edits, and refusals."""


def read_ending(entry: AuditEntry) -> Ending | None:
    """The ending in an entry of ENDING_KINDS.

    None for an entry that cannot be read: `audit_verify` reports it, and it must not stop a job.
    """
    try:
        return _parse_ending(entry)
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def _parse_ending(entry: AuditEntry) -> Ending:
    body: dict[str, Any] = {} if entry.kind == Kind.REFUSAL else json.loads(entry.body or "{}")
    return Ending(
        outcome=Outcome(entry.outcome),
        answered=entry.kind == Kind.OUTCOME and entry.http_status is not None,
        closed=entry.error_code == CLOSED,
        http_status=entry.http_status,
        status=entry.status,
        results={key: FieldResult(end[0]) for key, end in body.items()},
        collateral=parse_detail(entry).get("collateral") or (),
    )
