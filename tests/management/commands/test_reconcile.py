"""Test the command that settles edits, once or in a loop that also seals and verifies the audit."""

from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import InterfaceError, InternalError, OperationalError

from sessions_ui.management.commands import reconcile
from sessions_ui.models import AuditCheckpoint, AuditEntry, Proof
from sessions_ui.services.integrity.seal_and_verify import open_failure, seal_audit
from sessions_ui.services.jobs.lock import JobLease
from tests.audit.authors import edit
from tests.edits import leave_edit

pytestmark = pytest.mark.django_db


def test_one_pass_says_that_another_reconcile_is_at_work(sandbox, monkeypatch):
    monkeypatch.setattr(reconcile, "WAIT", 0)
    assert JobLease("reconcile", 60).take()
    with pytest.raises(CommandError, match="Another reconcile is at work"):
        call_command("reconcile")


def test_one_pass_says_how_many_edits_it_settled(sandbox, idle, capsys):
    leave_edit(idle, "unknown", session__theme="LITE")
    call_command("reconcile")
    assert "1 edit settled" in capsys.readouterr().out


@pytest.fixture
def loop(monkeypatch, sealing):
    """Give a function that runs the loop for so many passes, without waiting."""

    def run(passes):
        left = iter(range(passes))

        class Stop:
            def is_set(self):
                return next(left, None) is None

            def set(self):
                """Needed by the signal handler, which is never called here."""

            def wait(self, _):
                edit()

        monkeypatch.setattr(reconcile.threading, "Event", Stop)
        monkeypatch.setattr(reconcile.signal, "signal", lambda *_: None)
        monkeypatch.setattr(reconcile, "connection", SimpleNamespace(close=lambda: None))
        monkeypatch.setattr(reconcile, "reconcile_edits", lambda **_: 0)
        call_command("reconcile", "--loop")

    return run


def test_the_loop_seals_each_minute(loop):
    loop(4)
    assert AuditCheckpoint.objects.count() == 1
    loop(5)
    assert AuditCheckpoint.objects.count() == 3


def test_the_loop_seals_at_once_when_many_entries_wait(loop, monkeypatch):
    monkeypatch.setattr(reconcile, "SEAL_AT_ONCE", 3)
    loop(4)
    assert list(AuditCheckpoint.objects.order_by("n").values_list("count", flat=True)) == [
        0,
        3,
        3,
        3,
    ]


def test_the_loop_continues_after_a_failed_verification(loop, capsys):
    victim = edit()
    seal_audit()
    AuditEntry.objects.filter(id=victim).update(ticket="x")
    loop(2)
    assert open_failure().doubt_id == victim
    assert "The audit is in doubt" in capsys.readouterr().err


def test_the_loop_neither_seals_nor_verifies_without_a_key(loop, settings):
    settings.AUDIT_SEAL_KEY = ""
    loop(2)
    assert not AuditCheckpoint.objects.exists()
    assert not Proof.objects.exists()


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError, InternalError])
def test_the_loop_survives_a_database_that_goes_away(monkeypatch, capsys, kind):
    passes = []

    def away():
        passes.append(1)
        raise kind("the server closed the connection")

    class Once:
        """An event that is set after the second wait."""

        def is_set(self):
            return len(passes) == 2

        set = wait = lambda self, *_: None

    monkeypatch.setattr(reconcile, "reconcile_edits", lambda **_: away())
    monkeypatch.setattr(reconcile.threading, "Event", Once)
    monkeypatch.setattr(reconcile.signal, "signal", lambda *_: None)
    monkeypatch.setattr(reconcile.connection, "close", lambda: None)
    call_command("reconcile", loop=True)
    assert capsys.readouterr().err.count("The database does not answer") == 2
