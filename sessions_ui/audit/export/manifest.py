"""What is told of an export, so that anybody can check the file by it, long after."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
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
    """The sums over what was handed out so far."""

    entries: int = 0
    rows: int = 0
    size: int = 0
    first_id: int | None = None
    last_id: int | None = None
    _sha256: Any = field(default_factory=hashlib.sha256, repr=False)

    def add(self, entries: Sequence[SqlRow], lines: Sequence[str]) -> None:
        """Take in some entries, newest first, and their lines."""
        self.entries += len(entries)
        self.rows += len(lines)
        if entries:
            self.first_id = entries[0][0] if self.first_id is None else self.first_id
            self.last_id = entries[-1][0]

    def count(self, part: bytes) -> bytes:
        """Take in the bytes that go out next, and give them back."""
        self.size += len(part)
        self._sha256.update(part)
        return part

    @property
    def facts(self) -> dict[str, object]:
        """The sums, as an entry keeps them."""
        return {
            "entries": self.entries,
            "rows": self.rows,
            "first_id": self.first_id,
            "last_id": self.last_id,
            "bytes": self.size,
            "sha256": self._sha256.hexdigest(),
        }


def last_seal() -> dict[str, object] | None:
    """The newest checkpoint at this moment: its number, up to which entry, and its hash."""
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
    """One export: the entry before its first byte, and the one after its last (None: it broke
    off, or is still on its way)."""

    begun: AuditEntry
    ended: AuditEntry | None

    @property
    def asked(self) -> Mapping[str, Any]:
        """What was written before the first byte."""
        return parse_detail(self.begun)

    @property
    def sums(self) -> Mapping[str, Any]:
        """What was written after the last; empty when there is none."""
        return parse_detail(self.ended) if self.ended else {}

    @property
    def file_name(self) -> str:
        """The name that the file was given."""
        return FILE_NAME.format(entry_id=self.begun.id, format=self.asked.get("format", "csv"))

    @property
    def asked_at(self) -> datetime:
        """When the export was asked for."""
        return self.begun.ts

    def as_json(self) -> dict[str, object]:
        """The manifest as one JSON object. ``first_id`` and ``last_id`` stand in the order of the
        file: newest first."""
        seal = self.asked.get("checkpoint")
        return {
            "export": self.begun.id,
            "file": self.file_name,
            "format": self.asked.get("format", "csv"),
            "complete": self.ended is not None,
            "filter": self.asked.get("filter", {}),
            "entries_asked": self.asked.get("count"),
            **{name: self.sums.get(name) for name in Tally().facts},
            "cut_off_id": self.asked.get("cut_off_id"),
            "checkpoint": seal,
            "asked_by": {
                "id": self.begun.actor_id,
                "name": self.begun.actor_label,
                "role": self.begun.actor_role,
            },
            "asked_utc": iso_utc(self.begun.ts),
            "ended_utc": iso_utc(self.ended.ts) if self.ended else None,
        }


def manifest_of(entry_id: int) -> Manifest | None:
    """The manifest of the export that this entry begins; None when it begins none."""
    begun = AuditEntry.objects.filter(id=entry_id, action=EXPORT, op__isnull=True).first()
    if begun is None:
        return None
    return Manifest(begun, AuditEntry.objects.filter(op=entry_id, action=EXPORTED).first())
