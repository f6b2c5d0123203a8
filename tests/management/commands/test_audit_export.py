"""Test the command that exports the audit into a file."""

import hashlib
import json

import pytest
from django.core.management import CommandError, call_command

from sessions_ui.models import AuditEntry, Kind
from tests.audit.authors import KEY, PHONE, edit, refusal


def test_it_writes_the_same_file_as_the_page(client, carol, tmp_path, capsys):
    client.force_login(carol)
    edit(PHONE)
    edit(key="NGF-8C0RQ5VJ2T")
    target = tmp_path / "out.csv"
    call_command("audit_export", "--output", str(target), "--session", KEY)
    with target.open(encoding="utf-8", newline="") as file:
        text = file.read()
    assert (
        text
        == b"".join(client.get("/audit/export.csv", {"session": KEY}).streaming_content).decode()
    )
    assert AuditEntry.objects.filter(action="audit.export").count() == 2
    assert "Exported: 1 entry." in capsys.readouterr().err
    call_command("audit_export", "--session", KEY)
    assert capsys.readouterr().out.startswith("\ufeffentry_id,")


def test_a_bad_filter_is_named(db):
    with pytest.raises(CommandError, match="not an outcome"):
        call_command("audit_export", "--outcome", "fine")


@pytest.mark.parametrize("name", ["csv", "jsonl"])
def test_it_writes_the_manifest_beside_the_file(db, tmp_path, name, capsys):
    edit()
    refusal()
    target = tmp_path / f"out.{name}"
    call_command("audit_export", "--format", name, "--output", str(target))
    manifest = json.loads((tmp_path / f"out.{name}.manifest.json").read_text("utf-8"))
    assert manifest["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    assert (manifest["entries"], manifest["complete"]) == (2, True)
    assert manifest["asked_by"]["name"].endswith("(command line)")
    assert manifest["sha256"] in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"out.{name}", f"out.{name}.manifest.json",
    ]  # fmt: skip


def test_a_file_that_cannot_be_written_is_named_and_not_recorded(db, tmp_path):
    edit()
    target = tmp_path / "not there" / "out.csv"
    with pytest.raises(CommandError, match=r"out\.csv cannot be written: No such file"):
        call_command("audit_export", "--output", str(target))
    assert not AuditEntry.objects.filter(kind=Kind.ACCESS).exists()


def test_an_incomplete_file_never_has_the_final_name(db, tmp_path, monkeypatch):
    edit()
    target = tmp_path / "out.csv"
    target.write_text("the one before")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sessions_ui.audit.export.formats.Csv.lines", full)
    with pytest.raises(CommandError, match="No space left"):
        call_command("audit_export", "--output", str(target))
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    assert target.read_text() == "the one before"
    assert not AuditEntry.objects.filter(action="audit.exported").exists()
