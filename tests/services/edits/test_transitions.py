"""Move an edit from state to state, with its times and guards."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from sessions_ui.models import Edit
from tests.edits import leave_edit

pytestmark = pytest.mark.django_db(transaction=True)

WAIT = timedelta(seconds=10)


def test_lease_and_settle_time_begin_after_the_wait_for_the_database(
    agent, idle, sandbox, monkeypatch
):
    review, entered, atomic = agent.review(session_theme="LITE"), [], transaction.atomic

    with time_machine.travel(timezone.now(), tick=False) as clock:

        @contextmanager
        def slow_atomic(*args, **options):
            clock.shift(WAIT)
            with atomic(*args, **options):
                entered.append(timezone.now())
                yield
            clock.shift(1)  # so that no moment after one wait is the moment before the next

        for module in ("submit", "transitions"):
            monkeypatch.setattr(
                f"sessions_ui.services.edits.{module}.transaction.atomic", slow_atomic
            )
        sandbox.state.fault("reset_before", key=idle)
        agent.send(review)
        edit = Edit.objects.get()
    assert edit.sent_at in entered
    assert edit.lease_until - edit.sent_at == timedelta(seconds=90)


def test_a_session_has_one_open_edit(sandbox, idle):
    leave_edit(idle, "unknown", session__theme="LITE")
    with pytest.raises(IntegrityError), transaction.atomic():
        leave_edit(idle, "intent", session__theme="CAPT")
