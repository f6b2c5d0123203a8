"""Write audit entries as the services do, in few words."""

import threading
import uuid
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection, transaction

from sessions_ui.audit.entries.reverts import revert_detail
from sessions_ui.audit.log.canonical import COLUMNS, row_hash
from sessions_ui.audit.log.record import (
    ChangeRequest,
    EditEnd,
    record_intent,
    record_note,
    record_outcome,
    record_refusal,
    record_resolution,
    record_sent,
)
from sessions_ui.domain.actor import SYSTEM, Actor
from sessions_ui.domain.rules.edit_reasons import ReasonGiven
from sessions_ui.domain.rules.outcomes import Outcome

ALICE = Actor(id=1, label="Alice Moreau", role="Agent", remote_addr="203.0.113.24")
BOB = Actor(id=2, label="Bob Tran", role="Agent")
CAROL = Actor(id=3, label="Carol Weber", role="Manager")
KEY = "LKS-7Q2M9XK4RD"
THEME = {"session.theme": ("LITE", "PRO")}
PHONE = {"sms.to": ("647-555-0184", "647-555-0148")}


def intent(
    changes=None,
    *,
    actor=ALICE,
    key=KEY,
    code="wrong_number",
    note="",
    ticket="",
    personal_texts=(),
    status="",
    reverts=0,
):
    """Record an intent alone; gives its id."""
    request = ChangeRequest(
        actor=actor,
        session_key=key,
        changes=changes or THEME,
        status=status,
        reason=ReasonGiven(code, note, ticket),
        personal_texts=personal_texts,
    )
    with transaction.atomic():
        return record_intent(request, op_key=uuid.uuid4(), detail=revert_detail(reverts)).id


def sent(
    edit_id,
    changes=None,
    *,
    actor=ALICE,
    key=KEY,
    status="IDLE",
    sha256="9295571fb43a861b" * 4,
):
    """Record that the edit leaves; gives the entry's id."""
    request = ChangeRequest(
        actor=actor,
        session_key=key,
        changes=changes or THEME,
        status=status,
        base_version="2026-11-23T19:00:00.000000Z",
    )
    with transaction.atomic():
        return record_sent(
            request, edit_id=edit_id, payload_sha256=sha256, request_id=f"{edit_id}-1"
        ).id


def ended(edit_id, outcome="confirmed", results=None, *, actor=ALICE, key=KEY, **facts):
    """Record the edit's outcome; gives the entry's id."""
    end = _end_of(edit_id, outcome, results, actor, key, facts)
    with transaction.atomic():
        return record_outcome(end).id


def resolved(edit_id, outcome="in_effect", results=None, *, key=KEY, **facts):
    """Record what reading back showed; gives the entry's id."""
    end = _end_of(edit_id, outcome, results, SYSTEM, key, facts)
    with transaction.atomic():
        return record_resolution(end).id


def _end_of(edit_id, outcome, results, actor, key, facts):
    return EditEnd(
        edit_id=edit_id,
        actor=actor,
        session_key=key,
        outcome=Outcome(outcome),
        results=results or {},
        **facts,
    )


def edit(changes=None, outcome="confirmed", *, actor=ALICE, key=KEY, status="IDLE", **reason):
    """Record a whole edit: intent, sent, outcome; gives the edit's id."""
    edit_id = intent(changes, actor=actor, key=key, **reason)
    sent(edit_id, changes, actor=actor, key=key, status=status)
    results = {name: ("applied", now) for name, (_, now) in (changes or THEME).items()}
    ended(edit_id, outcome, results, actor=actor, key=key, http_status=200, duration_ms=412)
    return edit_id


def refusal(changes=None, *, actor=ALICE, key=KEY, reason=None, personal_texts=(), **detail):
    """Record a refusal without an edit; gives its id."""
    request = ChangeRequest(
        actor=actor,
        session_key=key,
        changes=changes if changes is not None else THEME,
        status="STARTED",
        reason=reason,
        personal_texts=personal_texts,
    )
    with transaction.atomic():
        return record_refusal(request, detail=detail, error_code="STARTED").id


def note(about=None, action="audit.commented", text="", *, actor=CAROL, key=KEY, **detail):
    """Record a note about an edit, or about none; gives its id."""
    with transaction.atomic():
        return record_note(
            actor=actor,
            action=action,
            about=about,
            session_key=key,
            detail={"note": text, **detail} if text else detail,
        ).id


def hash_of(entry):
    """The hash that an entry should have."""
    return row_hash(getattr(entry, name) for name in COLUMNS[entry.hv])


class Undone(Exception):
    """End an `undone` block."""


@contextmanager
def undone():
    """Roll back what happens inside."""
    try:
        with transaction.atomic():
            yield
            raise Undone
    except Undone:
        return


@contextmanager
def not_yet_committed(write):
    """Let another connection write, and commit only at the end of the block. Gives what ``write``
    returned, as a list of one."""
    drawn, go_on, written = threading.Event(), threading.Event(), []

    def work():
        try:
            with transaction.atomic():
                written.append(write())
                drawn.set()
                go_on.wait(20)
        finally:
            connection.close()

    writer = threading.Thread(target=work)
    writer.start()
    try:
        assert drawn.wait(20)
        yield written
    finally:
        go_on.set()
        writer.join(20)


def waits(function):
    """Assert that the function waits for a lock of PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
    with pytest.raises(OperationalError, match="lock timeout"):
        function()
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")
