"""Settling edits whose outcome is not known: by reading PAVE, never by sending again."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from sessions_ui.audit.entries.reverts import origin_of
from sessions_ui.domain.actor import SYSTEM
from sessions_ui.domain.rules.outcomes import OPEN, FieldResult, Outcome, State, roll_up
from sessions_ui.domain.snapshot import Snapshot, parse_time
from sessions_ui.models import AuditEntry, Edit

from .drafts import save_edit_draft
from .transitions import Results, move_to_outcome, move_to_resolution

STAMP_MARGIN = timedelta(seconds=2)
UNSENT = (Outcome.NOT_SENT, Outcome.REFUSED, Outcome.REFUSED_BY_POLICY, Outcome.WITHDRAWN)
"""The outcomes of edits that certainly changed nothing at PAVE."""


def find_open_edit(session_key: str) -> Edit | None:
    """The edit that holds the session's slot, after abandoned ones were let go."""
    expire_leases(session_key=session_key)
    return Edit.objects.filter(session_key=session_key, state__in=OPEN).first()


def wait_for_slot(session_key: str) -> datetime:
    """The time behind a transition that lets go of the slot at this moment, inside a transaction.

    PostgreSQL would let an intent wait for it only after the intent was dated, and on record two
    edits would seem to hold one slot. SQLite waited when the transaction began.
    """
    if connection.features.has_select_for_update:
        held = Edit.objects.filter(session_key=session_key, state__in=OPEN)
        held.select_for_update().values_list("pk", flat=True).first()
    return timezone.now()


def expire_leases(**of_session: str) -> None:
    """Let go of edits whose process is gone, judged by the lease alone.

    Not yet sent: nothing was written, so `not_sent`. Sent: `unknown`, to be read back.
    """
    gone = Edit.objects.filter(lease_until__lt=timezone.now(), **of_session)
    for edit in gone.filter(state=State.INTENT):
        with transaction.atomic():
            if _let_go(edit, Outcome.NOT_SENT, State.INTENT):
                keep_edit_as_draft(edit)
    for edit in gone.filter(state=State.SENT):
        _let_go(edit, Outcome.UNKNOWN, State.SENT)


def _let_go(edit: Edit, outcome: Outcome, before: State) -> bool:
    return move_to_outcome(edit, outcome, actor=SYSTEM, allowed={before}, error_code="abandoned")


def field_results(edit: Edit, snapshot: Snapshot) -> Results:
    """What became of each sent field, with the value that PAVE holds now."""
    return {
        key: (snapshot.result(key, was, wanted), snapshot.text(key))
        for key, (was, wanted) in edit.changes.items()
    }


def settle_edit(edit: Edit, snapshot: Snapshot) -> bool:
    """Settle an unknown edit from a snapshot, if it can be said yet.

    All values in effect may be said of what was asked for after the sending; anything else only of
    what was asked for when the settle time was over, since PAVE may still be applying it. What PAVE
    said before, and what waited on its way or for our own database, says nothing. True when the
    edit moved.
    """
    if edit.state != State.UNKNOWN or snapshot.earliest < edit.sent_at:
        return False
    results = field_results(edit, snapshot)
    outcome = roll_up({key: result for key, (result, _) in results.items()}, answered=False)
    settled = edit.sent_at + timedelta(seconds=settings.PAVE_SETTLE_SECONDS)
    if outcome is not Outcome.IN_EFFECT and snapshot.earliest < settled:
        return False
    proven = _is_proven(edit, snapshot, results)
    with transaction.atomic():
        moved = _resolve(edit, outcome, snapshot, results, State.UNKNOWN, proven=proven)
        if moved and outcome is Outcome.NOT_IN_EFFECT:
            keep_edit_as_draft(edit)
    return moved


def keep_edit_as_draft(edit: Edit) -> None:
    """Keep for its author what an edit carried that came to nothing."""
    save_edit_draft(edit, reverts=origin_of(AuditEntry.objects.get(id=edit.entry_id)))


def effect_results(results: Results) -> Results:
    """The results in words of effect, for what was only read back."""
    return {key: (result.by_reading, held) for key, (result, held) in results.items()}


def check_late_effects(snapshot: Snapshot) -> None:
    """Look again, from a snapshot that was read anyway, at edits called not in effect."""
    waiting = Edit.objects.filter(
        session_key=snapshot.session_key,
        state=Outcome.NOT_IN_EFFECT,
        next_look_at__isnull=False,
    )
    for edit in waiting:
        check_late_effect(edit, snapshot)


def check_late_effect(edit: Edit, snapshot: Snapshot) -> bool:
    """`late_applied` if PAVE holds all of the edit now and nobody of ours sent it again. What was
    asked for before the verdict says nothing against it."""
    if snapshot.earliest < edit.settled_at:
        return False
    results = field_results(edit, snapshot)
    if {result for result, _ in results.values()} != {FieldResult.APPLIED} or was_sent_again(edit):
        return False
    return _resolve(edit, Outcome.LATE_APPLIED, snapshot, results, Outcome.NOT_IN_EFFECT)


def _resolve(
    edit: Edit,
    outcome: Outcome,
    snapshot: Snapshot,
    results: Results,
    before: str,
    **detail: object,
) -> bool:
    """Record a verdict with when the reading that it rests on began and ended; False: overtaken."""
    return move_to_resolution(
        edit,
        outcome,
        actor=SYSTEM,
        allowed={before},
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
    """Whether a later edit of ours may have put one of these fields there."""
    later = Edit.objects.filter(session_key=edit.session_key, entry_id__gt=edit.entry_id)
    return any(set(one.changes) & set(edit.changes) for one in later.exclude(state__in=UNSENT))


def _is_proven(edit: Edit, snapshot: Snapshot, results: Results) -> bool:
    """Whether PAVE's stamp shows that nothing was applied at all, not only that nothing is left.

    The stamp has whole seconds: one as young as the sending could stand for two changes.
    """
    stamp = parse_time(edit.base_version)
    if stamp is None or stamp > edit.sent_at - STAMP_MARGIN:
        return False
    untouched = {result for result, _ in results.values()} == {FieldResult.IGNORED}
    return untouched and snapshot.updated_at == edit.base_version
