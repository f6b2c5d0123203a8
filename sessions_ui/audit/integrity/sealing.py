"""Sealing: now and then the new entries get a signed checkpoint that holds the one before.

Writers never wait for a seal, but for the moment in which the horizon is read. Afterwards nobody
who lacks the key can change, remove or insert a sealed entry, or cut the end, without it showing.
"""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC
from pathlib import Path

from django.db import DatabaseError, connection, transaction

from sessions_ui.audit.log.insert import HORIZON_LOCK, database_clock
from sessions_ui.audit.sql import streamed
from sessions_ui.models import AuditCheckpoint, AuditEntry

from .checkpoints import MARK, NO_HASH, Checkpoint, key_id, leaves_of, merkle_root, ranges_text
from .entry_reader import Batch, batches

Progress = Callable[[int], None]
"""Is told how many entries were done since it was last told."""
TAIL = 1_000_000
"""No line of the copy has so many bytes."""
MOST = 1_000
"""Entries to a seal."""


class SealError(Exception):
    """Nothing was sealed; the text says why, in a sentence."""


def seal_of(checkpoint: AuditCheckpoint) -> Checkpoint:
    """A stored checkpoint as the facts that were signed."""
    return Checkpoint(
        n=checkpoint.n,
        first_id=checkpoint.first_id,
        last_id=checkpoint.last_id,
        count=checkpoint.count,
        ranges=checkpoint.ranges,
        marks=bytes(checkpoint.marks),
        merkle_root=bytes(checkpoint.merkle_root),
        prev_hash=bytes(checkpoint.prev_hash),
        sealed_at=checkpoint.sealed_at.astimezone(UTC),
        key_id=checkpoint.key_id,
        signature=bytes(checkpoint.signature),
    )


def horizon() -> int:
    """The largest id below which nothing can still arrive. Waits for the writers of this moment."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # The next statement has a new snapshot: it sees all that was committed by now.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [HORIZON_LOCK])
        return AuditEntry.objects.largest_id()


def seals_make(*, key: str, progress: Progress = lambda _: None) -> list[Checkpoint]:
    """Seal all entries since the last checkpoint, 1,000 to a seal; one seal also over none.

    Raises SealError without a key, for an entry that disagrees with its own hash, and when
    another sealer was quicker.
    """
    if not key:
        raise SealError("AUDIT_SEAL_KEY is not set, so nothing can be signed.")
    newest = AuditCheckpoint.objects.order_by("-n").first()
    previous = seal_of(newest) if newest else None
    until, made = horizon(), list[Checkpoint]()
    for batch in batches(previous.last_id if previous else None, until, MOST):
        if batch.wrong:
            first = min(batch.wrong)
            raise SealError(f"Entry #{first} is not as it was written. Run audit_verify.")
        end = batch.ids[-1] if len(batch.ids) == MOST else until
        previous = _append(previous, batch, end, key)
        made.append(previous)
        progress(len(batch.ids))
    if not made:
        made.append(_append(previous, Batch(), previous.last_id if previous else until, key))
    return made


def _append(previous: Checkpoint | None, batch: Batch, last_id: int, key: str) -> Checkpoint:
    leaves = leaves_of(batch.ids, batch.hashes)
    try:
        with transaction.atomic():
            unsigned = Checkpoint(
                n=previous.n + 1 if previous else 1,
                first_id=previous.last_id + 1 if previous else 1,
                last_id=last_id,
                count=len(leaves),
                ranges=ranges_text(batch.ids),
                marks=b"".join(leaf[:MARK] for leaf in leaves),
                merkle_root=merkle_root(leaves),
                prev_hash=previous.hash if previous else NO_HASH,
                sealed_at=database_clock(),
                key_id=key_id(key),
            )
            seal = replace(unsigned, signature=unsigned.signature_by(key))
            AuditCheckpoint(**asdict(seal)).save(force_insert=True)
    except DatabaseError as refused:
        # The primary key and SQLite's guard both say so when two sealers come together.
        raise SealError("No seal was written: another process seals at this moment.") from refused
    return seal


def copy_append(path: Path) -> int:
    """Bring the copy elsewhere up to date: one JSON line per seal that it lacks. Gives how many.
    Raises OSError, and ValueError when the file's last line is not a seal."""
    path.parent.mkdir(parents=True, exist_ok=True)
    done = copied_to(path)
    missing = AuditCheckpoint.objects.filter(n__gt=done).order_by("n")
    lacked = 0
    with path.open("a", encoding="utf-8") as copy, streamed(missing) as checkpoints:
        for checkpoint in checkpoints:
            copy.write(json.dumps(seal_of(checkpoint).as_json(), sort_keys=True) + "\n")
            lacked += 1
        copy.flush()
        os.fsync(copy.fileno())
    return lacked


def copied_to(path: Path) -> int:
    """The number of the last seal in the copy; 0 for a new copy. Raises OSError, and ValueError
    when its last line is not a seal."""
    if not path.exists():
        return 0
    with path.open("rb") as copy:
        copy.seek(max(0, copy.seek(0, os.SEEK_END) - TAIL))
        lines = copy.read().strip().split(b"\n")
    return int(json.loads(lines[-1])["n"]) if lines[-1] else 0
