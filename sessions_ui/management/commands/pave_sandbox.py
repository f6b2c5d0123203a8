"""Run a pretend PAVE on this machine until Ctrl-C: `manage.py pave_sandbox`."""

import signal
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions_ui.pave.sandbox import StateFileError, start_sandbox


class Command(BaseCommand):
    """Run the sandbox until SIGINT or SIGTERM, with its state in a file."""

    help = "Run a pretend PAVE with sample sessions and a page on which to play the customer."
    requires_system_checks: list[str] = []  # it does not use our database

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8900)
        parser.add_argument("--state", type=Path, default=settings.LOCAL / "sandbox.json")
        parser.add_argument("--mode", choices=("strict", "ignore"), help="for refused fields")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until a signal. Raises CommandError for a port in use or an unreadable state file."""
        stop_requested = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop_requested.set())
        port, state, mode = options["port"], options["state"], options["mode"]
        try:
            sandbox = start_sandbox(port, state, host=options["host"], mode=mode)
        except StateFileError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"Port {port} cannot be used: {error.strerror}.") from error
        with sandbox:
            self.stdout.write(f"Pretend PAVE at {sandbox.base_url}/ - play the customer there.")
            self.stdout.write(f"Its state is kept in {state}. Ctrl-C ends it.")
            self.stdout.flush()
            stop_requested.wait()
        self.stdout.write("Stopped, state kept.")
