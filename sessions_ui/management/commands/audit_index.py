"""`manage.py audit_index`: put right what the audit is searched by."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from sessions_ui.audit.search.index_rebuild import index_rebuild, index_size
from sessions_ui.management.progress import counted, progress_bar


class Command(BaseCommand):
    """Add index rows that are missing and take away those that nothing stands behind."""

    help = "Rebuilds the index of the audit, beside people who work. Stopped, it goes on later."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--anew``: from the first entry, even after a run that was stopped."""
        parser.add_argument("--anew", action="store_true", help="do not go on where one stopped")

    def handle(self, *, anew: bool, **_: Any) -> None:
        """Say how many rows were added and taken away."""
        with progress_bar("Indexing", self.stderr, index_size()) as progress:
            done = index_rebuild(anew=anew, progress=progress)
        added = counted(done["added"], "index row", "index rows")
        self.stdout.write(f"Added {added}, took away {done['removed']:,}. The index is complete.")
