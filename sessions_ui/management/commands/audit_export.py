"""`manage.py audit_export`: the audit as CSV, by the same filters as the page."""

import getpass
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sessions_ui.audit.filters import NAMES
from sessions_ui.audit.record import Actor
from sessions_ui.management.progress import counted, counting
from sessions_ui.services.audit import audit_export, audit_filter


class Command(BaseCommand):
    """Write the entries that a question finds. The export is itself an entry."""

    help = "Writes the audit as CSV: one line per changed field, personal values masked."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A file, and the filters of the page."""
        parser.add_argument("--output", type=Path, metavar="FILE", help="default: standard output")
        for name in NAMES:
            parser.add_argument(f"--{name}", dest=f"filter_{name}", default="", metavar="TEXT")

    def handle(self, *, output: Path | None, **options: Any) -> None:
        """Exit 1 with a sentence for a filter that cannot be read: never more than was asked."""
        asked = {name: options[f"filter_{name}"] for name in NAMES if options[f"filter_{name}"]}
        chosen = audit_filter(asked)
        if chosen.problems:
            raise CommandError(" ".join(chosen.problems.values()))
        actor = Actor(id=None, label=f"{getpass.getuser()} (command line)", role="System")
        count, lines = audit_export(actor=actor, chosen=chosen)
        with counting("Exporting", self.stderr) as progress:
            target = output.open("w", encoding="utf-8", newline="") if output else sys.stdout
            try:
                for line in lines:
                    target.write(line)
                    progress(1)
            finally:
                if output:
                    target.close()
        self.stderr.write(f"Exported: {counted(count, 'entry', 'entries')}. That is on record.")
