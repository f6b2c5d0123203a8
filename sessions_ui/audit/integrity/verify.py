"""Verify the audit: entries, checkpoints, their chain of signatures, and their copy.

Then verify the tables related to the entries: personal values, the index of outcomes, and edits
under way. Verification stops at the first failure. Entries that no checkpoint covers yet are
compared with their own hash only; until then triggers and database roles protect them.
"""

import hmac
import itertools
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sessions_ui.audit.sql import stream_rows
from sessions_ui.models import AuditCheckpoint

from .checkpoints import Checkpoint, key_id
from .errors import IntegrityFailure
from .purge_notes import last_purged_checkpoint
from .seal_copy import CopyReader
from .sealing import Progress
from .verify_related import MissingValues, ValuesCheck, verify_index
from .verify_segments import (
    EntryStream,
    SegmentResult,
    split_into_segments,
    verify_batch,
    verify_segments,
)


@dataclass(frozen=True)
class Scope:
    """The part of the audit to verify; by default all of it.

    ``since``: leave out the entries of older checkpoints; their signatures and their chain are
    verified all the same. ``past``: begin after the checkpoint with this number.
    """

    since: datetime | None = None
    past: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return not (self.since or self.past)

    def includes(self, checkpoint: Checkpoint) -> bool:
        """Whether the entries of this checkpoint are to be verified."""
        recent = self.since is None or checkpoint.sealed_at >= self.since
        return recent and checkpoint.n > self.past


WHOLE = Scope()


@dataclass(frozen=True)
class VerificationReport:
    """The result of a verification without a failure. ``sealed``, ``unsealed`` and ``purged``
    (missing, on record) count entries; ``began`` is the number of the checkpoint after which they
    begin (0: all), ``newest`` the last checkpoint; ``copied`` says whether a copy of the
    checkpoints was compared."""

    checkpoints: int
    sealed: int
    unsealed: int
    newest: Checkpoint | None
    copied: bool
    missing_values: MissingValues
    purged: int
    began: int


class _LastOf:
    """Passes checkpoints through and remembers the last one."""

    def __init__(self, last: Checkpoint | None) -> None:
        self.last = last

    def remember(self, checkpoints: Iterable[Checkpoint]) -> Iterator[Checkpoint]:
        for checkpoint in checkpoints:
            self.last = checkpoint
            yield checkpoint


def verify_entries(
    *,
    key: str,
    scope: Scope = WHOLE,
    copy: Path | None = None,
    workers: int = 1,
    progress: Progress = lambda _: None,
) -> VerificationReport:
    """Verify the stored audit. Raises IntegrityFailure at the first difference.

    ``copy``: the file with a copy of each checkpoint. ``workers``: see `verify_segments`.
    """
    if not key:
        raise IntegrityFailure("AUDIT_SEAL_KEY is not set, so no signature can be checked.")
    with ExitStack() as stack:
        reader = stack.enter_context(closing(CopyReader(copy, scope.past))) if copy else None
        chain = stack.enter_context(closing(_read_chain(key, reader, scope.past)))
        previous, checkpoints = _skip_to(scope, chain)
        start = previous.last_id if previous else None
        passed, result = _LastOf(previous), SegmentResult()
        purged_to = last_purged_checkpoint(key)
        segments = split_into_segments(passed.remember(checkpoints), start, purged_to)
        for part in verify_segments(segments, workers):
            result = result.plus(part)
            progress(part.entries)
        newest = passed.last
        count = newest.n if newest else 0
        if reader:
            reader.compare_end(count)
        unsealed, missing = _verify_unsealed(newest.last_id if newest else None, progress)
        verify_index(_index_start(start, purged_to))
        return VerificationReport(
            checkpoints=count,
            sealed=result.entries,
            unsealed=unsealed,
            newest=newest,
            copied=reader is not None,
            missing_values=result.missing.plus(missing),
            purged=result.purged,
            began=previous.n if previous else 0,
        )


def _index_start(start: int | None, purged_to: int) -> int | None:
    """The id after which the index is verified: entries that a purge is deleting are left out."""
    rows = AuditCheckpoint.objects.filter(n=purged_to)
    last_purged = rows.values_list("last_id", flat=True).first()
    return max(start or 0, last_purged) if last_purged else start


def _verify_unsealed(after: int | None, progress: Progress) -> tuple[int, MissingValues]:
    """Verify the entries past the last checkpoint; gives their number and the missing values."""
    values, count = ValuesCheck(after), 0
    for batch in EntryStream(after).take_rest():
        verify_batch(batch, None, values)
        count += len(batch.ids)
        progress(len(batch.ids))
    values.check_until(None)
    return count, values.missing


def _skip_to(
    scope: Scope, chain: Iterator[Checkpoint]
) -> tuple[Checkpoint | None, Iterable[Checkpoint]]:
    """The last checkpoint before the scope, and the checkpoints from the scope's first one on."""
    before = None
    for checkpoint in chain:
        if scope.includes(checkpoint):
            return before, itertools.chain([checkpoint], chain)
        before = checkpoint
    return before, ()


def _read_chain(
    key: str, reader: CopyReader | None, past: int
) -> Generator[Checkpoint, None, None]:
    """The checkpoints from number ``past`` on, in order, each verified against its signature, the
    previous checkpoint, and the copy."""
    previous = None
    with stream_rows(AuditCheckpoint.objects.filter(n__gte=past).order_by("n")) as rows:
        for row in rows:
            # SQLite gives None for a moment that it cannot read.
            if row.sealed_at is None:
                raise IntegrityFailure(f"Checkpoint {row.n} is not as it was signed.")
            checkpoint = Checkpoint.from_row(row)
            _verify_link(previous, checkpoint, key, past or 1)
            if reader:
                reader.compare(checkpoint)
            yield checkpoint
            previous = checkpoint
    if past and previous is None:
        raise IntegrityFailure(f"Checkpoint {past} is missing, and all that came after it.")


def _verify_link(previous: Checkpoint | None, checkpoint: Checkpoint, key: str, begin: int) -> None:
    n = previous.n + 1 if previous else begin
    first = previous.last_id + 1 if previous else checkpoint.first_id if begin > 1 else 1
    if checkpoint.n != n:
        raise IntegrityFailure(
            f"Checkpoint {n} is missing. It sealed from entry #{first} on.", first
        )
    subject = f"Checkpoint {n}, from entry #{first} on,"
    if checkpoint.key_id != key_id(key):
        raise IntegrityFailure(f"{subject} was signed with another key than AUDIT_SEAL_KEY.", first)
    if not hmac.compare_digest(checkpoint.signature, checkpoint.sign(key)):
        raise IntegrityFailure(f"{subject} is not as it was signed.", first)
    if previous and checkpoint.prev_hash != previous.hash:
        raise IntegrityFailure(f"{subject} does not follow checkpoint {previous.n}.", first)
