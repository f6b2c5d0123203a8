"""`manage.py audit_seal`: a signed checkpoint over the entries since the last one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sessions_ui.audit.integrity.sealing import SealError
from sessions_ui.management.progress import counted, progress_bar
from sessions_ui.services.integrity.seal_and_verify import seal_audit


class Command(BaseCommand):
    """Seal the audit once. The reconcile loop does the same every minute."""

    help = "Seals the audit: a signed checkpoint over the entries since the last one."

    def handle(self, **_: Any) -> None:
        """Exit 1 with a sentence when nothing was sealed, or when the copy was not written."""
        try:
            with progress_bar("Sealing", self.stderr) as progress:
                made, copied = seal_audit(progress=progress)
        except SealError as error:
            raise CommandError(str(error)) from error
        except (OSError, ValueError) as error:
            sentence = f"Sealed, but the copy could not be written: {error}"
            raise CommandError(sentence) from error
        for seal in made:
            span = f", #{seal.first_id} to #{seal.last_id}" if seal.count else ""
            self.stdout.write(
                f"Checkpoint {seal.n}: {counted(seal.count, 'entry', 'entries')}{span}."
            )
        if copied is None:
            self.stdout.write("No second copy is kept (AUDIT_SEAL_COPY is not set).")
