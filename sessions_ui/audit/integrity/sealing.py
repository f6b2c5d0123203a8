"""Periodically seal new entries with a signed checkpoint that includes the previous one's hash.

Writers never wait for a seal, except briefly while the horizon is read. After that, nobody who
lacks the key can change, remove or insert a sealed entry, or cut off the end, undetected.
"""

from collections.abc import Callable
from dataclasses import asdict, replace

from django.db import DatabaseError, connection, transaction

from sessions_ui.audit.log.insert import HORIZON_LOCK, database_clock
from sessions_ui.models import AuditCheckpoint, AuditEntry

from .checkpoints import (
    NO_HASH,
    Checkpoint,
    format_ranges,
    join_marks,
    key_id,
    leaf_hashes,
    merkle_root,
)
from .entry_reader import Batch, read_batches

Progress = Callable[[int], None]
"""Receives the number of entries that were done since its last call."""
ENTRIES_PER_CHECKPOINT = 1_000


class SealError(Exception):
    """Nothing was sealed; the message says why, in a sentence."""


def read_horizon() -> int:
    """The largest id below which no entry can be committed any more.

    Waits for the transactions that are writing entries at this moment.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # The next statement has a new snapshot, so it sees all that was committed by now.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [HORIZON_LOCK])
        return AuditEntry.objects.largest_id()


def seal_entries(*, key: str, progress: Progress = lambda _: None) -> list[Checkpoint]:
    """Seal all entries since the last checkpoint, ENTRIES_PER_CHECKPOINT to each.

    Without new entries one empty checkpoint is written. Raises SealError without a key, for an
    entry that does not match its own hash, and when another process sealed first.
    """
    if not key:
        raise SealError("AUDIT_SEAL_KEY is not set, so nothing can be signed.")
    newest = AuditCheckpoint.objects.order_by("-n").first()
    previous = Checkpoint.from_row(newest) if newest else None
    horizon, written = read_horizon(), list[Checkpoint]()
    after = previous.last_id if previous else None
    for batch in read_batches(after, horizon, ENTRIES_PER_CHECKPOINT):
        if batch.wrong:
            first = min(batch.wrong)
            raise SealError(f"Entry #{first} is not as it was written. Run audit_verify.")
        full = len(batch.ids) == ENTRIES_PER_CHECKPOINT
        previous = _write_checkpoint(previous, batch, batch.ids[-1] if full else horizon, key)
        written.append(previous)
        progress(len(batch.ids))
    if not written:
        last_id = previous.last_id if previous else horizon
        written.append(_write_checkpoint(previous, Batch(), last_id, key))
    return written


def _write_checkpoint(
    previous: Checkpoint | None, batch: Batch, last_id: int, key: str
) -> Checkpoint:
    leaves = leaf_hashes(batch.ids, batch.hashes)
    try:
        with transaction.atomic():
            unsigned = Checkpoint(
                n=previous.n + 1 if previous else 1,
                first_id=previous.last_id + 1 if previous else 1,
                last_id=last_id,
                count=len(leaves),
                ranges=format_ranges(batch.ids),
                marks=join_marks(leaves),
                merkle_root=merkle_root(leaves),
                prev_hash=previous.hash if previous else NO_HASH,
                sealed_at=database_clock(),
                key_id=key_id(key),
            )
            checkpoint = replace(unsigned, signature=unsigned.sign(key))
            AuditCheckpoint(**asdict(checkpoint)).save(force_insert=True)
    except DatabaseError as refused:
        # Two sealing processes collide on the primary key, or on SQLite's insert trigger.
        raise SealError("No seal was written: another process seals at this moment.") from refused
    return checkpoint
