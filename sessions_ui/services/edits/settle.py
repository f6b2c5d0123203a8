"""Settle edits whose outcome is not known: by reading PAVE, never by sending again."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from sessions_ui.audit.entries.reverts import reverted_edit_id
from sessions_ui.domain.actor import SYSTEM
from sessions_ui.domain.rules.outcomes import OPEN, FieldResult, Outcome, State, roll_up
from sessions_ui.domain.snapshot import STAMP_MARGIN, Snapshot, parse_time
from sessions_ui.models import AuditEntry, Edit

from .drafts import save_edit_draft
from .transitions import Results, move_to_outcome, move_to_resolution, sent_at

UNSENT = (Outcome.NOT_SENT, Outcome.REFUSED, Outcome.REFUSED_BY_POLICY, Outcome.WITHDRAWN)
"""The outcomes of edits that certainly changed nothing at PAVE."""


def find_open_edit(session_key: str) -> Edit | None:
    """Return the edit that holds the session's slot, after expired leases were released."""
    expire_leases(session_key)
    return Edit.objects.filter(session_key=session_key, state__in=OPEN).first()


def settle_open_edit(session_key: str, snapshot: Snapshot | None) -> Edit | None:
    """Settle the session's open edit from a snapshot, where there is one; return the edit that is
    still open after that."""
    edit = find_open_edit(session_key)
    if edit and snapshot and settle_edit(edit, snapshot):
        return find_open_edit(session_key)
    return edit


def wait_for_slot(session_key: str) -> datetime:
    """Wait, inside a transaction, for a transition that is releasing the session's slot; return
    the time afterwards, to date an intent by.

    PostgreSQL would let the intent wait only after it was dated, and in the audit two edits would
    seem to hold one slot. SQLite waited when the transaction began.
    """
    if connection.features.has_select_for_update:
        holder = Edit.objects.filter(session_key=session_key, state__in=OPEN)
        holder.select_for_update().values_list("pk", flat=True).first()
    return timezone.now()


def expire_leases(session_key: str | None = None) -> None:
    """Move on the edits whose lease is over: their process is gone. None: of all sessions.

    An edit that was not yet sent becomes `not_sent`, since nothing was written to PAVE. One that
    was sent becomes `unknown`, to be settled by reading. Only the lease decides: a process that
    seems alive may still be past its deadline.
    """
    expired = Edit.objects.filter(lease_until__lt=timezone.now())
    if session_key is not None:
        expired = expired.filter(session_key=session_key)
    for edit in expired.filter(state=State.INTENT):
        with transaction.atomic():
            if _abandon(edit, Outcome.NOT_SENT, State.INTENT):
                keep_edit_as_draft(edit)
    for edit in expired.filter(state=State.SENT):
        _abandon(edit, Outcome.UNKNOWN, State.SENT)


def _abandon(edit: Edit, outcome: Outcome, state: State) -> bool:
    return move_to_outcome(edit, outcome, actor=SYSTEM, allowed={state}, error_code="abandoned")


def field_results(edit: Edit, snapshot: Snapshot) -> Results:
    """Return the result of each sent field, with the value that PAVE holds in this snapshot."""
    return {
        key: (snapshot.result(key, was, wanted), snapshot.text(key))
        for key, (was, wanted) in edit.changes.items()
    }


def settle_edit(edit: Edit, snapshot: Snapshot) -> bool:
    """Settle an unknown edit from a snapshot, if it allows a verdict yet. True when the edit moved.

    Only a read requested after the PUT was sent counts. If it shows every sent value, settle as
    `in_effect` at once; any other verdict needs a read requested after the settle period, because
    PAVE may still be applying the change.
    """
    if edit.state != State.UNKNOWN or snapshot.earliest < sent_at(edit):
        return False
    results = field_results(edit, snapshot)
    outcome = roll_up({key: result for key, (result, _) in results.items()}, answered=False)
    settled_from = sent_at(edit) + timedelta(seconds=settings.PAVE_SETTLE_SECONDS)
    if outcome is not Outcome.IN_EFFECT and snapshot.earliest < settled_from:
        return False
    proven = _is_proven(edit, snapshot, results)
    with transaction.atomic():
        moved = _record_verdict(edit, outcome, snapshot, results, State.UNKNOWN, proven=proven)
        if moved and outcome is Outcome.NOT_IN_EFFECT:
            keep_edit_as_draft(edit)
    return moved


def keep_edit_as_draft(edit: Edit) -> None:
    """Save the values of an edit that changed nothing as a draft of its author."""
    save_edit_draft(edit, reverts=reverted_edit_id(AuditEntry.objects.get(id=edit.entry_id)))


def effect_results(results: Results) -> Results:
    """Return the results in words of effect: a read shows what PAVE holds, not who wrote it."""
    return {key: (result.by_reading, held) for key, (result, held) in results.items()}


def check_late_effects(snapshot: Snapshot) -> None:
    """Check the session's edits called not in effect against a snapshot that was read anyway."""
    waiting = Edit.objects.filter(
        session_key=snapshot.session_key,
        state=Outcome.NOT_IN_EFFECT,
        next_look_at__isnull=False,
    )
    for edit in waiting:
        check_late_effect(edit, snapshot)


def check_late_effect(edit: Edit, snapshot: Snapshot) -> bool:
    """Move an edit called not in effect to `late_applied` if PAVE holds all of it now and no later
    edit of ours sent it again. True when the edit moved.

    A read requested before the verdict does not count: it cannot contradict it.
    """
    if edit.settled_at is None or snapshot.earliest < edit.settled_at:
        return False
    results = field_results(edit, snapshot)
    if {result for result, _ in results.values()} != {FieldResult.APPLIED} or was_sent_again(edit):
        return False
    return _record_verdict(edit, Outcome.LATE_APPLIED, snapshot, results, Outcome.NOT_IN_EFFECT)


def _record_verdict(
    edit: Edit,
    outcome: Outcome,
    snapshot: Snapshot,
    results: Results,
    state: str,
    **detail: object,
) -> bool:
    """Record a verdict with the time of the read that it rests on. False: another process moved
    the edit out of ``state`` first."""
    return move_to_resolution(
        edit,
        outcome,
        actor=SYSTEM,
        allowed={state},
        results=effect_results(results),
        status=snapshot.raw_status,
        new_version=snapshot.updated_at,
        detail={
            **detail,
            "asked_at": snapshot.earliest.isoformat(),
            "read_at": snapshot.read_at.isoformat(),
        },
    )


def was_sent_again(edit: Edit) -> bool:
    """Return whether a later edit of ours may have written one of the edit's fields."""
    later = Edit.objects.filter(session_key=edit.session_key, entry_id__gt=edit.entry_id)
    return any(set(other.changes) & set(edit.changes) for other in later.exclude(state__in=UNSENT))


def _is_proven(edit: Edit, snapshot: Snapshot, results: Results) -> bool:
    """Return whether PAVE's stamp proves that nothing was ever applied, not only that nothing of it
    is left."""
    stamp = parse_time(edit.base_version)
    # Within the margin, one stamp could stand for two changes.
    if stamp is None or stamp > sent_at(edit) - STAMP_MARGIN:
        return False
    untouched = {result for result, _ in results.values()} == {FieldResult.IGNORED}
    return untouched and snapshot.updated_at == edit.base_version
