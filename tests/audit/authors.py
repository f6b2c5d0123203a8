"""Writing entries as the services do, in few words."""

import threading
import uuid
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection, transaction

from sessions_ui.audit.entries.reverts import revert_detail
from sessions_ui.audit.log.record import (
    record_intent,
    record_note,
    record_outcome,
    record_refusal,
    record_resolution,
    record_sent,
)
from sessions_ui.domain.actor import SYSTEM, Actor
from sessions_ui.domain.rules.edit_reasons import ReasonGiven

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
    known=(),
    status="",
    reverts=0,
):
    """An intent alone; gives its id."""
    with transaction.atomic():
        return record_intent(
            actor=actor,
            session_key=key,
            session_label="",
            changes=changes or THEME,
            reason=ReasonGiven(code, note, ticket),
            status=status,
            base_version="",
            op_key=uuid.uuid4(),
            known=known,
            detail=revert_detail(reverts),
        ).id


def sent(
    intent_id,
    changes=None,
    *,
    actor=ALICE,
    key=KEY,
    status="IDLE",
    sha256="9295571fb43a861b" * 4,
):
    """The edit leaves."""
    with transaction.atomic():
        return record_sent(
            intent_id=intent_id,
            actor=actor,
            session_key=key,
            changes=changes or THEME,
            base_version="2026-11-23T19:00:00.000000Z",
            status=status,
            payload_sha256=sha256,
            request_id=f"{intent_id}-1",
        ).id


def ended(intent_id, outcome="confirmed", results=None, *, actor=ALICE, key=KEY, **facts):
    """The edit gets its outcome."""
    with transaction.atomic():
        return record_outcome(
            intent_id=intent_id,
            actor=actor,
            session_key=key,
            outcome=outcome,
            results=results or {},
            **facts,
        ).id


def resolved(intent_id, outcome="in_effect", results=None, *, key=KEY, **facts):
    """The edit is settled by reading back."""
    with transaction.atomic():
        return record_resolution(
            intent_id=intent_id,
            actor=SYSTEM,
            session_key=key,
            outcome=outcome,
            results=results or {},
            **facts,
        ).id


def edit(changes=None, outcome="confirmed", *, actor=ALICE, key=KEY, status="IDLE", **reason):
    """A whole edit: intent, sent, outcome. Gives the edit's id."""
    intent_id = intent(changes, actor=actor, key=key, **reason)
    sent(intent_id, changes, actor=actor, key=key, status=status)
    results = {name: ("applied", now) for name, (_, now) in (changes or THEME).items()}
    ended(intent_id, outcome, results, actor=actor, key=key, http_status=200, duration_ms=412)
    return intent_id


def refusal(changes=None, *, actor=ALICE, key=KEY, reason=None, known=(), **detail):
    """A refusal without an edit; gives its id."""
    with transaction.atomic():
        return record_refusal(
            actor=actor,
            session_key=key,
            session_label="",
            changes=changes if changes is not None else THEME,
            status="STARTED",
            detail=detail,
            error_code="STARTED",
            reason=reason,
            known=known,
        ).id


def note(about=None, action="audit.commented", said="", *, actor=CAROL, key=KEY, **detail):
    """Something said about an edit, or by itself; gives its id."""
    with transaction.atomic():
        return record_note(
            actor=actor,
            action=action,
            about=about,
            session_key=key,
            detail={"note": said, **detail} if said else detail,
        ).id


class Undone(Exception):
    """Ends an `undone` block."""


@contextmanager
def undone():
    """What happens inside is rolled back."""
    try:
        with transaction.atomic():
            yield
            raise Undone
    except Undone:
        return


@contextmanager
def not_yet_committed(write):
    """Somebody else has written and not committed; they do so at the end. Gives what they wrote, a
    list of one."""
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
    """Hold that the function waits for a lock of PostgreSQL's."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
    with pytest.raises(OperationalError, match="lock timeout"):
        function()
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")
