"""Holding stored entries against the seals over them, a span of seals at a time.

Spans know nothing of each other: a long record is proved by several processes at once. Whatever
the number of processes, the first doubt is the one that comes first in the record.
"""

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field

import django

from .checkpoints import MARK, Checkpoint, leaf_of, leaves_of, merkle_root, ranges_ids
from .entry_reader import Batch, batches
from .errors import IntegrityFailure
from .verify_related import Gone, ValuesCheck

MOST_ENTRIES, MOST_SEALS = 20_000, 500
"""In one span."""


@dataclass(frozen=True)
class Segment:
    """Seals that follow each other; ``after``: the last entry before them (None: there is none);
    ``purged_to``: the number of the last seal whose entries may be gone, on record."""

    after: int | None
    seals: tuple[Checkpoint, ...]
    purged_to: int = 0

    @property
    def last(self) -> Checkpoint:
        """The last of its seals."""
        return self.seals[-1]


@dataclass(frozen=True)
class Held:
    """What of a span was found as it was sealed: entries that are there, entries that were purged
    on record, and personal values that are gone."""

    entries: int = 0
    purged: int = 0
    gone: Gone = field(default_factory=Gone)

    def plus(self, more: "Held") -> "Held":
        """With what was found after it."""
        return Held(
            self.entries + more.entries, self.purged + more.purged, self.gone.plus(more.gone)
        )


def segments_of(
    seals: Iterable[Checkpoint], after: int | None, purged_to: int = 0
) -> Iterator[Segment]:
    """The seals in spans. A Doubt that the seals raise comes after the span before it."""
    found, count = list[Checkpoint](), 0
    doubt = None
    try:
        for seal in seals:
            found.append(seal)
            count += seal.count
            if count >= MOST_ENTRIES or len(found) == MOST_SEALS:
                yield Segment(after, tuple(found), purged_to)
                after, found, count = seal.last_id, [], 0
    except IntegrityFailure as raised:
        doubt = raised
    if found:
        yield Segment(after, tuple(found), purged_to)
    if doubt:
        raise doubt


def segments_verify(spans: Iterable[Segment], workers: int = 1) -> Iterator[Held]:
    """What was found of each span, in their order. Raises Doubt, that of the first bad entry.

    ``workers``: processes; with more than one each has its own connection to the database that
    the settings name, so nothing may be read that is not committed.
    """
    if workers == 1:
        yield from map(segment_verify, spans)
        return
    # A forked child would share this process's connection; a new one starts without it.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, spawn, initializer=django.setup) as pool:
        try:
            yield from _in_turn(pool, spans, workers + 2)
        finally:
            pool.shutdown(cancel_futures=True)


def _in_turn(pool: ProcessPoolExecutor, spans: Iterable[Segment], ahead: int) -> Iterator[Held]:
    """As many spans under way as ``ahead``; what they find, in their order."""
    under_way = deque[Future[Held]]()
    for future in _submitted(pool, spans):
        under_way.append(future)
        if len(under_way) == ahead:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


def _submitted(pool: ProcessPoolExecutor, spans: Iterable[Segment]) -> Iterator[Future[Held]]:
    """A doubt about the seals themselves waits for its turn behind the spans before it."""
    try:
        for span in spans:
            yield pool.submit(segment_verify, span)
    except IntegrityFailure as doubt:
        failed = Future[Held]()
        failed.set_exception(doubt)
        yield failed


def segment_verify(span: Segment) -> Held:
    """Hold one span's entries, and what stands beside them. Raises Doubt."""
    entries, values = Entries(span.after, span.last.last_id), ValuesCheck(span.after)
    there = purged = 0
    for seal in span.seals:
        batch = entries.until(seal.last_id)
        if seal.n <= span.purged_to and not batch.ids:
            purged += seal.count
            continue
        look(batch, seal, values)
        there += len(batch.ids)
    values.until(span.last.last_id)
    return Held(there, purged, values.gone)


class Entries:
    """The stored entries past ``after`` (None: all) in id order, a piece at a time."""

    def __init__(self, after: int | None, last: int | None = None) -> None:
        self._batches = batches(after, last)
        self._ahead = next(self._batches, Batch())

    def until(self, last: int) -> Batch:
        """All that were not taken yet, up to the one numbered ``last``."""
        found = Batch()
        while self._ahead.ids and self._ahead.ids[0] <= last:
            head, self._ahead = self._ahead.split(last)
            found = found.plus(head)
            if not self._ahead.ids:
                self._ahead = next(self._batches, self._ahead)
        return found

    def rest(self) -> Iterator[Batch]:
        """The others, a batch at a time."""
        while self._ahead.ids:
            yield self.until(self._ahead.ids[-1])


def look(batch: Batch, seal: Checkpoint | None, values: ValuesCheck) -> None:
    """Prove a seal's entries, or entries without one, then see to the values beside them. A doubt
    about a value beside an earlier entry comes before a doubt about these."""
    try:
        if seal:
            _hold(batch, seal)
        elif batch.wrong:
            raise _changed(min(batch.wrong))
    except IntegrityFailure:
        values.until((seal.first_id if seal else batch.ids[0]) - 1)
        raise
    values.add(batch)


def _hold(batch: Batch, seal: Checkpoint) -> None:
    """The entries of one seal: none missing, none extra, each with the leaf that was sealed."""
    if batch.wrong or batch.ids != list(ranges_ids(seal.ranges)):
        _name(batch, seal)
    leaves = leaves_of(batch.ids, batch.hashes)
    if b"".join(leaf[:MARK] for leaf in leaves) != seal.marks:
        _name(batch, seal)
    if len(leaves) != seal.count or merkle_root(leaves) != seal.merkle_root:
        first = next(ranges_ids(seal.ranges), seal.first_id)
        raise IntegrityFailure(
            f"Entries #{first} to #{seal.last_id} do not give the root of checkpoint {seal.n}.",
            first,
        )


def _name(batch: Batch, seal: Checkpoint) -> None:
    """Raise Doubt for the first entry that is not as the seal's ranges and marks say."""
    for place, id_ in enumerate(ranges_ids(seal.ranges)):
        there = batch.ids[place] if place < len(batch.ids) else None
        if there is None or there > id_:
            raise IntegrityFailure(f"Entry #{id_} is missing. Checkpoint {seal.n} sealed it.", id_)
        if there < id_:
            raise _inserted(there, seal)
        if id_ in batch.wrong:
            raise _changed(id_)
        if leaf_of(id_, batch.hashes[place])[:MARK] != seal.marks[place * MARK :][:MARK]:
            raise IntegrityFailure(f"Entry #{id_} was changed and its hash made anew.", id_)
    for id_ in batch.ids[seal.count :][:1]:
        raise _inserted(id_, seal)


def _inserted(id_: int, seal: Checkpoint) -> IntegrityFailure:
    return IntegrityFailure(f"Entry #{id_} was inserted. Checkpoint {seal.n} did not seal it.", id_)


def _changed(id_: int) -> IntegrityFailure:
    return IntegrityFailure(f"Entry #{id_} was changed: it disagrees with its own hash.", id_)
