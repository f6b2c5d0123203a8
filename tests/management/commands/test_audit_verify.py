"""Test the commands that seal and verify the audit."""

import pytest
from django.core.management import CommandError, call_command

from sessions_ui.models import AuditCheckpoint, AuditEntry, AuditValue
from tests.audit.authors import PHONE, edit
from tests.tamper.tools import forget

pytestmark = pytest.mark.django_db


def test_a_sealed_audit_is_verified_and_a_change_found(sealing, capsys):
    entry_id = edit()
    call_command("audit_seal")
    call_command("audit_verify")
    out = capsys.readouterr().out
    assert "Checkpoint 1: 3 entries" in out
    assert "3 entries under 1 checkpoint." in out
    assert "Not sealed yet: 0 entries" in out
    assert "second copy" not in out
    AuditEntry.objects.filter(id=entry_id).update(ticket="x")
    with pytest.raises(CommandError, match=f"First bad entry: {entry_id}"):
        call_command("audit_verify")


UNSEEN = "a cut-off end or an emptied record could not be seen"


def verify(capsys, *options):
    capsys.readouterr()
    call_command("audit_verify", *options)
    return capsys.readouterr().out


def test_both_commands_say_that_there_is_no_second_copy(sealing, settings, capsys):
    settings.AUDIT_SEAL_COPY = ""
    call_command("audit_seal")
    assert "AUDIT_SEAL_COPY is not set" in capsys.readouterr().out
    (line,) = (line for line in verify(capsys).splitlines() if "second copy" in line)
    assert "AUDIT_SEAL_COPY is not set" in line
    assert UNSEEN in line


def test_the_whole_audit_is_claimed_only_with_the_copy_and_all_entries(sealing, settings, capsys):
    edit(PHONE)
    call_command("audit_seal")
    whole = "The audit is as it was written"
    out = verify(capsys)
    assert whole in out
    assert UNSEEN not in out
    assert "one that was removed could not be seen" in out
    out = verify(capsys, "--since", "2020-01-01")
    assert whole not in out
    assert "were not looked at" in out
    settings.AUDIT_SEAL_COPY = ""
    assert whole not in verify(capsys)


def test_personal_values_that_are_gone_are_reported(sealing, capsys):
    edit_id = edit(PHONE)
    call_command("audit_seal")
    assert "gone" not in verify(capsys)
    AuditValue.objects.filter(entry_id=edit_id).delete()
    assert f"gone: 2, beside 1 entry from #{edit_id} on" in verify(capsys)


def test_the_copy_is_also_compared_with_an_empty_audit(sealing, capsys):
    assert "there is none yet" in verify(capsys)
    edit()
    call_command("audit_seal")
    AuditCheckpoint.objects.all().delete()
    forget(0, AuditEntry.objects.latest("id").id)
    with pytest.raises(CommandError, match="missing in the database"):
        call_command("audit_verify")


def test_a_missing_copy_is_named(sealing, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("audit_verify", checkpoints=tmp_path / "nowhere")


def test_both_commands_fail_without_a_key(settings):
    settings.AUDIT_SEAL_KEY = ""
    with pytest.raises(CommandError, match="AUDIT_SEAL_KEY"):
        call_command("audit_seal")
    with pytest.raises(CommandError, match="AUDIT_SEAL_KEY"):
        call_command("audit_verify")


def test_since_takes_a_date():
    with pytest.raises(CommandError, match="is not a date"):
        call_command("audit_verify", "--since", "yesterday")
