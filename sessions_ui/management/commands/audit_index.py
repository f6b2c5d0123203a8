"""`manage.py audit_index`: repair the index of the audit."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from sessions_ui.audit.search.index_rebuild import index_size, rebuild_index
from sessions_ui.management.progress import counted, progress_bar


class Command(BaseCommand):
    """Add missing index rows and delete those without an entry behind them."""

    help = "Rebuilds the index of the audit, beside people who work. Stopped, it goes on later."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``--anew``: begin at the first entry, even after a run that was stopped."""
        parser.add_argument("--anew", action="store_true", help="do not go on where one stopped")

    def handle(self, *, anew: bool, **_: Any) -> None:
        """Repair the index, and print how many rows were added and deleted."""
        with progress_bar("Indexing", self.stderr, index_size()) as progress:
            done = rebuild_index(anew=anew, progress=progress)
        added = counted(done["added"], "index row", "index rows")
        self.stdout.write(f"Added {added}, took away {done['removed']:,}. The index is complete.")
