"""A wait for our own database is no part of an edit's lease, nor of PAVE's settle time."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from sessions_ui.models import Edit
from sessions_ui.services.edits.settle import wait_for_slot
from tests.pages import Agent

from .test_submit import HELD

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

        for module in ("submit", "transitions"):
            monkeypatch.setattr(f"sessions_ui.services.edits.{module}.transaction.atomic", slowly)
        sandbox.state.fault("reset_before", key=key)
        agent.send(review)
        edit = Edit.objects.get()
    assert edit.sent_at in entered
    assert edit.lease_until - edit.sent_at == timedelta(seconds=90)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_an_intent_is_dated_behind_the_edit_that_lets_go_of_the_slot(client, alice, sandbox):
    key = sandbox.state.create(status="IDLE", delivery="failed", **HELD)
    Agent(client, alice, key).edit(session_theme="LITE")
    Edit.objects.update(state="sent")

    def next_in_line():
        try:
            with transaction.atomic():
                return wait_for_slot(key)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            Edit.objects.update(state="confirmed")
            dated = other.submit(next_in_line)
            while not dated.done() and not somebody_waits():
                pass
            let_go = timezone.now()
        assert dated.result() >= let_go


def somebody_waits():
    """Whether a connection of this database waits for a lock of another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
        return cursor.fetchone()[0]
