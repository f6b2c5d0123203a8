"""Purge the oldest sealed entries from the audit, after writing them to an archive."""

import getpass
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from sessions_ui.audit.integrity.errors import IntegrityFailure
from sessions_ui.audit.integrity.sealing import SealError
from sessions_ui.domain.actor import Actor
from sessions_ui.management.arguments import moment
from sessions_ui.management.progress import counted, progress_bar
from sessions_ui.services.integrity.retention import (
    Plan,
    PurgeError,
    finish_purge,
    plan_purge,
    purge_entries,
)


class Command(BaseCommand):
    """Apply retention; without ``--yes`` only say what it would delete."""

    help = "Takes sealed entries older than a date out of the audit, into a file. On record."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the date, the archive file, and the confirmation."""
        parser.add_argument(
            "--before", type=moment, required=True, help="every entry that goes is older than this"
        )
        parser.add_argument(
            "--output", type=Path, metavar="FILE", help="the new file that holds them since"
        )
        parser.add_argument("--yes", action="store_true", help="do it; otherwise say what would go")

    def handle(self, *, before: datetime, output: Path | None, yes: bool, **_: Any) -> None:
        """Purge or say what would be purged. Exit 1 with a sentence when anything fails."""
        if before > timezone.now():
            raise CommandError("The date lies ahead. Nothing was done.")
        plan = plan_purge(before)
        self._print_plan(plan)
        if not yes:
            self.stdout.write("Nothing was done. With --yes and --output FILE it is done.")
            return
        if plan.checkpoints and output is None:
            raise CommandError("Name the file for the entries: --output FILE. Nothing was done.")
        try:
            self._purge(plan, output)
        except IntegrityFailure as failure:
            raise CommandError(f"Nothing was taken out: {failure}") from failure
        except (PurgeError, SealError, OSError, ValueError, RuntimeError) as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(
                f"The database refused: {type(error).__name__}. Whoever purges must own the tables"
                " (DATABASE_OWNER_URL). Run again, it goes on where it ended."
            ) from error

    def _print_plan(self, plan: Plan) -> None:
        if plan.left:
            self.stdout.write(
                f"Left by a purge that broke off: {counted(plan.left, 'entry', 'entries')}."
            )
        if plan.held_by:
            self.stdout.write(f"Edit #{plan.held_by} is still under way: it and later ones stay.")
        if plan.checkpoints is None:
            self.stdout.write("No seal is old enough.")
            return
        first, last = plan.checkpoints
        self.stdout.write(
            f"Checkpoints {first} to {last}: {counted(plan.entries, 'entry', 'entries')},"
            f" #{plan.first_id} to #{plan.last_id}, with the values and index rows beside them."
        )

    def _purge(self, plan: Plan, output: Path | None) -> None:
        if plan.left:
            with progress_bar("Finishing", self.stderr, plan.left) as progress:
                finish_purge(progress)
        if plan.checkpoints is None or output is None:
            return
        actor = Actor(id=None, label=f"{getpass.getuser()} (command line)", role="System")
        with progress_bar("Exporting, then deleting", self.stderr, plan.entries * 2) as progress:
            archive = purge_entries(plan=plan, actor=actor, file=output, progress=progress)
        self.stdout.write(
            f"Taken out: {counted(archive.entries, 'entry', 'entries')}. {output.name} holds them:"
            f" {archive.size:,} bytes, sha256 {archive.sha256}. That is on record, signed."
        )
