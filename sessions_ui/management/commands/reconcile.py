"""Settle edits whose outcome is not known, once or for as long as the dashboard runs."""

import signal
import threading

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, InternalError, OperationalError, connection

from sessions_ui.audit.integrity.errors import IntegrityFailure
from sessions_ui.audit.integrity.sealing import SealError
from sessions_ui.services.integrity.seal_and_verify import (
    SEAL_AT,
    seal_audit,
    verify_new_entries,
    count_unsealed,
)
from sessions_ui.services.jobs.reconcile import reconcile_edits

EVERY = 15.0
WAIT = 30.0
SEAL_EVERY = 60.0


class Command(BaseCommand):
    """``manage.py reconcile``: once. ``--loop``: every 15 s until SIGTERM, and seals the audit
    each minute or 1,000 entries, and proves once an hour what is new."""

    help = "Settle edits whose outcome is not known, by reading PAVE. Never sends anything."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--loop``: keep on, and seal the audit each minute."""
        parser.add_argument("--loop", action="store_true", help="keep on until stopped")

    def handle(self, *, loop: bool, **_: object) -> None:
        """Run one pass, or passes until a signal says stop."""
        if not loop:
            if self._pass(wait=WAIT) is None:
                raise CommandError("Another reconcile is at work. Nothing was done here.")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        until_seal = 0.0
        while not stop.is_set():
            until_seal -= EVERY
            try:
                self._pass()
                if settings.AUDIT_SEAL_KEY and (until_seal <= 0 or count_unsealed() >= SEAL_AT):
                    self._seal()
                    self._prove()
                    until_seal = SEAL_EVERY
            except (OperationalError, InterfaceError, InternalError) as error:
                # It comes back, or takes writes again; until then nothing is lost.
                self.stderr.write(f"The database does not answer: {type(error).__name__}.")
            connection.close()
            stop.wait(EVERY)

    def _pass(self, *, wait: float = 0) -> int | None:
        settled = reconcile_edits(wait=wait)
        if settled:
            self.stdout.write(f"{settled} edit{'' if settled == 1 else 's'} settled.")
        return settled

    def _seal(self) -> None:
        """A seal that fails must not end the settling; the next minute tries again."""
        try:
            seal_audit()
        except (SealError, OSError, ValueError) as error:
            self.stderr.write(f"Not sealed: {error}")

    def _prove(self) -> None:
        """A doubt stands on the page of evidence; it must not end the settling either."""
        try:
            verify_new_entries()
        except IntegrityFailure as doubt:
            self.stderr.write(f"The audit is in doubt: {doubt}")
