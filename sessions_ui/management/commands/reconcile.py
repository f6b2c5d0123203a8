"""Settle edits whose outcome is not known, once or for as long as the dashboard runs."""

import signal
import threading

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, InternalError, OperationalError, connection

from sessions_ui.audit.integrity.errors import IntegrityFailure
from sessions_ui.audit.integrity.sealing import SealError
from sessions_ui.services.integrity.schedule import SEAL_AT_ONCE, SEAL_INTERVAL
from sessions_ui.services.integrity.seal_and_verify import (
    count_unsealed,
    seal_audit,
    verify_new_entries,
)
from sessions_ui.services.jobs.reconcile import reconcile_edits

EVERY = 15.0
WAIT = 30.0


class Command(BaseCommand):
    """Run one pass, or with ``--loop`` a pass every EVERY seconds until SIGTERM.

    The loop also seals and verifies the audit, at the intervals of `services.integrity.schedule`.
    """

    help = "Settle edits whose outcome is not known, by reading PAVE. Never sends anything."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take ``--loop``: run until stopped, and seal and verify the audit, too."""
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
                if settings.AUDIT_SEAL_KEY and (
                    until_seal <= 0 or count_unsealed() >= SEAL_AT_ONCE
                ):
                    self._seal()
                    self._verify()
                    until_seal = SEAL_INTERVAL.total_seconds()
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
        """Seal the audit. A failure must not end the loop; the next interval tries again."""
        try:
            seal_audit()
        except (SealError, OSError, ValueError) as error:
            self.stderr.write(f"Not sealed: {error}")

    def _verify(self) -> None:
        """Verify new entries. The integrity page shows a failure, which must not end the loop."""
        try:
            verify_new_entries()
        except IntegrityFailure as failure:
            self.stderr.write(f"The audit is in doubt: {failure}")
