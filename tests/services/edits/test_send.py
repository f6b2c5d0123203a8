"""Send an edit over HTTP: one PUT of the changed keys, recorded before and after."""

import ast
import json
from datetime import timedelta

import pytest
from django.db import InterfaceError, InternalError, OperationalError
from django.utils import timezone

from paveadmin import ROOT
from sessions_ui.models import AuditEntry, Edit, Kind
from sessions_ui.services.edits import send
from sessions_ui.services.edits.settle import expire_leases
from sessions_ui.services.sessions.pave_reads import read_snapshot
from tests.edits import database_full, payloads, recorded
from tests.pages import Page

pytestmark = pytest.mark.django_db(transaction=True)


def test_only_the_changed_keys_are_sent_once_and_recorded(agent, sandbox):
    page = agent.edit(session_theme="LITE", vehicle_trim="Touring")
    assert page.outcome == "confirmed"
    assert payloads(sandbox) == [{"session": {"theme": "LITE"}, "vehicle": {"trim": "Touring"}}]
    assert recorded() == [(Kind.INTENT, ""), (Kind.SENT, ""), (Kind.OUTCOME, "confirmed")]
    assert Edit.objects.get().state == "confirmed"
    assert page.shown("session.theme") == "LITE"
    assert '"gap_ms":' in AuditEntry.objects.get(kind=Kind.OUTCOME).detail
    intent = AuditEntry.objects.get(kind=Kind.INTENT)
    assert (intent.actor_label, intent.reason_code, intent.ticket) == (
        "alice",
        "customer_request",
        "ZD-1",
    )


SAMPLES = [
    {
        "session": {
            "theme": "LITE",
            "redirect_url": "https://www.paveapi.com/thanks",
            "language": "FR",
            "client_id": "SOUTH234889",
        }
    },
    {
        "vehicle": {
            "vin": "1FTEW1EP3NFA73058",
            "year": "2011",
            "make": "FORD",
            "model": "E-350",
            "body_type": "Sedan",
            "trim": "XL Super Duty",
            "transmission": "Manual",
            "ext_col": "Silver",
            "int_col": "Grey",
            "odom_reading": 330477,
            "odom_unit": "MILES",
        }
    },
    {
        "sms": {
            "to": "647-455-0126",
            "to_name": "John Smith",
            "from": "647-455-0111",
            "by": "South Dealer",
        }
    },
    {"sms": {"to": "647-455-0199"}},
]


@pytest.mark.parametrize("sample", SAMPLES, ids=["session", "vehicle", "sms", "sms.to"])
def test_each_sample_of_the_manual_reaches_pave_unchanged(agent, sandbox, sample):
    typed = {
        f"{section}-{name}": str(value)
        for section, fields in sample.items()
        for name, value in fields.items()
    }
    review = Page(agent.post({**agent.open().inputs(), **typed}, "review"))
    assert json.loads(review.payload) == sample
    response = agent.send(review)
    assert Page(agent.client.get(response["Location"])).outcome == "confirmed"
    assert payloads(sandbox) == [sample]


def test_nothing_is_sent_once_another_process_moved_the_edit(agent, sandbox, idle, monkeypatch):
    review = agent.review(session_theme="LITE")

    def slow_read(session_key):
        Edit.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        expire_leases()
        return read_snapshot(session_key)

    monkeypatch.setattr("sessions_ui.services.edits.submit.read_snapshot", slow_read)
    page = Page(agent.client.get(agent.send(review)["Location"]))
    assert page.outcome == "not_sent"
    assert payloads(sandbox) == []
    assert recorded() == [(Kind.INTENT, ""), (Kind.OUTCOME, "not_sent")]


def test_an_edit_whose_outcome_cannot_be_recorded_is_settled_later(agent, sandbox, monkeypatch):
    review = agent.review(session_theme="LITE")
    monkeypatch.setattr("sessions_ui.services.edits.transitions.record_outcome", database_full)
    response = agent.send(review)
    assert response.status_code == 303
    page = Page(agent.client.get(response["Location"]))
    assert page.outcome == "pending"
    assert "not written down yet" in page.text
    monkeypatch.undo()
    Edit.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    page = Page(agent.client.get(response["Location"]))
    assert page.outcome == "in_effect"
    assert len(payloads(sandbox)) == 1


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError, InternalError])
def test_no_page_says_that_nothing_was_sent_after_a_put(agent, sandbox, monkeypatch, kind):
    review = agent.review(session_theme="LITE")

    def fail(*_):
        raise kind("gone")

    monkeypatch.setattr(send, "evaluate_response", fail)
    page = Page(agent.client.get(agent.send(review)["Location"]))
    assert len(payloads(sandbox)) == 1
    assert page.outcome == "pending"
    assert "none is sent" not in page.text


def test_only_send_edit_writes_to_pave():
    """No other module calls a function that could change something at PAVE, or submits an edit."""
    writing = {
        "session_update",
        "session_create",
        "session_delete",
        "session_resend",
        "submit_edit",
    }
    calls = set()
    for path in (ROOT / "sessions_ui").rglob("*.py"):
        inner = path.relative_to(ROOT / "sessions_ui")
        if inner.parts[0] == "pave":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in writing:
                    calls.add((str(inner), name, isinstance(node.func, ast.Attribute)))
    assert calls == {
        ("services/edits/send.py", "session_update", True),  # PAVE's client
        ("views/sessions/detail.py", "submit_edit", False),  # our service, after a review
    }
