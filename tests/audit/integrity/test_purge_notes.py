"""Test that entries may be missing under a signed note only."""

import json

import pytest
from django.db import connection, transaction
from django.utils import timezone

from sessions_ui.audit.integrity.checkpoints import Checkpoint
from sessions_ui.audit.integrity.errors import IntegrityFailure
from sessions_ui.audit.integrity.purge_notes import PURGED, last_purged_checkpoint
from sessions_ui.audit.integrity.triggers import (
    remove_triggers,
)
from sessions_ui.audit.log.record import record_note
from sessions_ui.domain.actor import SYSTEM
from sessions_ui.models import AuditCheckpoint, AuditEntry, AuditTerm, AuditValue
from sessions_ui.services.integrity.retention import plan_purge, purge_entries
from tests.integrity import (
    as_owner,
    verify,
)
from tests.keys import SEAL_KEY

pytestmark = pytest.mark.django_db


def purge(before, file):
    return purge_entries(plan=plan_purge(before), actor=SYSTEM, file=file)


def test_deleted_entries_without_a_note_are_missing(old_entries):
    _, sealed = old_entries
    AuditValue.objects.filter(entry_id__lte=sealed[0][-1]).delete()
    AuditTerm.objects.filter(entry_id__lte=sealed[0][-1]).delete()
    as_owner(lambda: AuditEntry.objects.filter(id__lte=sealed[0][-1]).delete())
    with pytest.raises(IntegrityFailure, match="missing") as raised:
        verify()
    assert raised.value.entry_id == sealed[0][0]


def fake(**changes):
    """A note as somebody can write it who has no key, from an honest one."""
    seal = Checkpoint.from_row(AuditCheckpoint.objects.get(n=2))
    facts = {"from_n": 1, "to_n": 2, "from_id": 1, "to_id": seal.last_id, "entries": 12}
    facts |= {"seal_hash": seal.hash.hex(), "sha256": "0" * 64, "key_id": seal.key_id}
    with transaction.atomic():
        record_note(
            actor=SYSTEM,
            action=PURGED,
            about=None,
            detail=facts | {"signature": "0" * 64} | changes,
        )


@pytest.mark.parametrize(
    "changes", [{}, {"signature": None}, {"to_n": "2"}, {"to_n": None}, {"seal_hash": []}]
)
def test_a_forged_note_has_no_effect(old_entries, changes):
    _, sealed = old_entries
    fake(**changes)
    assert last_purged_checkpoint(SEAL_KEY) == 0
    AuditTerm.objects.all().delete()
    AuditValue.objects.filter(entry_id__lte=sealed[1][-1]).delete()
    as_owner(lambda: AuditEntry.objects.filter(id__lte=sealed[1][-1]).delete())
    with pytest.raises(IntegrityFailure, match="missing") as raised:
        verify()
    assert raised.value.entry_id == sealed[0][0]


def test_a_signed_note_cannot_be_extended(old_entries, tmp_path):
    """Its facts are signed: another reach, or the note of another record, counts for nothing."""
    border, _ = old_entries
    purge(border, tmp_path / "old.jsonl")
    facts = json.loads(AuditEntry.objects.get(action=PURGED).detail)
    assert last_purged_checkpoint(SEAL_KEY) == 2
    assert last_purged_checkpoint("another key") == 0
    fake(**facts | {"to_n": 3})
    assert last_purged_checkpoint(SEAL_KEY) == 2
    remove_triggers(connection)
    AuditCheckpoint.objects.filter(n=2).update(sealed_at=timezone.now())
    assert last_purged_checkpoint(SEAL_KEY) == 0


def test_an_unreadable_note_has_no_effect_and_breaks_no_page(old_entries, client, carol):
    fake()
    remove_triggers(connection)
    AuditEntry.objects.filter(action=PURGED).update(detail="{")
    assert last_purged_checkpoint(SEAL_KEY) == 0
    client.force_login(carol)
    assert client.get("/audit/evidence/").status_code == 200
