"""Test that whole checkpoints are purged, after they were archived and noted, and nothing else."""

import json
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from sessions_ui.audit.integrity.archive import verify_archive
from sessions_ui.audit.integrity.errors import IntegrityFailure
from sessions_ui.audit.integrity.purge_notes import PURGED
from sessions_ui.audit.integrity.triggers import (
    missing_triggers,
    remove_triggers,
)
from sessions_ui.domain.actor import SYSTEM
from sessions_ui.models import AuditCheckpoint, AuditEntry, AuditTerm, AuditValue, Edit, Flag, Kind
from sessions_ui.services.integrity import retention
from sessions_ui.services.integrity.retention import finish_purge, plan_purge, purge_entries
from tests.audit.authors import KEY
from tests.integrity import (
    as_owner,
    checkpoints,
    tamper,
    verify,
)

pytestmark = pytest.mark.django_db


def purge(before, file):
    return purge_entries(plan=plan_purge(before), actor=SYSTEM, file=file)


def test_a_plan_names_whole_old_checkpoints_and_changes_nothing(old_entries):
    border, sealed = old_entries
    plan = plan_purge(border)
    assert (plan.checkpoints, plan.entries) == ((1, 2), 12)
    assert (plan.first_id, plan.last_id) == (sealed[0][0], sealed[1][-1])
    inside = AuditEntry.objects.get(id=sealed[1][3]).ts
    assert plan_purge(inside).checkpoints == (1, 1)
    assert plan_purge(AuditEntry.objects.get(id=sealed[0][0]).ts).checkpoints is None
    assert AuditEntry.objects.count() == 19


def test_unsealed_entries_are_never_purged(old_entries):
    assert plan_purge(timezone.now() + timedelta(days=1)).checkpoints == (1, 3)


def test_an_edit_under_way_and_all_later_entries_stay(old_entries):
    border, sealed = old_entries
    now = timezone.now()
    Edit.objects.create(
        entry_id=sealed[1][0], session_key=KEY, actor_id=1, changes={}, state="unknown",
        created_at=now, lease_until=now,
    )  # fmt: skip
    plan = plan_purge(border)
    assert (plan.checkpoints, plan.held_by) == ((1, 1), sealed[1][0])


def test_entries_are_deleted_with_related_rows_and_checkpoints_stay(old_entries, sealing, tmp_path):
    border, sealed = old_entries
    gone = sealed[0] + sealed[1]
    now = timezone.now()
    Flag.objects.create(entry_id=gone[0], cause="x", session_key=KEY, raised_at=now)
    Edit.objects.create(
        entry_id=gone[0], session_key=KEY, actor_id=1, changes={}, state="confirmed",
        created_at=now, lease_until=now,
    )  # fmt: skip
    kept = purge(border, tmp_path / "old.jsonl")
    assert kept.entries == 12
    for model in (AuditValue, AuditTerm, Edit, Flag):
        assert not model.objects.filter(entry_id__in=gone).exists()
    assert not AuditEntry.objects.filter(id__in=gone).exists()
    assert AuditEntry.objects.filter(id__in=sealed[2]).count() == 6
    assert AuditCheckpoint.objects.count() == 4
    report = verify(sealing)
    assert (report.purged, report.sealed) == (12, 8)
    assert missing_triggers(connection) == []


def test_the_note_names_what_was_purged_and_is_sealed_at_once(old_entries, tmp_path):
    border, sealed = old_entries
    kept = purge(border, tmp_path / "old.jsonl")
    note = AuditEntry.objects.get(action=PURGED)
    detail = json.loads(note.detail)
    assert (note.kind, note.op) == (Kind.NOTE, None)
    assert (detail["from_n"], detail["to_n"], detail["entries"]) == (1, 2, 12)
    assert (detail["from_id"], detail["to_id"]) == (sealed[0][0], sealed[1][-1])
    assert (detail["sha256"], detail["file"]) == (kept.sha256, "old.jsonl")
    assert AuditCheckpoint.objects.order_by("-n").first().last_id >= note.id
    manifest = json.loads((tmp_path / "old.jsonl.manifest.json").read_text())
    assert manifest == detail


def test_managers_read_what_was_purged(old_entries, tmp_path, client, carol):
    purge(old_entries[0], tmp_path / "old.jsonl")
    note = AuditEntry.objects.get(action=PURGED)
    client.force_login(carol)
    assert "took sealed entries out" in client.get(f"/audit/{note.id}/").content.decode()
    assert client.get(f"/audit/{old_entries[1][0][0]}/").status_code == 404
    html = client.get("/audit/evidence/").content.decode()
    assert "12</span> taken out on record" not in html
    assert f'href="/audit/{note.id}/"' in html
    assert "old.jsonl" in html
    call_command("audit_verify")
    assert "12</span> taken out on record" in client.get("/audit/evidence/").content.decode()


def test_a_second_purge_continues_where_the_first_ended(old_entries, tmp_path):
    border, sealed = old_entries
    purge(AuditEntry.objects.get(id=sealed[1][0]).ts, tmp_path / "1.jsonl")
    assert plan_purge(border).checkpoints == (2, 2)
    purge(border, tmp_path / "2.jsonl")
    assert verify().purged == 12
    assert plan_purge(border).checkpoints is None


def test_the_archive_has_the_entries_as_they_were_sealed(old_entries, tmp_path):
    border, sealed = old_entries
    sealed_under = checkpoints(n__lte=2)
    hashes = dict(AuditEntry.objects.values_list("id", "hash"))
    file = tmp_path / "old.jsonl"
    kept = purge(border, file)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    rows = [line for line in lines if "seal" not in line]
    assert [row["id"] for row in rows] == sealed[0] + sealed[1]
    assert all(row["hash"] == bytes(hashes[row["id"]]).hex() for row in rows)
    assert datetime.fromisoformat(rows[0]["ts"]).tzinfo
    assert "647-555" not in file.read_text()
    assert verify_archive(file, sealed_under) == kept


def test_nothing_is_purged_if_the_file_exists(old_entries, tmp_path):
    file = tmp_path / "old.jsonl"
    file.write_text("precious")
    with pytest.raises(FileExistsError):
        purge(old_entries[0], file)
    assert file.read_text() == "precious"
    assert AuditEntry.objects.count() == 19


def test_nothing_is_purged_if_the_verification_fails(old_entries, tmp_path):
    border, sealed = old_entries
    tamper(sealed[0][1])
    with pytest.raises(IntegrityFailure) as raised:
        purge(border, tmp_path / "old.jsonl")
    assert raised.value.entry_id == sealed[0][1]
    assert AuditEntry.objects.count() == 19
    assert not (tmp_path / "old.jsonl").exists()


def test_nothing_is_signed_without_the_right_to_delete(old_entries, tmp_path, monkeypatch):
    def refused(_):
        raise DatabaseError("must be owner of table audit_entry")

    monkeypatch.setattr(retention, "allow_deletes", refused)
    options = {"before": old_entries[0], "yes": True, "output": tmp_path / "old.jsonl"}
    with pytest.raises(CommandError, match="must own the tables"):
        call_command("audit_purge", **options)
    assert not AuditEntry.objects.filter(action=PURGED).exists()
    assert not (tmp_path / "old.jsonl").exists()


def test_the_remaining_entries_are_still_verified(old_entries, tmp_path):
    border, sealed = old_entries
    purge(border, tmp_path / "old.jsonl")
    remove_triggers(connection)
    AuditEntry.objects.filter(id=sealed[2][2]).update(ticket="x")
    with pytest.raises(IntegrityFailure) as raised:
        verify()
    assert raised.value.entry_id == sealed[2][2]


def test_a_checkpoint_whose_entries_are_purged_in_part_fails(old_entries, tmp_path, monkeypatch):
    """Signed away or not: half a seal is tampering."""
    border, sealed = old_entries
    monkeypatch.setattr(retention, "finish_purge", lambda _: 0)
    purge(border, tmp_path / "old.jsonl")
    assert verify().purged == 0  # all of it is there still
    AuditValue.objects.filter(entry_id=sealed[1][1]).delete()
    as_owner(lambda: AuditEntry.objects.filter(id=sealed[1][1]).delete())
    with pytest.raises(IntegrityFailure, match="missing") as raised:
        verify()
    assert raised.value.entry_id == sealed[1][1]


def test_a_value_of_a_purged_entry_is_found(old_entries, tmp_path):
    border, sealed = old_entries
    purge(border, tmp_path / "old.jsonl")
    AuditValue.objects.create(entry_id=sealed[0][0], field="sms.to", side=0, salt=b"", value="x")
    with pytest.raises(IntegrityFailure) as raised:
        verify()
    assert raised.value.entry_id == sealed[0][0]


def test_the_triggers_are_in_place_after_a_purge(old_entries, tmp_path):
    purge(old_entries[0], tmp_path / "old.jsonl")
    assert missing_triggers(connection) == []
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.all().delete()


class Unplugged(Exception):
    """Something fails in the middle."""


def test_an_interrupted_purge_is_finished(old_entries, tmp_path, monkeypatch):
    border, sealed = old_entries
    monkeypatch.setattr(retention, "ENTRIES_PER_TRANSACTION", 6)
    deleted = []

    def unplugged(count):
        deleted.append(count)
        if len(deleted) == 3:  # two for the file, one for the first seal's entries
            raise Unplugged

    with pytest.raises(Unplugged):
        purge_entries(
            plan=plan_purge(border), actor=SYSTEM, file=tmp_path / "1.jsonl", progress=unplugged
        )
    assert missing_triggers(connection) == []
    assert AuditEntry.objects.filter(id__lte=sealed[1][-1]).count() == 6
    verify()
    assert plan_purge(border).left == 6
    finish_purge()
    assert verify().purged == 12
    assert not AuditTerm.objects.filter(entry_id__lte=sealed[1][-1]).exists()
