"""Retention: whole sealed ranges go, exported and on record; nothing else can."""

import json
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from sessions_ui.audit.integrity.archive import verify_archive, write_archive
from sessions_ui.audit.integrity.checkpoints import Checkpoint
from sessions_ui.audit.integrity.errors import IntegrityFailure
from sessions_ui.audit.integrity.purge_notes import PURGED, last_purged_checkpoint
from sessions_ui.audit.integrity.seal_copy import update_copy
from sessions_ui.audit.integrity.sealing import seal_entries
from sessions_ui.audit.integrity.triggers import (
    allow_deletes,
    install_triggers,
    missing_triggers,
    remove_triggers,
)
from sessions_ui.audit.integrity.verify import verify_entries
from sessions_ui.audit.log.record import record_note
from sessions_ui.domain.actor import SYSTEM
from sessions_ui.models import AuditCheckpoint, AuditEntry, AuditTerm, AuditValue, Edit, Flag, Kind
from sessions_ui.services.integrity import retention as purging
from sessions_ui.services.integrity.retention import finish_purge, plan_purge, purge_entries
from tests.audit.authors import KEY, PHONE, edit, intent
from tests.keys import SEAL_KEY

pytestmark = pytest.mark.django_db


def make_old_entries(copy):
    """Three checkpoints over two edits each, with a copy, and an edit that is not sealed. Gives the
    moment between the second checkpoint and the third, and the sealed ids by checkpoint."""
    sealed = []
    for _ in range(3):
        first = edit(PHONE)
        last = edit() + 2
        seal_entries(key=SEAL_KEY)
        sealed.append(list(range(first, last + 1)))
    intent()
    update_copy(copy)
    border = AuditEntry.objects.get(id=sealed[2][0]).ts
    return border, sealed


@pytest.fixture
def old(sealing, protected):
    """Old entries, and the triggers in place."""
    return make_old_entries(sealing)


def purge(before, file):
    return purge_entries(plan=plan_purge(before), actor=SYSTEM, file=file)


def prove(copy=None):
    return verify_entries(key=SEAL_KEY, copy=copy)


def thawed(work):
    """What someone does who owns the tables."""
    with transaction.atomic(), allow_deletes(connection):
        work()


def tamper(entry_id):
    """By the tables' owner, who leaves no trace in the triggers."""
    remove_triggers(connection)
    AuditEntry.objects.filter(id=entry_id).update(ticket="x")
    install_triggers(connection)


# --- what goes -----------------------------------------------------------------------------------


def test_a_plan_names_whole_old_seals_and_changes_nothing(old):
    border, sealed = old
    plan = plan_purge(border)
    assert (plan.checkpoints, plan.entries) == ((1, 2), 12)
    assert (plan.first_id, plan.last_id) == (sealed[0][0], sealed[1][-1])
    inside = AuditEntry.objects.get(id=sealed[1][3]).ts
    assert plan_purge(inside).checkpoints == (1, 1)
    assert plan_purge(AuditEntry.objects.get(id=sealed[0][0]).ts).checkpoints is None
    assert AuditEntry.objects.count() == 19


def test_what_is_not_sealed_never_goes(old):
    assert plan_purge(timezone.now() + timedelta(days=1)).checkpoints == (1, 3)


def test_what_is_under_way_stays_with_all_that_came_after_it(old):
    border, sealed = old
    now = timezone.now()
    Edit.objects.create(
        entry_id=sealed[1][0], session_key=KEY, actor_id=1, changes={}, state="unknown",
        created_at=now, lease_until=now,
    )  # fmt: skip
    plan = plan_purge(border)
    assert (plan.checkpoints, plan.held_by) == ((1, 1), sealed[1][0])


def test_entries_go_with_all_that_stands_beside_them_and_seals_stay(old, sealing, tmp_path):
    border, sealed = old
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
    report = prove(sealing)
    assert (report.purged, report.sealed) == (12, 8)
    assert missing_triggers(connection) == []


def test_the_note_tells_what_went_and_is_sealed_at_once(old, tmp_path):
    border, sealed = old
    kept = purge(border, tmp_path / "old.jsonl")
    note = AuditEntry.objects.get(action=PURGED)
    told = json.loads(note.detail)
    assert (note.kind, note.op) == (Kind.NOTE, None)
    assert (told["from_n"], told["to_n"], told["entries"]) == (1, 2, 12)
    assert (told["from_id"], told["to_id"]) == (sealed[0][0], sealed[1][-1])
    assert (told["sha256"], told["file"]) == (kept.sha256, "old.jsonl")
    assert AuditCheckpoint.objects.order_by("-n").first().last_id >= note.id
    manifest = json.loads((tmp_path / "old.jsonl.manifest.json").read_text())
    assert manifest == told


def test_a_manager_reads_what_went(old, tmp_path, client, carol):
    purge(old[0], tmp_path / "old.jsonl")
    note = AuditEntry.objects.get(action=PURGED)
    client.force_login(carol)
    assert "took sealed entries out" in client.get(f"/audit/{note.id}/").content.decode()
    assert client.get(f"/audit/{old[1][0][0]}/").status_code == 404
    html = client.get("/audit/evidence/").content.decode()
    assert "12</span> taken out on record" not in html
    assert f'href="/audit/{note.id}/"' in html
    assert "old.jsonl" in html
    call_command("audit_verify")
    assert "12</span> taken out on record" in client.get("/audit/evidence/").content.decode()


def test_a_second_purge_goes_on_where_the_first_ended(old, tmp_path):
    border, sealed = old
    purge(AuditEntry.objects.get(id=sealed[1][0]).ts, tmp_path / "1.jsonl")
    assert plan_purge(border).checkpoints == (2, 2)
    purge(border, tmp_path / "2.jsonl")
    assert prove().purged == 12
    assert plan_purge(border).checkpoints is None


# --- the file ------------------------------------------------------------------------------------


def test_the_file_holds_the_entries_as_they_were_sealed(old, tmp_path):
    border, sealed = old
    seals = [
        Checkpoint.from_row(one) for one in AuditCheckpoint.objects.filter(n__lte=2).order_by("n")
    ]
    hashes = dict(AuditEntry.objects.values_list("id", "hash"))
    file = tmp_path / "old.jsonl"
    kept = purge(border, file)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    rows = [line for line in lines if "seal" not in line]
    assert [row["id"] for row in rows] == sealed[0] + sealed[1]
    assert all(row["hash"] == bytes(hashes[row["id"]]).hex() for row in rows)
    assert datetime.fromisoformat(rows[0]["ts"]).tzinfo
    assert "647-555" not in file.read_text()
    assert verify_archive(file, seals) == kept


@pytest.mark.parametrize("change", ["ticket", "swap", "cut", "more", "seal", "words"])
def test_a_file_that_was_touched_is_not_taken_for_whole(old, tmp_path, change):
    seals = [
        Checkpoint.from_row(one) for one in AuditCheckpoint.objects.filter(n__lte=2).order_by("n")
    ]
    file = tmp_path / "old.jsonl"
    write_archive(file, seals, lambda _: None)
    lines = file.read_text().splitlines(keepends=True)
    if change == "ticket":
        lines[2] = lines[2].replace('"ticket":""', '"ticket":"x"')
    elif change == "swap":
        lines[1], lines[2] = lines[2], lines[1]
    elif change == "cut":
        lines.pop()
    elif change == "more":
        lines.append(lines[-1])
    elif change == "seal":
        lines[0] = lines[0].replace('"count":6', '"count":7')
    else:
        lines[3] = "words\n"
    file.write_text("".join(lines))
    with pytest.raises(IntegrityFailure):
        verify_archive(file, seals)


def test_nothing_goes_when_the_file_is_there_already(old, tmp_path):
    file = tmp_path / "old.jsonl"
    file.write_text("precious")
    with pytest.raises(FileExistsError):
        purge(old[0], file)
    assert file.read_text() == "precious"
    assert AuditEntry.objects.count() == 19


def test_nothing_goes_when_the_record_is_in_doubt(old, tmp_path):
    border, sealed = old
    tamper(sealed[0][1])
    with pytest.raises(IntegrityFailure) as found:
        purge(border, tmp_path / "old.jsonl")
    assert found.value.entry_id == sealed[0][1]
    assert AuditEntry.objects.count() == 19
    assert not (tmp_path / "old.jsonl").exists()


def test_nothing_is_signed_by_who_may_not_delete(old, tmp_path, monkeypatch):
    def refused(_):
        raise DatabaseError("must be owner of table audit_entry")

    monkeypatch.setattr(purging, "allow_deletes", refused)
    options = {"before": old[0], "yes": True, "output": tmp_path / "old.jsonl"}
    with pytest.raises(CommandError, match="must own the tables"):
        call_command("audit_purge", **options)
    assert not AuditEntry.objects.filter(action=PURGED).exists()
    assert not (tmp_path / "old.jsonl").exists()


# --- what is still found -------------------------------------------------------------------------


def test_sealed_entries_that_go_without_a_note_are_missing(old):
    _, sealed = old
    AuditValue.objects.filter(entry_id__lte=sealed[0][-1]).delete()
    AuditTerm.objects.filter(entry_id__lte=sealed[0][-1]).delete()
    thawed(lambda: AuditEntry.objects.filter(id__lte=sealed[0][-1]).delete())
    with pytest.raises(IntegrityFailure, match="missing") as found:
        prove()
    assert found.value.entry_id == sealed[0][0]


def fake(**changes):
    """A note as somebody can write it who has no key, from an honest one."""
    seal = Checkpoint.from_row(AuditCheckpoint.objects.get(n=2))
    told = {"from_n": 1, "to_n": 2, "from_id": 1, "to_id": seal.last_id, "entries": 12}
    told |= {"seal_hash": seal.hash.hex(), "sha256": "0" * 64, "key_id": seal.key_id}
    with transaction.atomic():
        record_note(
            actor=SYSTEM, action=PURGED, about=None, detail=told | {"signature": "0" * 64} | changes
        )


@pytest.mark.parametrize(
    "changes", [{}, {"signature": None}, {"to_n": "2"}, {"to_n": None}, {"seal_hash": []}]
)
def test_a_faked_note_lets_nothing_go(old, changes):
    _, sealed = old
    fake(**changes)
    assert last_purged_checkpoint(SEAL_KEY) == 0
    AuditTerm.objects.all().delete()
    AuditValue.objects.filter(entry_id__lte=sealed[1][-1]).delete()
    thawed(lambda: AuditEntry.objects.filter(id__lte=sealed[1][-1]).delete())
    with pytest.raises(IntegrityFailure, match="missing") as found:
        prove()
    assert found.value.entry_id == sealed[0][0]


def test_an_honest_note_cannot_be_stretched(old, tmp_path):
    """Its facts are signed: another reach, or the note of another record, counts for nothing."""
    border, _ = old
    purge(border, tmp_path / "old.jsonl")
    told = json.loads(AuditEntry.objects.get(action=PURGED).detail)
    assert last_purged_checkpoint(SEAL_KEY) == 2
    assert last_purged_checkpoint("another key") == 0
    fake(**told | {"to_n": 3})
    assert last_purged_checkpoint(SEAL_KEY) == 2
    remove_triggers(connection)
    AuditCheckpoint.objects.filter(n=2).update(sealed_at=timezone.now())
    assert last_purged_checkpoint(SEAL_KEY) == 0


def test_a_note_that_cannot_be_read_lets_nothing_go_and_breaks_no_page(old, client, carol):
    fake()
    remove_triggers(connection)
    AuditEntry.objects.filter(action=PURGED).update(detail="{")
    assert last_purged_checkpoint(SEAL_KEY) == 0
    client.force_login(carol)
    assert client.get("/audit/evidence/").status_code == 200


def test_what_is_left_is_still_proved(old, tmp_path):
    border, sealed = old
    purge(border, tmp_path / "old.jsonl")
    remove_triggers(connection)
    AuditEntry.objects.filter(id=sealed[2][2]).update(ticket="x")
    with pytest.raises(IntegrityFailure) as found:
        prove()
    assert found.value.entry_id == sealed[2][2]


def test_a_purged_range_is_gone_as_a_whole_or_not_at_all(old, tmp_path, monkeypatch):
    """Signed away or not: half a seal is tampering."""
    border, sealed = old
    monkeypatch.setattr(purging, "finish_purge", lambda _: 0)
    purge(border, tmp_path / "old.jsonl")
    assert prove().purged == 0  # all of it is there still
    AuditValue.objects.filter(entry_id=sealed[1][1]).delete()
    thawed(lambda: AuditEntry.objects.filter(id=sealed[1][1]).delete())
    with pytest.raises(IntegrityFailure, match="missing") as found:
        prove()
    assert found.value.entry_id == sealed[1][1]


def test_a_value_left_behind_is_found(old, tmp_path):
    border, sealed = old
    purge(border, tmp_path / "old.jsonl")
    AuditValue.objects.create(entry_id=sealed[0][0], field="sms.to", side=0, salt=b"", value="x")
    with pytest.raises(IntegrityFailure) as found:
        prove()
    assert found.value.entry_id == sealed[0][0]


# --- the triggers --------------------------------------------------------------------------------


def test_the_triggers_stand_again_afterwards(old, tmp_path):
    purge(old[0], tmp_path / "old.jsonl")
    assert missing_triggers(connection) == []
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.all().delete()


class Unplugged(Exception):
    """Something fails in the middle."""


def test_the_triggers_stand_again_after_a_failure_in_the_middle(old):
    def fail():
        AuditEntry.objects.filter(id=old[1][0][0]).delete()
        raise Unplugged

    with pytest.raises(Unplugged):
        thawed(fail)
    assert missing_triggers(connection) == []
    assert AuditEntry.objects.count() == 19
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.all().delete()


def test_only_deleting_entries_is_allowed_inside(old):
    with pytest.raises(DatabaseError, match="append-only"):
        thawed(lambda: AuditCheckpoint.objects.all().delete())
    assert missing_triggers(connection) == []


def test_nothing_is_allowed_when_a_trigger_is_missing(old):
    with connection.cursor() as cursor:
        on = "" if connection.vendor == "sqlite" else " ON audit_checkpoint"
        name = "no_update" if connection.vendor == "sqlite" else "frozen"
        cursor.execute(f"DROP TRIGGER audit_checkpoint_{name}{on}")
    with pytest.raises(RuntimeError, match="audit_checkpoint"):
        thawed(lambda: AuditEntry.objects.filter(id=old[1][0][0]).delete())
    assert AuditEntry.objects.count() == 19


@pytest.mark.django_db(transaction=True)
def test_deleting_needs_a_transaction():
    with pytest.raises(transaction.TransactionManagementError), allow_deletes(connection):
        pass


def test_a_purge_that_broke_off_goes_on(old, tmp_path, monkeypatch):
    border, sealed = old
    monkeypatch.setattr(purging, "ENTRIES_PER_TRANSACTION", 6)
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
    prove()
    assert plan_purge(border).left == 6
    finish_purge()
    assert prove().purged == 12
    assert not AuditTerm.objects.filter(entry_id__lte=sealed[1][-1]).exists()
