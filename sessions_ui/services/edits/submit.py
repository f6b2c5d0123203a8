"""One edit: reviewed against a fresh read, recorded, sent once, and judged by PAVE's own answer.

The order is the promise: reserve (intent) → read → compare and policy → sent (durable) → PUT →
outcome. No database transaction is ever open during a call to PAVE.
"""

import hashlib
import logging
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, IntegrityError, InterfaceError, transaction
from django.utils import timezone

from sessions_ui.audit.entries.reverts import revert_detail, reverts_still
from sessions_ui.audit.log.record import record_intent
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.rules.edit_reasons import ReasonGiven
from sessions_ui.domain.rules.outcomes import Outcome, State
from sessions_ui.domain.snapshot import payload
from sessions_ui.domain.values.masking import personal_texts
from sessions_ui.models import Edit
from sessions_ui.pave.client import body_bytes
from sessions_ui.pave.errors import PaveError, PaveNotFound
from sessions_ui.services.sessions.pave_reads import pave_client, read_snapshot

from .drafts import draft_sent, form_state_keep
from .evaluate import evaluate_response, told
from .form_data import FormData, as_sent
from .form_state import Decision, FormState, form_state_of
from .form_token import FormToken, digest_of
from .prepare import session_review
from .settle import edit_settle, open_edit, slot_awaited
from .transitions import lease, move_to_outcome, move_to_sent, request_id

logger = logging.getLogger(__name__)

PAGE_BUDGET = timedelta(seconds=25)
"""How long a page may take: longer than a PUT's deadline, shorter than the server waits."""

_STOPS = {
    Decision.UNREADABLE: (Outcome.WITHDRAWN, "unreadable"),
    Decision.CONFLICT: (Outcome.WITHDRAWN, "conflict"),
    Decision.NOTHING: (Outcome.WITHDRAWN, "nothing_to_change"),
    Decision.LOCKED: (Outcome.REFUSED_BY_POLICY, "locked"),
}


@dataclass(frozen=True, slots=True)
class Submitted:
    """What a send came to: the edit whose page to show, or a sheet to draw again and why."""

    edit: Edit | None = None
    form_state: FormState | None = None
    code: str = ""


def session_update(
    *, actor: Actor, session_key: str, seen: FormToken, posted: FormData, reason: ReasonGiven
) -> Submitted:
    """Send one reviewed edit to PAVE, at most once per nonce.

    ``seen`` is a review's copy that binds ``posted``. Gives the edit once PAVE was called (or was
    called for this nonce before), else the sheet to draw again. Raises PaveKeyError.
    """
    open_edit(session_key)
    edit = _reserve(actor, session_key, seen, posted, reason)
    if edit is None:
        first = edit_of_nonce(seen.nonce)
        return _again(first, posted) if first else _busy(actor, session_key, seen, posted)
    try:
        snapshot = read_snapshot(session_key)
    except PaveError as fault:
        return _unreadable(actor, edit, seen, posted, fault)
    form_state = form_state_of(
        session_key=session_key,
        snapshot=snapshot,
        may_edit=True,
        seen=seen.texts,
        typed=posted.typed,
        reverts=posted.reverts,
    )
    if form_state.refused or form_state.decision is not Decision.CHANGES:
        decision = Decision.LOCKED if form_state.refused else form_state.decision
        return _stop(actor, edit, form_state, posted, decision)
    return _send(actor, edit, form_state, posted)


def edit_of_nonce(nonce: str) -> Edit | None:
    """The edit that used this form's nonce."""
    return Edit.objects.filter(nonce=nonce).first()


def _reserve(
    actor: Actor, session_key: str, seen: FormToken, posted: FormData, reason: ReasonGiven
) -> Edit | None:
    """Intent and slot in one commit, before anything is read. None: nonce used, or slot taken."""
    changes = {
        key: (seen.texts.get(key, ""), as_sent(key, text)) for key, text in posted.typed.items()
    }
    try:
        with transaction.atomic():
            now = slot_awaited(session_key)  # behind every wait: none is part of the lease
            entry = record_intent(
                actor=actor,
                session_key=session_key,
                session_label="",
                changes=changes,
                reason=reason,
                status="",
                base_version="",
                op_key=uuid.uuid4(),
                known=personal_texts(seen.texts),
                detail=revert_detail(reverts_still(posted.reverts, posted.typed)),
            )
            return Edit.objects.create(
                entry_id=entry.id,
                session_key=session_key,
                actor_id=actor.id,
                actor_label=actor.label,
                nonce=seen.nonce,
                values_digest=digest_of(posted.inputs),
                state=State.INTENT,
                changes={key: list(pair) for key, pair in changes.items()},
                created_at=now,
                lease_until=now + lease(),
            )
    except IntegrityError:
        return None


def _again(first: Edit, posted: FormData) -> Submitted:
    same = first.values_digest == digest_of(posted.inputs)
    return Submitted(edit=first) if same else Submitted(code="nonce_used")


def _busy(actor: Actor, session_key: str, seen: FormToken, posted: FormData) -> Submitted:
    """Another edit held the slot; by now it may be settled, and the page says which. Or this very
    form has it: the other press of a double click came through while PAVE was read. It still may
    behind this look, so the page speaks of its own press alone."""
    form_state = session_review(actor=actor, session_key=session_key, seen=seen, posted=posted)
    if first := edit_of_nonce(seen.nonce):
        return _again(first, posted)
    form_state_keep(actor, form_state, posted, nonce=seen.nonce)
    return Submitted(form_state=form_state, code="busy" if form_state.pending else "came_second")


def _unreadable(
    actor: Actor, edit: Edit, seen: FormToken, posted: FormData, fault: PaveError
) -> Submitted:
    code = "not_found" if isinstance(fault, PaveNotFound) else "unreadable"
    known = personal_texts(seen.texts)
    _withdraw(actor, edit, Outcome.WITHDRAWN, code, detail=told(fault), known=known)
    form_state = form_state_of(
        session_key=edit.session_key,
        snapshot=None,
        may_edit=True,
        seen=seen.texts,
        typed=posted.typed,
        fault=fault,
        reverts=posted.reverts,
    )
    form_state_keep(actor, form_state, posted, nonce=edit.nonce)
    return Submitted(form_state=form_state, code=code)


def _stop(
    actor: Actor, edit: Edit, form_state: FormState, posted: FormData, decision: Decision
) -> Submitted:
    outcome, code = _STOPS[decision]
    locks = {key: str(form_state.verdicts[key].reason) for key in form_state.refused}
    _withdraw(
        actor, edit, outcome, code, status=form_state.snapshot.raw_status, detail={"locks": locks}
    )
    form_state_keep(actor, form_state, posted, nonce=edit.nonce)
    return Submitted(form_state=form_state, code=code)


def _withdraw(actor: Actor, edit: Edit, outcome: Outcome, code: str, **facts: object) -> None:
    move_to_outcome(edit, outcome, actor=actor, allowed={State.INTENT}, error_code=code, **facts)


def _send(actor: Actor, edit: Edit, form_state: FormState, posted: FormData) -> Submitted:
    changes = {key: (one.now, as_sent(key, one.mine)) for key, one in form_state.changes.items()}
    body = payload({key: wanted for key, (_, wanted) in changes.items()})
    sha256 = hashlib.sha256(body_bytes(body)).hexdigest()
    if not move_to_sent(
        edit, actor=actor, base=form_state.snapshot, changes=changes, sha256=sha256
    ):
        return Submitted(edit=edit_of_nonce(edit.nonce))
    try:
        answer = pave_client().session_update(edit.session_key, body, request_id=request_id(edit))
    except PaveError as fault:
        answer = fault
    try:
        evaluate_response(actor, edit, form_state.snapshot, answer)
        _look_back(edit)
        _tidy(actor, edit, form_state, posted)
    except (DatabaseError, InterfaceError):
        # It stays `sent`: when its lease is over it is read back like any edit without an answer.
        logger.error("outcome not recorded", extra={"edit_id": edit.entry_id}, exc_info=True)
    return Submitted(edit=edit)


def _look_back(edit: Edit) -> None:
    """An unknown edit is read back at once: an answer that got lost needs no more than that."""
    with suppress(PaveError):  # then the page, or `reconcile`, looks again
        if edit.state == State.UNKNOWN and _has_time(edit):
            edit_settle(edit, read_snapshot(edit.session_key))


def _has_time(edit: Edit) -> bool:
    """Whether one more read, however slow, still fits into what a page may take."""
    ended = timezone.now() + timedelta(seconds=settings.PAVE.get_deadline)
    return ended <= edit.created_at + PAGE_BUDGET


def _tidy(actor: Actor, edit: Edit, form_state: FormState, posted: FormData) -> None:
    """What is not in effect is kept for its author; what is, or may be, needs no draft."""
    if edit.state in (Outcome.NOT_SENT, Outcome.REFUSED, Outcome.NOT_IN_EFFECT):
        form_state_keep(actor, form_state, posted, nonce=edit.nonce)
    else:
        draft_sent(
            actor_id=actor.id, session_key=edit.session_key, nonce=edit.nonce, keys=edit.changes
        )
