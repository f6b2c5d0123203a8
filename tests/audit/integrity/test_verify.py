"""Test that the whole audit is verified, and that any tampering is found and named."""

import random
import traceback
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from sessions_ui.audit.integrity.errors import IntegrityFailure
from sessions_ui.audit.integrity.verify import Scope, verify_entries
from sessions_ui.models import AuditCheckpoint, AuditEntry, AuditValue
from tests.audit.authors import (
    undone,
)
from tests.integrity import (
    entry_ids,
    find_failure,
    sign_again,
    verify,
)
from tests.tamper.tools import insert_as, rehash, swap

pytestmark = pytest.mark.django_db


def test_an_untouched_audit_is_verified(sealed):
    sealed_ids, _, copy = sealed
    report = verify(copy)
    assert (report.checkpoints, report.sealed, report.unsealed) == (3, len(sealed_ids), 2)
    assert report.copied
    assert report.newest.last_id == sealed_ids[-1]


def test_an_empty_audit_is_verified(sealing):
    report = verify()
    assert (report.checkpoints, report.sealed, report.unsealed, report.newest) == (0, 0, 0, None)


def test_since_leaves_out_old_entries_but_not_their_checkpoints(sealed):
    sealed_ids, _, copy = sealed
    tomorrow = timezone.now() + timedelta(days=1)
    AuditEntry.objects.filter(id=sealed_ids[0]).update(ticket="changed")
    assert verify(copy, scope=Scope(since=tomorrow)).sealed == 0
    AuditCheckpoint.objects.filter(n=1).update(count=1)
    with pytest.raises(IntegrityFailure, match="Checkpoint 1"):
        verify(copy, scope=Scope(since=tomorrow))


def test_the_audit_is_verified_after_a_personal_value_was_erased(sealed):
    AuditValue.objects.all().delete()
    assert verify(sealed[2]).sealed == len(sealed[0])


def test_a_checkpoint_that_was_signed_again_does_not_fit_the_next(sealed):
    sign_again(1, sealed_at=timezone.now() - timedelta(days=9))
    assert "does not follow checkpoint 1" in str(find_failure())


def test_a_change_of_an_unsealed_entry_is_found(sealed):
    last = entry_ids()[-1]
    AuditEntry.objects.filter(id=last).update(reason_note="changed")
    assert find_failure().entry_id == last


@pytest.mark.parametrize(
    ("n", "change"),
    [
        (1, {"count": 1}),
        (1, {"ranges": "1-2"}),
        (2, {"last_id": 999}),
        (3, {"merkle_root": bytes(32)}),
        (3, {"prev_hash": bytes(32)}),
        (3, {"signature": bytes(32)}),
        (1, {"key_id": "0" * 16}),
        (2, {"sealed_at": timezone.now() - timedelta(days=9)}),
    ],
)
def test_a_changed_checkpoint_is_found(sealed, n, change):
    AuditCheckpoint.objects.filter(n=n).update(**change)
    assert f"Checkpoint {n}" in str(find_failure())


@pytest.mark.parametrize("n", [1, 2])
def test_a_removed_checkpoint_is_found(sealed, n):
    AuditCheckpoint.objects.filter(n=n).delete()
    assert f"Checkpoint {n} is missing" in str(find_failure())


def test_renumbered_checkpoints_are_found(sealed):
    AuditCheckpoint.objects.filter(n=1).delete()
    AuditCheckpoint.objects.filter(n=2).update(n=1)
    AuditCheckpoint.objects.filter(n=3).update(n=2)
    assert "Checkpoint 1" in str(find_failure())


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps the types of columns")
@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("audit_entry", "op_key = 'x'"),
        ("audit_entry", "ts = 'x'"),
        ("audit_entry", "kind = 1.5"),
        ("audit_entry", "body = x'ff'"),
        ("audit_checkpoint", "sealed_at = 'x'"),
        ("audit_checkpoint", "first_id = 'x'"),
    ],
)
def test_an_unreadable_row_fails_and_releases_the_database(sealed, table, change):
    with connection.cursor() as cursor:
        first = f"(SELECT MIN(rowid) FROM {table})"  # noqa: S608
        cursor.execute(f"UPDATE {table} SET {change} WHERE rowid = {first}")  # noqa: S608
    failure, frames = find_failure(), []
    cause = failure.__cause__ or failure.__context__
    while cause:
        frames += traceback.walk_tb(cause.__traceback__)
        cause = cause.__cause__ or cause.__context__
    assert not frames


def test_another_key_and_no_key_fail(sealed):
    with pytest.raises(IntegrityFailure, match="another key"):
        verify_entries(key="another")
    with pytest.raises(IntegrityFailure, match="AUDIT_SEAL_KEY"):
        verify_entries(key="")


def test_the_first_entry_of_any_tampering_is_named(sealed):
    """A hundred at random: change, remove, insert, swap, recompute the hash."""
    sealed_ids, gap, copy = sealed
    chance = random.Random(20261123)  # noqa: S311
    for _ in range(100):
        with undone():
            victim = chance.choice(sealed_ids)
            deed = chance.choice(["change", "remove", "insert", "swap", "rehash"])
            if deed == "change":
                AuditEntry.objects.filter(id=victim).update(error_code=f"x{chance.random()}")
            elif deed == "remove":
                AuditEntry.objects.filter(id=victim).delete()
            elif deed == "insert":
                victim = gap
                insert_as(gap, like=sealed_ids[1])
            elif deed == "swap":
                other = chance.choice([i for i in sealed_ids if i != victim])
                swap(victim, other)
                victim = min(victim, other)
            else:
                AuditEntry.objects.filter(id=victim).update(request_id=f"x{chance.random()}")
                rehash(victim)
            assert find_failure(copy).entry_id == victim, deed


def test_verification_can_begin_after_a_checkpoint(sealed):
    sealed_ids, _, copy = sealed
    last = AuditCheckpoint.objects.get(n=3)
    AuditEntry.objects.filter(id=sealed_ids[0]).update(ticket="x")
    assert verify(copy, scope=Scope(past=2)).sealed == sum(
        id_ >= last.first_id for id_ in sealed_ids
    )
    assert verify(copy, scope=Scope(past=3)).sealed == 0
    AuditEntry.objects.filter(id=sealed_ids[-1]).update(ticket="x")
    with pytest.raises(IntegrityFailure) as raised:
        verify(copy, scope=Scope(past=2))
    assert raised.value.entry_id == sealed_ids[-1]


def test_the_checkpoint_to_begin_after_is_verified(sealed):
    sign_again(2, sealed_at=timezone.now() - timedelta(days=9))
    with pytest.raises(IntegrityFailure, match="does not follow checkpoint 2"):
        verify(scope=Scope(past=2))
    AuditCheckpoint.objects.filter(n=3).update(count=1)
    with pytest.raises(IntegrityFailure, match="not as it was signed"):
        verify(scope=Scope(past=3))
    AuditCheckpoint.objects.filter(n=3).delete()
    with pytest.raises(IntegrityFailure, match="Checkpoint 3 is missing"):
        verify(scope=Scope(past=3))
