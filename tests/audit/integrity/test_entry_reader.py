"""Test that entries read by the thousand are all there, with their own hashes."""

import pytest
from django.db import connection

from sessions_ui.audit.integrity import entry_reader as stored
from sessions_ui.audit.integrity.entry_reader import Batch, read_batches
from sessions_ui.audit.log.canonical import COLUMNS, row_hash
from sessions_ui.models import AuditEntry
from tests.audit.authors import PHONE, edit, intent
from tests.audit.log.test_canonical import EXPECTED, ROW

pytestmark = pytest.mark.django_db


def ids_of(found):
    return [id_ for batch in found for id_ in batch.ids]


@pytest.mark.parametrize("at_once", [1, 2, 3, 7, 100])
def test_each_entry_is_read_once_and_in_order(at_once):
    for _ in range(3):
        edit()
    known = list(AuditEntry.objects.order_by("id").values_list("id", flat=True))
    assert ids_of(read_batches(None, None, at_once)) == known
    assert ids_of(read_batches(known[1], known[-2], at_once)) == known[2:-1]
    assert ids_of(read_batches(known[-1])) == []


def test_a_known_row_has_its_known_hash():
    AuditEntry.objects.create(**ROW, hash=bytes.fromhex(EXPECTED))
    (batch,) = read_batches(None)
    assert batch.hashes == [bytes.fromhex(EXPECTED)]
    assert not batch.wrong


@pytest.mark.parametrize("microsecond", [0, 1, 120000, 999999])
def test_a_moment_is_read_with_any_fraction_of_a_second(microsecond):
    row = ROW | {"ts": ROW["ts"].replace(microsecond=microsecond)}
    right = stored.row_hash(row[name] for name in stored._NAMES)
    AuditEntry.objects.create(**row, hash=right)
    (batch,) = read_batches(None)
    assert not batch.wrong


def test_raw_rows_have_the_hashes_of_the_model_s_rows():
    edit(PHONE, ticket="T-4821", note="wrong number, says the customer")
    intent({"vehicle.make": ("", "Škoda \N{AUTOMOBILE}")})
    (batch,) = read_batches(None)
    entries = AuditEntry.objects.order_by("id")
    assert len(batch.ids) == 4
    assert batch.hashes == [row_hash(getattr(e, name) for name in COLUMNS[e.hv]) for e in entries]
    assert not batch.wrong


def test_only_an_entry_that_differs_from_its_hash_is_wrong():
    first, second, third = intent(), intent(), intent()
    AuditEntry.objects.filter(id=second).update(ticket="x")
    (batch,) = read_batches(None)
    assert batch.wrong == {second}
    assert batch.ids == [first, second, third]


def test_an_unknown_hash_version_is_wrong():
    entry_id = intent()
    AuditEntry.objects.filter(id=entry_id).update(hv=99)
    (batch,) = read_batches(None)
    assert batch.wrong == {entry_id}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps the types of columns")
def test_only_an_entry_that_the_driver_cannot_read_is_wrong():
    before, broken, after = intent(), intent(), intent()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE audit_entry SET ticket = CAST(x'ff' AS TEXT) WHERE id = %s", [broken]
        )
    (batch,) = read_batches(None)
    assert batch.ids == [before, broken, after]
    assert batch.wrong == {broken}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps moments as text")
def test_an_infinite_moment_is_wrong():
    entry_id = intent()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entry SET ts = 'infinity' WHERE id = %s", [entry_id])
    (batch,) = read_batches(None)
    assert batch.wrong == {entry_id}


def test_a_batch_is_split_and_joined_without_loss():
    edit(PHONE)
    edit()
    (batch,) = read_batches(None)
    for last in (batch.ids[0] - 1, *batch.ids):
        head, tail = batch.split(last)
        assert (head.plus(tail)) == batch
        assert all(id_ <= last for id_, _ in head.committed)
    assert Batch().plus(batch) == batch
