"""A wait for our own database is no part of an edit's lease, nor of PAVE's settle time."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from sessions_ui.models import Edit

from .pages import Agent
from .test_edit_flow import HELD

pytestmark = pytest.mark.django_db(transaction=True)
WAIT = timedelta(seconds=10)


def test_lease_and_settle_time_begin_behind_the_wait(client, alice, sandbox, monkeypatch):
    key = sandbox.state.create(status="IDLE", delivery="failed", **HELD)
    agent = Agent(client, alice, key)
    review, entered, held = agent.review(session_theme="LITE"), [], transaction.atomic

    with time_machine.travel(timezone.now(), tick=False) as clock:

        @contextmanager
        def slowly(*args, **options):
            clock.shift(WAIT)
            with held(*args, **options):
                entered.append(timezone.now())
                yield
            clock.shift(1)  # so that no moment after one wait is the moment before the next

        for module in ("edits", "transitions"):
            monkeypatch.setattr(f"sessions_ui.services.{module}.transaction.atomic", slowly)
        sandbox.state.fault("reset_before", key=key)
        agent.send(review)
        edit = Edit.objects.get()
    assert edit.sent_at in entered
    assert edit.lease_until - edit.sent_at == timedelta(seconds=90)
