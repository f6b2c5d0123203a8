"""`manage.py audit_export`: write the audit to a file, with the same filters as the page."""

import getpass
import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError

from sessions_ui.audit.export.formats import FORMATS
from sessions_ui.audit.export.manifest import Manifest, manifest_of
from sessions_ui.audit.search.filters import NAMES
from sessions_ui.domain.actor import Actor
from sessions_ui.forms.audit_filter import read_filter
from sessions_ui.management.progress import counted, progress_bar
from sessions_ui.services.audit.export import Export, begin_export


class Command(BaseCommand):
    """Write the entries that a filter finds. The export is recorded."""

    help = (
        "Writes the audit as CSV (a line per changed field) or JSON Lines (an object per entry),"
        " personal values masked, with FILE.manifest.json beside it to check the file by."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the file, the format, and the filters of the page."""
        parser.add_argument("--output", type=Path, metavar="FILE", help="default: standard output")
        parser.add_argument("--format", choices=list(FORMATS), default="csv", help="default: csv")
        for name in NAMES:
            parser.add_argument(f"--{name}", dest=f"filter_{name}", default="", metavar="TEXT")

    def handle(self, *, output: Path | None, format: str, **options: Any) -> None:
        """Export the entries. Raises CommandError, with a sentence, for a filter with problems and
        for a file that cannot be written; the record then has no export, or one that broke off."""
        audit_filter = read_filter(
            {name: options[f"filter_{name}"] for name in NAMES if options[f"filter_{name}"]}
        )
        if audit_filter.problems:
            raise CommandError(" ".join(audit_filter.problems.values()))
        actor = Actor(id=None, label=f"{getpass.getuser()} (command line)", role="System")
        begin = partial(begin_export, actor=actor, audit_filter=audit_filter, format=format)
        try:
            if output:
                manifest = self._to_file(output, begin)
            else:
                manifest = self._write(sys.stdout.buffer, begin())
        except OSError as error:
            where = output or "standard output"
            raise CommandError(f"{where} cannot be written: {error.strerror}.") from error
        entries = counted(manifest.sums["entries"], "entry", "entries")
        self.stderr.write(f"Exported: {entries}. That is on record.")
        self.stderr.write(f"SHA-256: {manifest.sums['sha256']}")

    def _to_file(self, output: Path, begin: Callable[[], Export]) -> Manifest:
        # Until it is complete the file is called FILE.part.
        part = output.with_name(f"{output.name}.part")
        try:
            with part.open("wb") as target:
                manifest = self._write(target, begin())
            part.replace(output)
        except OSError:
            part.unlink(missing_ok=True)
            raise
        text = json.dumps(manifest.as_json(), indent=2, ensure_ascii=False)
        output.with_name(f"{output.name}.manifest.json").write_text(f"{text}\n", "utf-8")
        return manifest

    def _write(self, target: BinaryIO, export: Export) -> Manifest:
        done = 0
        with progress_bar("Exporting", self.stderr, total=export.count) as progress:
            for part in export.parts:
                target.write(part)
                progress(export.tally.entries - done)
                done = export.tally.entries
        target.flush()
        manifest = manifest_of(export.entry_id)
        if manifest is None:
            raise CommandError("The export is not on record.")
        return manifest
