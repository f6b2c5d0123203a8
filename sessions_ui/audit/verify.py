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

from .chain import Checked, Progress, entry_hashes, seal_of
from .copies import Copy
from .doubts import Doubt
from .seals import MARK, Seal, key_id, leaf_of, merkle_root, ranges_ids
from .streams import streamed
from .vouching import Gone, index_check, values_check


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
    """The stored entries in id order, one ahead."""

    def __init__(self, after: int | None, progress: Progress) -> None:
        self._rows, self._progress = entry_hashes(after, None), progress
        self._last, self.count = after, 0
        self.next = self._following()

    def close(self) -> None:
        """Let go of the database's cursor."""
        self._rows.close()

    def take(self) -> Checked:
        """The next entry, of which there must be one; its own hash must agree. Raises Doubt."""
        row = self.next
        if row is None:
            raise LookupError
        if not row[2]:
            raise Doubt(f"Entry #{row[0]} was changed: it disagrees with its own hash.", row[0])
        self._last = row[0]
        self.next = self._following()
        self.count += 1
        self._progress(1)
        return row

    def _following(self) -> Checked | None:
        try:
            return next(self._rows, None)
        except (TypeError, ValueError) as unread:
            # The frames of the failed read would hold the database's cursor until Python ends.
            unread.__traceback__ = None
            after = f"after #{self._last}" if self._last is not None else "first in the record"
            raise Doubt(f"The entry {after} was changed: it cannot be read.") from unread


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
        entries = stack.enter_context(closing(_Entries(start, progress)))
        for seal in young:
            _hold(entries, seal)
            previous = seal
        count, sealed = previous.n if previous else 0, entries.count
        if copies:
            copies.end(count)
        while entries.next:
            entries.take()
        gone = values_check(start)
        index_check(start)
        unsealed = entries.count - sealed
        return Report(count, sealed, unsealed, previous, copies is not None, gone)


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


def _hold(entries: _Entries, seal: Seal) -> None:
    """The entries of one seal: none missing, none extra, each with the leaf that was sealed."""
    leaves = []
    for place, id_ in enumerate(ranges_ids(seal.ranges)):
        if entries.next is None or entries.next[0] > id_:
            raise Doubt(f"Entry #{id_} is missing. Checkpoint {seal.n} sealed it.", id_)
        _refuse_extra(entries, id_ - 1, seal)
        leaf = leaf_of(id_, entries.take()[1])
        if leaf[:MARK] != seal.marks[place * MARK : (place + 1) * MARK]:
            raise Doubt(f"Entry #{id_} was changed and its hash made anew.", id_)
        leaves.append(leaf)
    _refuse_extra(entries, seal.last_id, seal)
    if len(leaves) != seal.count or merkle_root(leaves) != seal.merkle_root:
        first = next(ranges_ids(seal.ranges), seal.first_id)
        raise Doubt(
            f"Entries #{first} to #{seal.last_id} do not give the root of checkpoint {seal.n}.",
            first,
        )


def _refuse_extra(entries: _Entries, until: int, seal: Seal) -> None:
    if entries.next and entries.next[0] <= until:
        id_ = entries.next[0]
        raise Doubt(f"Entry #{id_} was inserted. Checkpoint {seal.n} did not seal it.", id_)
