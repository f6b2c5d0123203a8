"""The command that settles open edits, once or in a loop."""

import pytest
from django.core.management import call_command
from django.db import InterfaceError, InternalError, OperationalError

from sessions_ui.management.commands import reconcile


@pytest.mark.django_db
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
