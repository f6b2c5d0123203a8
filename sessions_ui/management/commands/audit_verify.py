"""Verify that the audit is as it was written."""

import time
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from sessions_ui.audit.integrity.errors import IntegrityFailure
from sessions_ui.audit.integrity.verify import Scope, VerificationReport
from sessions_ui.management.arguments import moment
from sessions_ui.management.progress import counted, progress_bar
from sessions_ui.models import AuditEntry
from sessions_ui.services.integrity.seal_and_verify import choose_processes, verify_audit


class Command(BaseCommand):
    """Verify entries, checkpoints, their chain of signatures, and their copy."""

    help = "Proves the audit. Exit 1 and the first bad id on any doubt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the scope, the copy to compare with, and the number of processes."""
        parser.add_argument(
            "--since", type=moment, help="leave out entries that were sealed before this date"
        )
        parser.add_argument(
            "--checkpoints", type=Path, metavar="FILE", help="the copy of the seals to compare with"
        )
        parser.add_argument(
            "--processes",
            type=int,
            default=0,
            metavar="N",
            help="default: one, and one per processor for a record of 500,000 entries or more",
        )

    def handle(
        self, *, since: datetime | None, checkpoints: Path | None, processes: int, **_: Any
    ) -> None:
        """Say what was verified, or exit 1 with the first failure."""
        count, began = AuditEntry.objects.count(), time.monotonic()
        try:
            with progress_bar("Verifying", self.stderr, count) as progress:
                report = verify_audit(
                    scope=Scope(since=since),
                    copy=checkpoints,
                    processes=processes or choose_processes(count),
                    progress=progress,
                )
        except IntegrityFailure as failure:
            first = failure.entry_id
            where = f" First bad entry: {first}." if first is not None else ""
            raise CommandError(f"{failure}{where}") from failure
        for line in describe(report, since):
            self.stdout.write(line)
        count_read, took = report.sealed + report.unsealed, time.monotonic() - began
        self.stdout.write(f"Looked at {counted(count_read, 'entry', 'entries')} in {took:.1f} s.")


def describe(report: VerificationReport, since: datetime | None) -> Iterator[str]:
    """Sentences about what was verified and what could not be, so that no more is claimed."""
    whole = "The audit is as it was written" if report.copied and not since else "As it was written"
    yield (
        f"{whole}: {counted(report.sealed, 'entry', 'entries')} under"
        f" {counted(report.checkpoints, 'checkpoint', 'checkpoints')}."
    )
    if since:
        yield f"Entries sealed before {timezone.localtime(since):%c %Z} were not looked at."
    yield (
        f"Not sealed yet: {counted(report.unsealed, 'entry', 'entries')}, each held against"
        " its own hash; one that was removed could not be seen."
    )
    if report.purged:
        yield (
            f"Taken out by retention: {counted(report.purged, 'entry', 'entries')}, under a signed"
            " note."
        )
    if report.newest:
        yield f"Last sealed {timezone.localtime(report.newest.sealed_at):%c %Z}."
    missing = report.missing_values
    if missing.values:
        yield (
            f"Personal values that are gone: {missing.values:,}, beside"
            f" {counted(missing.entries, 'entry', 'entries')} from #{missing.first} on."
            " They may have been erased; nothing here tells who did it."
        )
    if not report.copied:
        why = "there is none yet" if settings.AUDIT_SEAL_COPY else "AUDIT_SEAL_COPY is not set"
        yield (
            f"No second copy of the seals was compared ({why}): a cut-off end or an emptied record"
            " could not be seen."
        )
