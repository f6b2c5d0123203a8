"""Proving the record: every entry against its hash, its seal, the chain of seals and their copy.
Then what stands beside the entries: personal values and the index of outcomes.

Stops at the first doubt and names it. Entries that are not sealed yet are held against their own
hash only: what is younger than the last seal is protected by triggers and roles.
"""

import hmac
import itertools
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sessions_ui.models import AuditCheckpoint

from .chain import Progress, seal_of
from .copies import Copy
from .doubts import Doubt
from .seals import MARK, Seal, key_id, leaf_of, leaves_of, merkle_root, ranges_ids
from .stored import Batch, batches
from .streams import streamed
from .vouching import Gone, ValuesCheck, index_check


@dataclass(frozen=True)
class Report:
    """What was looked at. ``sealed`` and ``unsealed`` count entries; ``newest`` is the last seal;
    ``copied`` says whether a copy of the seals was compared; ``gone`` counts personal values."""

    checkpoints: int
    sealed: int
    unsealed: int
    newest: Seal | None
    copied: bool
    gone: Gone


class _Entries:
    """The stored entries in id order, a span at a time."""

    def __init__(self, after: int | None, progress: Progress) -> None:
        self._batches, self._progress = batches(after), progress
        self._ahead = next(self._batches, Batch())
        self.count = 0

    def until(self, last: int) -> Batch:
        """All that were not taken yet, up to the one numbered ``last``."""
        found = Batch()
        while self._ahead.ids and self._ahead.ids[0] <= last:
            head, self._ahead = self._ahead.split(last)
            found = found.plus(head)
            if not self._ahead.ids:
                self._ahead = next(self._batches, self._ahead)
        self.count += len(found.ids)
        self._progress(len(found.ids))
        return found

    def rest(self) -> Iterator[Batch]:
        """The others, a batch at a time."""
        while self._ahead.ids:
            yield self.until(self._ahead.ids[-1])


def audit_prove(
    *,
    key: str,
    since: datetime | None = None,
    copy: Path | None = None,
    progress: Progress = lambda _: None,
) -> Report:
    """Hold the record against its seals. Raises Doubt at the first thing that is not as it was.

    ``since``: entries of older seals are left out, their chain and signatures are not. ``copy``:
    the file that holds every seal once more.
    """
    if not key:
        raise Doubt("AUDIT_SEAL_KEY is not set, so no signature can be checked.")
    with ExitStack() as stack:
        copies = stack.enter_context(closing(Copy(copy))) if copy else None
        chain = stack.enter_context(closing(_chain(key, copies)))
        previous, young = _pass_over(chain, since)
        start = previous.last_id if previous else None
        entries, values = _Entries(start, progress), ValuesCheck(start)
        for seal in young:
            _look(entries.until(seal.last_id), seal, values)
            previous = seal
        count, sealed = previous.n if previous else 0, entries.count
        if copies:
            copies.end(count)
        for batch in entries.rest():
            _look(batch, None, values)
        values.until(None)
        index_check(start)
        unsealed = entries.count - sealed
        return Report(count, sealed, unsealed, previous, copies is not None, values.gone)


def _look(batch: Batch, seal: Seal | None, values: ValuesCheck) -> None:
    """Prove a seal's entries, or entries without one, then see to the values beside them. A doubt
    about a value beside an earlier entry comes before a doubt about these."""
    try:
        if seal:
            _hold(batch, seal)
        else:
            _hold_unsealed(batch)
    except Doubt:
        values.until((seal.first_id if seal else batch.ids[0]) - 1)
        raise
    values.add(batch)


def _hold_unsealed(batch: Batch) -> None:
    for id_ in sorted(batch.wrong)[:1]:
        raise _changed(id_)


def _changed(id_: int) -> Doubt:
    return Doubt(f"Entry #{id_} was changed: it disagrees with its own hash.", id_)


def _pass_over(chain: Iterator[Seal], since: datetime | None) -> tuple[Seal | None, Iterable[Seal]]:
    """The last seal that is older than ``since``, and those from there on."""
    older = None
    for seal in chain:
        if since is None or seal.sealed_at >= since:
            return older, itertools.chain([seal], chain)
        older = seal
    return older, ()


def _chain(key: str, copies: Copy | None) -> Generator[Seal, None, None]:
    """The seals in order, each proved to be the one that was signed after the one before."""
    previous = None
    with streamed(AuditCheckpoint.objects.order_by("n")) as checkpoints:
        for checkpoint in checkpoints:
            if checkpoint.sealed_at is None:
                raise Doubt(f"Checkpoint {checkpoint.n} is not as it was signed.")
            seal = seal_of(checkpoint)
            _follows(previous, seal, key)
            if copies:
                copies.compare(seal)
            yield seal
            previous = seal


def _follows(previous: Seal | None, seal: Seal, key: str) -> None:
    first, n = (previous.last_id + 1, previous.n + 1) if previous else (1, 1)
    if seal.n != n:
        raise Doubt(f"Checkpoint {n} is missing. It sealed from entry #{first} on.", first)
    named = f"Checkpoint {n}, from entry #{first} on,"
    if seal.key_id != key_id(key):
        raise Doubt(f"{named} was signed with another key than AUDIT_SEAL_KEY.", first)
    if not hmac.compare_digest(seal.signature, seal.signature_by(key)):
        raise Doubt(f"{named} is not as it was signed.", first)
    if previous and seal.prev_hash != previous.hash:
        raise Doubt(f"{named} does not follow checkpoint {previous.n}.", first)


def _hold(batch: Batch, seal: Seal) -> None:
    """The entries of one seal: none missing, none extra, each with the leaf that was sealed."""
    if batch.wrong or batch.ids != list(ranges_ids(seal.ranges)):
        _name(batch, seal)
    leaves = leaves_of(batch.ids, batch.hashes)
    if b"".join(leaf[:MARK] for leaf in leaves) != seal.marks:
        _name(batch, seal)
    if len(leaves) != seal.count or merkle_root(leaves) != seal.merkle_root:
        first = next(ranges_ids(seal.ranges), seal.first_id)
        raise Doubt(
            f"Entries #{first} to #{seal.last_id} do not give the root of checkpoint {seal.n}.",
            first,
        )


def _name(batch: Batch, seal: Seal) -> None:
    """Raise Doubt for the first entry that is not as the seal's ranges and marks say."""
    for place, id_ in enumerate(ranges_ids(seal.ranges)):
        there = batch.ids[place] if place < len(batch.ids) else None
        if there is None or there > id_:
            raise Doubt(f"Entry #{id_} is missing. Checkpoint {seal.n} sealed it.", id_)
        if there < id_:
            raise _inserted(there, seal)
        if id_ in batch.wrong:
            raise _changed(id_)
        if leaf_of(id_, batch.hashes[place])[:MARK] != seal.marks[place * MARK :][:MARK]:
            raise Doubt(f"Entry #{id_} was changed and its hash made anew.", id_)
    for id_ in batch.ids[seal.count :][:1]:
        raise _inserted(id_, seal)


def _inserted(id_: int, seal: Seal) -> Doubt:
    return Doubt(f"Entry #{id_} was inserted. Checkpoint {seal.n} did not seal it.", id_)
