"""Build the sessions and edits that many tests begin with, and read what an edit left behind."""

import uuid
from dataclasses import replace
from datetime import timedelta

from django.db import OperationalError, transaction
from django.utils import timezone

from sessions_ui.audit.log.record import ChangeRequest, record_intent, record_sent
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.rules.edit_reasons import ReasonGiven
from sessions_ui.models import AuditEntry, Edit, Kind
from sessions_ui.services.jobs.reconcile import reconcile_edits

ALICE = Actor(id=7, label="alice", role="Agent")
LONG_AGO = timedelta(hours=1)

SESSION = {
    "session": {
        "theme": "PRO",
        "language": "EN",
        "redirect_url": "https://lakeshorehonda.ca/thanks",
        "client_id": "L-20871",
    },
    "vehicle": {
        "vin": "2HGFC2F7XMH018462",
        "year": "2021",
        "make": "Honda",
        "model": "Civic",
        "body_type": "Hatchback",
        "trim": "EX",
        "transmission": "CVT",
        "ext_col": "White",
        "int_col": "Black",
        "odom_reading": 84210,
        "odom_unit": "KILOMETRES",
    },
    "sms": {
        "to": "416-555-0184",
        "to_name": "Daniel Osie",
        "from": "416-555-0100",
        "by": "Lakeshore Honda",
    },
}
"""A value for every writable field, as the sandbox takes them."""


def new_session(sandbox, **values):
    """Make a session in which every field is open: not started, its text failed; give its key."""
    return sandbox.state.create(status="IDLE", delivery="failed", **{**SESSION, **values})


def payloads(sandbox):
    """Give the payloads of the PUTs that PAVE received, in order."""
    requests = [row for row in sandbox.state.journal() if row["kind"] == "request"]
    return [row["payload"] for row in requests if row["method"] == "PUT"]


def recorded():
    """Give the kind and outcome of each audit entry but accesses, oldest first."""
    entries = AuditEntry.objects.exclude(kind=Kind.ACCESS).order_by("id")
    return list(entries.values_list("kind", "outcome"))


def database_full(*_, **__):
    """Take the place of a function that writes, and fail as it does on a full disk."""
    raise OperationalError("database or disk is full")


def leave_edit(session_key, state, *, age=LONG_AGO, base_version="", **wanted):
    """Leave an edit in a state, as a process does that died ``age`` ago.

    ``wanted`` are the values sent, by field: ``session__theme="LITE"``.
    """
    before = {"session.theme": "PRO", "session.language": "EN", "sms.to": "1"}
    changes = {key.replace("__", "."): text for key, text in wanted.items()}
    pairs = {key: (before[key], text) for key, text in changes.items()}
    then = timezone.now() - age
    request = ChangeRequest(
        actor=ALICE,
        session_key=session_key,
        changes=pairs,
        status="IDLE",
        reason=ReasonGiven("customer_request"),
    )
    with transaction.atomic():
        intent = record_intent(request, op_key=uuid.uuid4())
        if state != "intent":
            record_sent(
                replace(request, base_version=base_version),
                edit_id=intent.id,
                payload_sha256="0" * 64,
                request_id="1-1",
            )
        return Edit.objects.create(
            entry_id=intent.id,
            session_key=session_key,
            actor_id=ALICE.id,
            actor_label=ALICE.label,
            nonce=uuid.uuid4().hex,
            values_digest="",
            state=state,
            changes={key: list(pair) for key, pair in pairs.items()},
            base_version=base_version,
            created_at=then,
            sent_at=None if state == "intent" else then,
            lease_until=then + timedelta(seconds=90),
        )


def ends(edit):
    """Give the kind and outcome of each entry of an edit after it was sent, oldest first."""
    entries = AuditEntry.objects.filter(op=edit.entry_id).order_by("id")
    return [(entry.kind, entry.outcome) for entry in entries if entry.kind != Kind.SENT]


def called_not_in_effect(session_key, **wanted):
    """Leave an edit that was settled as not in effect, with its first second look due now."""
    edit = leave_edit(session_key, "unknown", **wanted)
    reconcile_edits()
    edit.refresh_from_db()
    assert edit.state == "not_in_effect"
    assert edit.next_look_at - edit.settled_at == timedelta(seconds=300)
    return due(edit)


def due(edit):
    """Let the edit's next look be due now."""
    Edit.objects.filter(pk=edit.pk).update(next_look_at=timezone.now())
    edit.refresh_from_db()
    return edit
