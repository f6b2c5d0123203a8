"""Seal the audit: sign a checkpoint over the entries since the last one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sessions_ui.audit.integrity.sealing import SealError
from sessions_ui.management.progress import counted, progress_bar
from sessions_ui.services.integrity.seal_and_verify import seal_audit


class Command(BaseCommand):
    """Seal the audit once. The reconcile loop does the same at each SEAL_INTERVAL."""

    help = "Seals the audit: a signed checkpoint over the entries since the last one."

    def handle(self, **_: Any) -> None:
        """Seal. Exit 1 with a sentence when nothing was sealed or the copy was not updated."""
        try:
            with progress_bar("Sealing", self.stderr) as progress:
                checkpoints, copied = seal_audit(progress=progress)
        except SealError as error:
            raise CommandError(str(error)) from error
        except (OSError, ValueError) as error:
            sentence = f"Sealed, but the copy could not be written: {error}"
            raise CommandError(sentence) from error
        for checkpoint in checkpoints:
            ids = f", #{checkpoint.first_id} to #{checkpoint.last_id}" if checkpoint.count else ""
            entries = counted(checkpoint.count, "entry", "entries")
            self.stdout.write(f"Checkpoint {checkpoint.n}: {entries}{ids}.")
        if copied is None:
            self.stdout.write("No second copy is kept (AUDIT_SEAL_COPY is not set).")
