"""Test what the page of one entry says of its integrity."""

import pytest

from sessions_ui.audit.integrity.verify_entry import verify_entry
from sessions_ui.models import AuditEntry
from tests.integrity import entry_ids
from tests.tamper.tools import rehash

pytestmark = pytest.mark.django_db


def test_an_entry_is_compared_with_its_hash_and_its_checkpoint(sealed):
    sealed_ids, _, _ = sealed
    fresh = verify_entry(AuditEntry.objects.get(id=entry_ids()[-1]))
    assert (fresh.agrees, fresh.checkpoint) == (True, None)
    entry = AuditEntry.objects.get(id=sealed_ids[-1])
    assert verify_entry(entry).agrees
    assert verify_entry(entry).checkpoint.n == 3
    AuditEntry.objects.filter(id=entry.id).update(ticket="x")
    assert not verify_entry(AuditEntry.objects.get(id=entry.id)).agrees
    rehash(entry.id)
    assert not verify_entry(AuditEntry.objects.get(id=entry.id)).agrees
