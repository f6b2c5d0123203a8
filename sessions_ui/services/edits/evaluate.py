"""Judging a sent edit by PAVE's own answer, or by the fault that came instead."""

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


def evaluate_response(actor: Actor, edit: Edit, base: Snapshot, answer: Answer | PaveError) -> None:
    """Record what became of a sent edit: by PAVE's answer, or by the fault in its place."""
    if isinstance(answer, PaveError):
        _judge_fault(actor, edit, base, answer)
    else:
        _judge_answer(actor, edit, base, answer)


def _judge_fault(actor: Actor, edit: Edit, base: Snapshot, fault: PaveError) -> None:
    """Definite words are taken as such; whatever is not on a definite list is unknown."""
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
        known=personal_texts({spec.key: base.value(spec.key) for spec in CATALOGUE}),
    )


def _judge_answer(actor: Actor, edit: Edit, base: Snapshot, answer: Answer) -> None:
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
    """One more read where the answer left a field out; a fault there leaves it not shown."""
    missing = [key for key, (result, _) in results.items() if result is FieldResult.NOT_SHOWN]
    if not missing:
        return results
    try:
        again = field_results(edit, read_snapshot(edit.session_key))
    except PaveError:
        return results
    return {**results, **{key: again[key] for key in missing}}


def fault_detail(fault: PaveError) -> dict[str, object]:
    """What the record keeps of a fault: PAVE's own words, and how long it asks to wait."""
    facts = {"pave_message": fault.pave_message, "retry_after": fault.retry_after}
    return {name: value for name, value in facts.items() if value}
