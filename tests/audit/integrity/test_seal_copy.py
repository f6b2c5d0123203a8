"""Test the copy of the checkpoints: how it is written, and what a comparison with it finds."""

import json

import pytest

from sessions_ui.audit.integrity.seal_copy import last_copied, update_copy
from sessions_ui.audit.integrity.sealing import seal_entries
from sessions_ui.models import AuditCheckpoint, AuditEntry
from tests.integrity import (
    entry_ids,
    find_failure,
    verify,
)
from tests.keys import SEAL_KEY
from tests.tamper.tools import forget, rehash

pytestmark = pytest.mark.django_db


def test_the_copy_has_one_json_line_per_checkpoint_and_catches_up(sealed):
    sealed_ids, _, copy = sealed
    lines = [json.loads(line) for line in copy.read_text().splitlines()]
    assert [line["n"] for line in lines] == [1, 2, 3]
    assert update_copy(copy) == 0
    seal_entries(key=SEAL_KEY)
    seal_entries(key=SEAL_KEY)
    assert update_copy(copy) == 2
    assert verify(copy).checkpoints == 5


def test_only_the_end_of_a_long_copy_is_read(sealed, monkeypatch):
    copy = sealed[2]
    longest = max(map(len, copy.read_bytes().splitlines()))
    monkeypatch.setattr("sessions_ui.audit.integrity.seal_copy.LONGEST_LINE", longest + 5)
    assert last_copied(copy) == 3
    copy.write_text("")
    assert last_copied(copy) == 0
    copy.write_text('{"n": 4')
    with pytest.raises(ValueError, match="delimiter"):
        last_copied(copy)


def test_only_the_copy_reveals_a_cut_off_end(sealed):
    sealed_ids, _, copy = sealed
    last = AuditCheckpoint.objects.get(n=3)
    forget(last.first_id, entry_ids()[-1])
    last.delete()
    assert verify().checkpoints == 2  # nothing inside the database shows it
    failure = find_failure(copy)
    assert failure.entry_id == last.first_id
    assert "missing in the database" in str(failure)


def test_the_copy_reveals_a_chain_that_was_signed_again_with_the_key(sealed):
    """With the key all of the inside can be made to agree; the copy elsewhere cannot."""
    sealed_ids, _, copy = sealed
    AuditEntry.objects.filter(id=sealed_ids[0]).update(ticket="x")
    rehash(sealed_ids[0])
    AuditCheckpoint.objects.all().delete()
    seal_entries(key=SEAL_KEY)
    assert verify().checkpoints == 1
    assert "not the one that was copied" in str(find_failure(copy))


@pytest.mark.parametrize("text", ["not json\n", '{"n": 1}\n', "[]\n", ""])
def test_a_file_that_is_no_copy_fails(sealed, text):
    sealed[2].write_text(text)
    assert find_failure(sealed[2])


def test_a_copy_may_lack_one_checkpoint_but_not_two(sealed):
    copy = sealed[2]
    seal_entries(key=SEAL_KEY)
    assert verify(copy).checkpoints == 4
    seal_entries(key=SEAL_KEY)
    assert "lacks the last 2" in str(find_failure(copy))
