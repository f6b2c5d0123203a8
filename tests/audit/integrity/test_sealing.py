"""Test that entries are sealed completely, and only once they can be."""

import pytest
from django.db import connection

from sessions_ui.audit.integrity.checkpoints import (
    parse_ranges,
)
from sessions_ui.audit.integrity.sealing import SealError, read_horizon, seal_entries
from sessions_ui.models import AuditCheckpoint, AuditEntry
from tests.audit.authors import (
    edit,
    intent,
    not_yet_committed,
    waits,
)
from tests.integrity import checkpoints, find_failure, verify
from tests.keys import SEAL_KEY
from tests.tamper.tools import insert_as

pytestmark = pytest.mark.django_db


def test_an_interval_without_entries_has_an_empty_checkpoint(sealed):
    first, empty, last = checkpoints()
    assert (empty.count, empty.ranges, empty.first_id) == (0, "", first.last_id + 1)
    assert empty.prev_hash == first.hash
    assert last.prev_hash == empty.hash


def test_a_checkpoint_names_the_sealed_ids_as_ranges(sealed):
    sealed_ids, gap, _ = sealed
    sealed_ids = [
        i for one in AuditCheckpoint.objects.order_by("n") for i in parse_ranges(one.ranges)
    ]
    assert sealed_ids == sealed_ids
    assert gap not in sealed_ids


def test_many_entries_are_sealed_by_several_checkpoints(db, monkeypatch):
    monkeypatch.setattr("sessions_ui.audit.integrity.sealing.ENTRIES_PER_CHECKPOINT", 4)
    for _ in range(3):
        edit()
    made = seal_entries(key=SEAL_KEY)
    assert [seal.count for seal in made] == [4, 4, 1]
    assert verify().sealed == 9


def test_nothing_is_sealed_without_a_key_or_over_a_changed_entry(db):
    entry_id = edit()
    with pytest.raises(SealError, match="AUDIT_SEAL_KEY"):
        seal_entries(key="")
    AuditEntry.objects.filter(id=entry_id).update(ticket="changed")
    with pytest.raises(SealError, match=f"#{entry_id}"):
        seal_entries(key=SEAL_KEY)
    assert not AuditCheckpoint.objects.exists()


def test_no_entry_can_be_added_below_the_horizon_of_a_checkpoint(sealing, monkeypatch):
    last = edit() + 2
    monkeypatch.setattr("sessions_ui.audit.integrity.sealing.read_horizon", lambda: last + 5)
    seal_entries(key=SEAL_KEY)
    assert verify().sealed == 3
    insert_as(last + 3, like=last - 1)
    assert find_failure().entry_id == last + 3


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite's writers queue anyway")
@pytest.mark.django_db(transaction=True)
def test_the_horizon_waits_for_a_writer_that_has_an_id():
    """Else a seal could pass over an entry that is committed a moment later."""
    with not_yet_committed(intent) as drawn:
        waits(read_horizon)
    assert read_horizon() == drawn[0]
