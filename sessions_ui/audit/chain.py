"""Sealing: now and then the new entries get a signed checkpoint that holds the one before.

Writers never wait for a seal, but for the moment in which the horizon is read. Afterwards nobody
who lacks the key can change, remove or insert a sealed entry, or cut the end, without it showing.
"""

import json
import os
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC
from itertools import islice
from pathlib import Path

from django.db import DatabaseError, connection, transaction
from django.db.models import Max

from sessions_ui.models import AuditCheckpoint, AuditEntry

from .canonical import COLUMNS, row_hash
from .seals import MARK, NO_HASH, Seal, key_id, leaf_of, merkle_root, ranges_text
from .streams import streamed
from .writing import HORIZON_LOCK, database_clock

Progress = Callable[[int], None]
"""Is told how many entries were done since it was last told."""
Checked = tuple[int, bytes, bool]
"""An entry's id, its stored hash, and whether the row agrees with it."""
MOST = 10_000


class SealError(Exception):
    """Nothing was sealed; the text says why, in a sentence."""


def seal_of(checkpoint: AuditCheckpoint) -> Seal:
    """A stored checkpoint as the facts that were signed."""
    return Seal(
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


def entry_hashes(after: int | None, until: int | None) -> Generator[Checked, None, None]:
    """Each entry past ``after`` (None: all) in id order: id, stored hash, and whether the row
    agrees with it. A row of a hash version that nobody knows does not agree."""
    names = COLUMNS[max(COLUMNS)]
    found = AuditEntry.objects.order_by("id")
    if after is not None:
        found = found.filter(id__gt=after)
    if until is not None:
        found = found.filter(id__lte=until)
    rows = found.values_list("id", "hash", *names)
    with streamed(rows) as stream:
        for id_, stored, *values in stream:
            known = values[0] in COLUMNS
            yield id_, bytes(stored), known and row_hash(values) == bytes(stored)


def horizon() -> int:
    """The largest id below which nothing can still arrive. Waits for the writers of this moment."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # The next statement has a new snapshot: it sees all that was committed by now.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [HORIZON_LOCK])
        return AuditEntry.objects.aggregate(last=Max("id"))["last"] or 0


def seals_make(*, key: str, progress: Progress = lambda _: None) -> list[Seal]:
    """Seal all entries since the last checkpoint, 10,000 to a seal; one seal also over none.

    Raises SealError without a key, for an entry that disagrees with its own hash, and when
    another sealer was quicker.
    """
    if not key:
        raise SealError("AUDIT_SEAL_KEY is not set, so nothing can be signed.")
    newest = AuditCheckpoint.objects.order_by("-n").first()
    previous = seal_of(newest) if newest else None
    until, made = horizon(), list[Seal]()
    with closing(entry_hashes(previous.last_id if previous else None, until)) as entries:
        while True:
            batch = list(islice(entries, MOST))
            if made and not batch:
                return made
            leaves = _leaves(batch)
            full = len(batch) == MOST
            end = batch[-1][0] if full else max(until, previous.last_id if previous else 0)
            previous = _append(previous, leaves, end, key)
            made.append(previous)
            progress(len(leaves))
            if not full:
                return made


def _leaves(batch: list[Checked]) -> dict[int, bytes]:
    for id_, _, agrees in batch:
        if not agrees:
            raise SealError(f"Entry #{id_} is not as it was written. Run audit_verify.")
    return {id_: leaf_of(id_, stored) for id_, stored, _ in batch}


def _append(previous: Seal | None, leaves: dict[int, bytes], last_id: int, key: str) -> Seal:
    try:
        with transaction.atomic():
            unsigned = Seal(
                n=previous.n + 1 if previous else 1,
                first_id=previous.last_id + 1 if previous else 1,
                last_id=last_id,
                count=len(leaves),
                ranges=ranges_text(leaves),
                marks=b"".join(leaf[:MARK] for leaf in leaves.values()),
                merkle_root=merkle_root(list(leaves.values())),
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
    done = copied_to(path)
    missing = AuditCheckpoint.objects.filter(n__gt=done).order_by("n")
    lines = [json.dumps(seal_of(one).as_json(), sort_keys=True) for one in missing]
    if lines:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as copy:
            copy.write("".join(f"{line}\n" for line in lines))
            copy.flush()
            os.fsync(copy.fileno())
    return len(lines)


def copied_to(path: Path) -> int:
    """The number of the last seal in the copy; 0 for a new copy."""
    if not path.exists():
        return 0
    last = ""
    with path.open(encoding="utf-8") as copy:
        for line in copy:
            last = line
    return int(json.loads(last)["n"]) if last.strip() else 0
