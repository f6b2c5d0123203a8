"""Evaluate PAVE's response to a PUT, or the fault in its place, and record the outcome."""

from django.utils import timezone

from sessions_ui.domain.actor import Actor
from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.rules.outcomes import FieldResult, Outcome, State, roll_up
from sessions_ui.domain.snapshot import Snapshot
from sessions_ui.domain.values.masking import personal_texts
from sessions_ui.models import Edit
from sessions_ui.pave.client import Answer
from sessions_ui.pave.errors import PaveError, PaveNotSent, PaveRefused
from sessions_ui.services.sessions.pave_reads import read_snapshot

from .settle import field_results
from .transitions import Results, move_to_outcome


def evaluate_response(
    actor: Actor, edit: Edit, base: Snapshot, response: Answer | PaveError
) -> None:
    """Move a sent edit to the outcome that PAVE's answer, or the fault in its place, gives.

    ``base`` is the snapshot that was read just before sending.
    """
    if isinstance(response, PaveError):
        _record_fault(actor, edit, base, response)
    else:
        _record_answer(actor, edit, base, response)


def _record_fault(actor: Actor, edit: Edit, base: Snapshot, fault: PaveError) -> None:
    # Whatever is not certain is unknown: a PUT that failed may still have been applied.
    outcome = Outcome.UNKNOWN
    if isinstance(fault, PaveNotSent):
        outcome = Outcome.NOT_SENT
    elif isinstance(fault, PaveRefused):
        outcome = Outcome.REFUSED
    move_to_outcome(
        edit,
        outcome,
        actor=actor,
        allowed={State.SENT},
        http_status=fault.http_status,
        error_code=fault.cause,
        duration_ms=fault.duration_ms,
        detail=fault_detail(fault),
        personal_texts=personal_texts({spec.key: base.value(spec.key) for spec in CATALOGUE}),
    )


def _record_answer(actor: Actor, edit: Edit, base: Snapshot, answer: Answer) -> None:
    after = Snapshot.parse(answer.document, edit.session_key, timezone.now())
    results = _with_read_back(edit, field_results(edit, after))
    move_to_outcome(
        edit,
        roll_up({key: result for key, (result, _) in results.items()}, answered=True),
        actor=actor,
        allowed={State.SENT},
        results=results,
        status=after.raw_status,
        http_status=answer.status,
        duration_ms=answer.duration_ms,
        new_version=after.updated_at,
        detail={
            "collateral": sorted(after.collateral(base, edit.changes)),
            "gap_ms": round((after.read_at - base.earliest).total_seconds() * 1000),
        },
    )


def _with_read_back(edit: Edit, results: Results) -> Results:
    """Complete the results by one more read, where the answer left a field out."""
    missing = [key for key, (result, _) in results.items() if result is FieldResult.NOT_SHOWN]
    if not missing:
        return results
    try:
        read_back = field_results(edit, read_snapshot(edit.session_key))
    except PaveError:
        return results
    return {**results, **{key: read_back[key] for key in missing}}


def fault_detail(fault: PaveError) -> dict[str, object]:
    """Return the entry's detail for a fault: PAVE's own message, and how long it asks to wait,
    seconds."""
    detail = {"pave_message": fault.pave_message, "retry_after": fault.retry_after}
    return {name: value for name, value in detail.items() if value}
