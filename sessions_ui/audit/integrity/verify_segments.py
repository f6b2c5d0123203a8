"""Compare stored entries with their checkpoints, one segment of checkpoints at a time.

Segments do not depend on each other, so several processes can verify a long audit at once. With
any number of processes, the failure that is raised is the first one in the audit.
"""

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass, field

import django

from .checkpoints import (
    MARK_BYTES,
    Checkpoint,
    join_marks,
    leaf_hash,
    leaf_hashes,
    merkle_root,
    parse_ranges,
)
from .entry_reader import Batch, read_batches
from .errors import IntegrityFailure
from .verify_related import MissingValues, ValuesCheck

SEGMENT_ENTRIES, SEGMENT_CHECKPOINTS = 20_000, 500


@dataclass(frozen=True)
class Segment:
    """Consecutive checkpoints. ``after``: the last id before them (None: they are the first);
    ``purged_to``: the number of the last checkpoint whose entries a purge may have removed;
    ``failure``: what is wrong with the checkpoint that follows them."""

    after: int | None
    checkpoints: tuple[Checkpoint, ...]
    purged_to: int = 0
    failure: IntegrityFailure | None = None


@dataclass(frozen=True)
class SegmentResult:
    """The counts of a segment that is as it was sealed: entries that are stored, entries that
    were purged on record, and personal values that are missing."""

    entries: int = 0
    purged: int = 0
    missing: MissingValues = field(default_factory=MissingValues)

    def plus(self, later: "SegmentResult") -> "SegmentResult":
        """The counts of this segment and a later one."""
        return SegmentResult(
            self.entries + later.entries,
            self.purged + later.purged,
            self.missing.plus(later.missing),
        )


def split_into_segments(
    checkpoints: Iterable[Checkpoint], after: int | None, purged_to: int = 0
) -> Iterator[Segment]:
    """Group the checkpoints into segments.

    An IntegrityFailure from the iterable becomes the ``failure`` of the last segment. It is raised
    only after the entries before it are verified, because one of those may be wrong, too.
    """
    group, count = list[Checkpoint](), 0
    failure = None
    try:
        for checkpoint in checkpoints:
            group.append(checkpoint)
            count += checkpoint.count
            if count >= SEGMENT_ENTRIES or len(group) == SEGMENT_CHECKPOINTS:
                yield Segment(after, tuple(group), purged_to)
                after, group, count = checkpoint.last_id, [], 0
    except IntegrityFailure as raised:
        failure = raised
    if group or failure:
        yield Segment(after, tuple(group), purged_to, failure)


def verify_segments(segments: Iterable[Segment], workers: int = 1) -> Iterator[SegmentResult]:
    """Verify the segments and give their results in order. Raises the first IntegrityFailure.

    ``workers``: the number of processes. With more than one, each has its own connection to the
    database of the settings, so uncommitted entries are not seen.
    """
    if workers == 1:
        yield from map(verify_segment, segments)
        return
    # A forked child would share this process's connection; a spawned one starts without it.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, spawn, initializer=django.setup) as pool:
        try:
            yield from verify_ahead(pool, segments, workers + 2)
        finally:
            pool.shutdown(cancel_futures=True)


def verify_ahead(
    pool: Executor, segments: Iterable[Segment], ahead: int
) -> Iterator[SegmentResult]:
    """Verify up to ``ahead`` segments at once in the pool, and give their results in order.

    `Executor.map` would read all segments first: a long audit's checkpoints fill the memory.
    """
    pending = deque[Future[SegmentResult]]()
    for segment in segments:
        pending.append(pool.submit(verify_segment, segment))
        if len(pending) == ahead:
            yield pending.popleft().result()
    while pending:
        yield pending.popleft().result()


def verify_segment(segment: Segment) -> SegmentResult:
    """Verify a segment's entries and their personal values. Raises IntegrityFailure."""
    result = _verify_checkpoints(segment) if segment.checkpoints else SegmentResult()
    if segment.failure:
        raise segment.failure
    return result


def _verify_checkpoints(segment: Segment) -> SegmentResult:
    last_id = segment.checkpoints[-1].last_id
    entries, values = EntryStream(segment.after, last_id), ValuesCheck(segment.after)
    count = purged = 0
    for checkpoint in segment.checkpoints:
        batch = entries.take_until(checkpoint.last_id)
        # All entries of a purged checkpoint are missing, or none is.
        if checkpoint.n <= segment.purged_to and not batch.ids:
            purged += checkpoint.count
            continue
        verify_batch(batch, checkpoint, values)
        count += len(batch.ids)
    values.check_until(last_id)
    return SegmentResult(count, purged, values.missing)


class EntryStream:
    """The stored entries past ``after`` (None: all) up to ``last``, in id order."""

    def __init__(self, after: int | None, last: int | None = None) -> None:
        self._batches = read_batches(after, last)
        self._ahead = next(self._batches, Batch())

    def take_until(self, last: int) -> Batch:
        """The next entries, up to the id ``last``."""
        taken = Batch()
        while self._ahead.ids and self._ahead.ids[0] <= last:
            head, self._ahead = self._ahead.split(last)
            taken = taken.plus(head)
            if not self._ahead.ids:
                self._ahead = next(self._batches, self._ahead)
        return taken

    def take_rest(self) -> Iterator[Batch]:
        """The remaining entries, a batch at a time."""
        while self._ahead.ids:
            yield self.take_until(self._ahead.ids[-1])


def verify_batch(batch: Batch, checkpoint: Checkpoint | None, values: ValuesCheck) -> None:
    """Verify the entries of a checkpoint (None: not sealed), and add them to the values check.

    Raises IntegrityFailure; one about a personal value of an earlier entry takes precedence.
    """
    try:
        if checkpoint:
            _verify_sealed(batch, checkpoint)
        elif batch.wrong:
            raise _changed(min(batch.wrong))
    except IntegrityFailure:
        values.check_until((checkpoint.first_id if checkpoint else batch.ids[0]) - 1)
        raise
    values.add(batch)


def _verify_sealed(batch: Batch, checkpoint: Checkpoint) -> None:
    """Require the sealed entries, no other, each with the leaf that was sealed."""
    if batch.wrong or batch.ids != list(parse_ranges(checkpoint.ranges)):
        _raise_first_difference(batch, checkpoint)
    leaves = leaf_hashes(batch.ids, batch.hashes)
    if join_marks(leaves) != checkpoint.marks:
        _raise_first_difference(batch, checkpoint)
    # Marks are short: two leaves can have the same one by chance. Their roots differ.
    if len(leaves) != checkpoint.count or merkle_root(leaves) != checkpoint.merkle_root:
        first = next(parse_ranges(checkpoint.ranges), checkpoint.first_id)
        raise IntegrityFailure(
            f"Entries #{first} to #{checkpoint.last_id} do not give the root of checkpoint"
            f" {checkpoint.n}.",
            first,
        )


def _raise_first_difference(batch: Batch, checkpoint: Checkpoint) -> None:
    """Raise IntegrityFailure for the first entry that differs from the ranges and marks."""
    for place, id_ in enumerate(parse_ranges(checkpoint.ranges)):
        stored = batch.ids[place] if place < len(batch.ids) else None
        if stored is None or stored > id_:
            raise IntegrityFailure(
                f"Entry #{id_} is missing. Checkpoint {checkpoint.n} sealed it.", id_
            )
        if stored < id_:
            raise _inserted(stored, checkpoint)
        if id_ in batch.wrong:
            raise _changed(id_)
        mark = checkpoint.marks[place * MARK_BYTES :][:MARK_BYTES]
        if join_marks([leaf_hash(id_, batch.hashes[place])]) != mark:
            raise IntegrityFailure(f"Entry #{id_} was changed and its hash made anew.", id_)
    for id_ in batch.ids[checkpoint.count :][:1]:
        raise _inserted(id_, checkpoint)


def _inserted(id_: int, checkpoint: Checkpoint) -> IntegrityFailure:
    return IntegrityFailure(
        f"Entry #{id_} was inserted. Checkpoint {checkpoint.n} did not seal it.", id_
    )


def _changed(id_: int) -> IntegrityFailure:
    return IntegrityFailure(f"Entry #{id_} was changed: it disagrees with its own hash.", id_)
