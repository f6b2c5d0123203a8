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

from sessions_ui.audit.sql import streamed
from sessions_ui.models import AuditCheckpoint

from .checkpoints import Checkpoint, key_id
from .errors import IntegrityFailure
from .purge_notes import purged_to
from .seal_copy import Copy
from .sealing import Progress, seal_of
from .verify_related import Gone, ValuesCheck, index_check
from .verify_segments import Entries, Held, look, segments_of, segments_verify


@dataclass(frozen=True)
class Report:
    """What was looked at. ``sealed``, ``unsealed`` and ``purged`` (gone, on record) count entries;
    ``began`` is the number of the seal behind which they begin (0: all), ``newest`` the last seal;
    ``copied`` says whether a copy of the seals was compared; ``gone`` counts personal values."""

    checkpoints: int
    sealed: int
    unsealed: int
    newest: Checkpoint | None
    copied: bool
    gone: Gone
    purged: int
    began: int


class _Passing:
    """Seals on their way, the last of which is remembered."""

    def __init__(self, last: Checkpoint | None) -> None:
        self.last = last

    def along(self, seals: Iterable[Checkpoint]) -> Iterator[Checkpoint]:
        for seal in seals:
            self.last = seal
            yield seal


def audit_prove(
    *,
    key: str,
    since: datetime | None = None,
    past: int = 0,
    copy: Path | None = None,
    workers: int = 1,
    progress: Progress = lambda _: None,
) -> Report:
    """Hold the record against its seals. Raises Doubt at the first thing that is not as it was.

    ``since``: entries of older seals are left out, their chain and signatures are not. ``past``:
    nothing is looked at before the end of the seal with this number. ``copy``: the file that holds
    every seal once more. ``workers``: see `spans.segments_verify`.
    """
    if not key:
        raise IntegrityFailure("AUDIT_SEAL_KEY is not set, so no signature can be checked.")
    with ExitStack() as stack:
        copies = stack.enter_context(closing(Copy(copy, past))) if copy else None
        chain = stack.enter_context(closing(_chain(key, copies, past)))
        previous, young = _pass_over(chain, since, past)
        start = previous.last_id if previous else None
        passing, held = _Passing(previous), Held()
        gone_to = purged_to(key)
        for part in segments_verify(segments_of(passing.along(young), start, gone_to), workers):
            held = held.plus(part)
            progress(part.entries)
        newest = passing.last
        count = newest.n if newest else 0
        if copies:
            copies.end(count)
        unsealed, gone = _hold_unsealed(newest.last_id if newest else None, progress)
        index_check(_later(start, gone_to))
        return Report(
            checkpoints=count,
            sealed=held.entries,
            unsealed=unsealed,
            newest=newest,
            copied=copies is not None,
            gone=held.gone.plus(gone),
            purged=held.purged,
            began=previous.n if previous else 0,
        )


def _later(start: int | None, gone_to: int) -> int | None:
    """Where the index begins to count: what is purged may still go while this is asked."""
    purged = AuditCheckpoint.objects.filter(n=gone_to).values_list("last_id", flat=True).first()
    return max(start or 0, purged) if purged else start


def _hold_unsealed(after: int | None, progress: Progress) -> tuple[int, Gone]:
    """The entries past the last seal: how many, and what of their values is gone."""
    values, count = ValuesCheck(after), 0
    for batch in Entries(after).rest():
        look(batch, None, values)
        count += len(batch.ids)
        progress(len(batch.ids))
    values.until(None)
    return count, values.gone


def _pass_over(
    chain: Iterator[Checkpoint], since: datetime | None, past: int
) -> tuple[Checkpoint | None, Iterable[Checkpoint]]:
    """The last seal that is older than ``since`` or not past ``past``, and those from there on."""
    older = None
    for seal in chain:
        if seal.n > past and (since is None or seal.sealed_at >= since):
            return older, itertools.chain([seal], chain)
        older = seal
    return older, ()


def _chain(key: str, copies: Copy | None, past: int) -> Generator[Checkpoint, None, None]:
    """The seals from number ``past`` on, in order, each proved to be the one that was signed after
    the one before."""
    previous = None
    with streamed(AuditCheckpoint.objects.filter(n__gte=past).order_by("n")) as checkpoints:
        for checkpoint in checkpoints:
            if checkpoint.sealed_at is None:
                raise IntegrityFailure(f"Checkpoint {checkpoint.n} is not as it was signed.")
            seal = seal_of(checkpoint)
            _follows(previous, seal, key, past or 1)
            if copies:
                copies.compare(seal)
            yield seal
            previous = seal
    if past and previous is None:
        raise IntegrityFailure(f"Checkpoint {past} is missing, and all that came after it.")


def _follows(previous: Checkpoint | None, seal: Checkpoint, key: str, begin: int) -> None:
    n = previous.n + 1 if previous else begin
    first = previous.last_id + 1 if previous else seal.first_id if begin > 1 else 1
    if seal.n != n:
        raise IntegrityFailure(
            f"Checkpoint {n} is missing. It sealed from entry #{first} on.", first
        )
    named = f"Checkpoint {n}, from entry #{first} on,"
    if seal.key_id != key_id(key):
        raise IntegrityFailure(f"{named} was signed with another key than AUDIT_SEAL_KEY.", first)
    if not hmac.compare_digest(seal.signature, seal.signature_by(key)):
        raise IntegrityFailure(f"{named} is not as it was signed.", first)
    if previous and seal.prev_hash != previous.hash:
        raise IntegrityFailure(f"{named} does not follow checkpoint {previous.n}.", first)
