"""Keep the checksums of an export, so that anybody can check its file later."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sessions_ui.audit.entries.rows import parse_detail
from sessions_ui.audit.integrity.checkpoints import Checkpoint
from sessions_ui.audit.sql import SqlRow
from sessions_ui.domain.values.timestamps import iso_utc
from sessions_ui.models import AuditCheckpoint, AuditEntry

EXPORT, EXPORTED = "audit.export", "audit.exported"
FILE_NAME = "pave-audit-{entry_id}.{format}"


@dataclass
class Tally:
    """The counts and the hash of what was exported so far."""

    entries: int = 0
    rows: int = 0
    size: int = 0
    first_id: int | None = None
    last_id: int | None = None
    _sha256: Any = field(default_factory=hashlib.sha256, repr=False)

    def add(self, entries: Sequence[SqlRow], lines: Sequence[str]) -> None:
        """Count some entries, newest first, and their lines."""
        self.entries += len(entries)
        self.rows += len(lines)
        if entries:
            self.first_id = entries[0][0] if self.first_id is None else self.first_id
            self.last_id = entries[-1][0]

    def count(self, part: bytes) -> bytes:
        """Count and hash the next bytes of the file, and return them."""
        self.size += len(part)
        self._sha256.update(part)
        return part

    @property
    def facts(self) -> dict[str, object]:
        """The counts and the hash, as the entry of the finished export keeps them."""
        return {
            "entries": self.entries,
            "rows": self.rows,
            "first_id": self.first_id,
            "last_id": self.last_id,
            "bytes": self.size,
            "sha256": self._sha256.hexdigest(),
        }


def latest_checkpoint() -> dict[str, object] | None:
    """The newest checkpoint: its number, the last entry that it seals, and its hash."""
    newest = AuditCheckpoint.objects.order_by("-n").first()
    if newest is None:
        return None
    return {
        "n": newest.n,
        "last_id": newest.last_id,
        "hash": Checkpoint.from_row(newest).hash.hex(),
    }


@dataclass(frozen=True)
class Manifest:
    """One export: the entry written before its first byte, and the one written after its last
    (None: it broke off, or still runs)."""

    begun: AuditEntry
    ended: AuditEntry | None

    @property
    def request(self) -> Mapping[str, Any]:
        """What was recorded before the first byte."""
        return parse_detail(self.begun)

    @property
    def sums(self) -> Mapping[str, Any]:
        """What was recorded after the last byte; empty until then."""
        return parse_detail(self.ended) if self.ended else {}

    @property
    def file_name(self) -> str:
        """The name of the file."""
        return FILE_NAME.format(entry_id=self.begun.id, format=self.request.get("format", "csv"))

    def as_json(self) -> dict[str, object]:
        """The manifest as a JSON object. ``first_id`` and ``last_id`` are in the order of the file,
        newest first."""
        return {
            "export": self.begun.id,
            "file": self.file_name,
            "format": self.request.get("format", "csv"),
            "complete": self.ended is not None,
            "filter": self.request.get("filter", {}),
            "entries_asked": self.request.get("count"),
            **{name: self.sums.get(name) for name in Tally().facts},
            "cut_off_id": self.request.get("cut_off_id"),
            "checkpoint": self.request.get("checkpoint"),
            "asked_by": {
                "id": self.begun.actor_id,
                "name": self.begun.actor_label,
                "role": self.begun.actor_role,
            },
            "asked_utc": iso_utc(self.begun.ts),
            "ended_utc": iso_utc(self.ended.ts) if self.ended else None,
        }


def manifest_of(entry_id: int) -> Manifest | None:
    """The manifest of the export that this entry begins; None if it begins none."""
    begun = AuditEntry.objects.filter(id=entry_id, action=EXPORT, op__isnull=True).first()
    if begun is None:
        return None
    return Manifest(begun, AuditEntry.objects.filter(op=entry_id, action=EXPORTED).first())
