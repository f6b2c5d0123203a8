"""Test that entries are verified by segments, in one process or several."""

from concurrent.futures import Future
from datetime import timedelta

import pytest

from sessions_ui.audit.integrity.checkpoints import (
    MARK_BYTES,
    leaf_hash,
)
from sessions_ui.audit.integrity.errors import IntegrityFailure
from sessions_ui.audit.integrity.verify_segments import (
    split_into_segments,
    verify_ahead,
    verify_segments,
)
from sessions_ui.audit.log.canonical import COLUMNS
from sessions_ui.models import AuditCheckpoint, AuditEntry
from tests.integrity import checkpoints, find_failure, sign_again
from tests.tamper.tools import insert_as, rehash, swap

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "column", [name for name in COLUMNS[1] if name not in {"op", "op_key", "hv", "kind"}]
)
def test_a_change_of_any_column_is_found(sealed, column):
    sealed_ids, _, _ = sealed
    victim = sealed_ids[4]
    was = AuditEntry.objects.values_list(column, flat=True).get(id=victim)
    now = {str: "x"}.get(type(was), 77)
    if column == "ts":
        now = was + timedelta(microseconds=1)
    assert was != now
    AuditEntry.objects.filter(id=victim).update(**{column: now})
    assert find_failure().entry_id == victim


@pytest.mark.parametrize("place", [0, 5, -1])
def test_a_removed_entry_is_found(sealed, place):
    sealed_ids, _, _ = sealed
    AuditEntry.objects.filter(id=sealed_ids[place]).delete()
    failure = find_failure()
    assert failure.entry_id == sealed_ids[place]
    assert "missing" in str(failure)


def test_an_inserted_entry_is_found(sealed):
    sealed_ids, gap, _ = sealed
    insert_as(gap, like=AuditEntry.objects.get(id=sealed_ids[1]).id)  # a sent: no unique key
    failure = find_failure()
    assert failure.entry_id == gap
    assert "inserted" in str(failure)


@pytest.mark.parametrize("new_id", [0, -7])
def test_an_entry_inserted_before_the_first_is_found(sealed, new_id):
    insert_as(new_id, like=sealed[0][1])
    assert find_failure().entry_id == new_id


def test_entries_that_exchanged_places_are_found(sealed):
    sealed_ids, _, _ = sealed
    swap(sealed_ids[2], sealed_ids[7])
    assert find_failure().entry_id == sealed_ids[2]


def test_an_entry_that_was_changed_and_rehashed_is_found(sealed):
    sealed_ids, _, _ = sealed
    AuditEntry.objects.filter(id=sealed_ids[3]).update(actor_label="Nobody")
    rehash(sealed_ids[3])
    failure = find_failure()
    assert failure.entry_id == sealed_ids[3]
    assert "made anew" in str(failure)


def test_the_root_differs_where_marks_are_equal_by_chance(sealed):
    """Four bytes of two leaves may be alike one day; their roots never are."""
    sealed_ids, _, _ = sealed
    AuditEntry.objects.filter(id=sealed_ids[0]).update(ticket="x")
    rehash(sealed_ids[0])
    mark = leaf_hash(sealed_ids[0], bytes(AuditEntry.objects.get(id=sealed_ids[0]).hash))[
        :MARK_BYTES
    ]
    sign_again(1, marks=mark + bytes(AuditCheckpoint.objects.get(n=1).marks)[MARK_BYTES:])
    failure = find_failure()
    assert failure.entry_id == sealed_ids[0]
    assert "root" in str(failure)


class Inline:
    """A pool of processes that is none."""

    def submit(self, work, segment):
        future = Future()
        try:
            future.set_result(work(segment))
        except IntegrityFailure as failure:
            future.set_exception(failure)
        return future


@pytest.fixture
def small_segments(sealed, monkeypatch):
    """Every seal is a segment of its own."""
    monkeypatch.setattr("sessions_ui.audit.integrity.verify_segments.SEGMENT_CHECKPOINTS", 1)
    return checkpoints()


def test_segments_follow_each_other_without_a_gap(small_segments):
    segments = list(split_into_segments(small_segments, None))
    assert [segment.after for segment in segments] == [
        None,
        *(seal.last_id for seal in small_segments[:-1]),
    ]
    assert [seal for segment in segments for seal in segment.checkpoints] == small_segments


def test_several_processes_give_the_result_of_one(small_segments, sealed):
    alone = sum(
        (held.entries for held in verify_segments(split_into_segments(small_segments, None))), 0
    )
    shared = sum(
        (
            held.entries
            for held in verify_ahead(Inline(), split_into_segments(small_segments, None), 2)
        ),
        0,
    )
    assert alone == shared == len(sealed[0])


def test_the_first_failure_is_raised_with_any_number_of_processes(small_segments, sealed):
    """A bad entry under the first seal comes before a bad third seal, which was read earlier."""
    sealed_ids = sealed[0]

    def failing_checkpoints():
        yield from small_segments[:2]
        raise IntegrityFailure("Checkpoint 3 is not as it was signed.", small_segments[2].first_id)

    with pytest.raises(IntegrityFailure, match="Checkpoint 3"):
        list(verify_ahead(Inline(), split_into_segments(failing_checkpoints(), None), 5))
    AuditEntry.objects.filter(id=sealed_ids[1]).update(ticket="x")
    for run in (
        verify_ahead(Inline(), split_into_segments(failing_checkpoints(), None), 5),
        verify_segments(split_into_segments(failing_checkpoints(), None)),
    ):
        with pytest.raises(IntegrityFailure) as raised:
            list(run)
        assert raised.value.entry_id == sealed_ids[1]
