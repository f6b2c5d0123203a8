"""Test the command that takes old entries out of the audit."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from sessions_ui.models import AuditEntry
from tests.integrity import tamper

pytestmark = pytest.mark.django_db


def test_it_says_what_would_go_and_does_nothing(old_entries, capsys):
    call_command("audit_purge", before=old_entries[0])
    out = capsys.readouterr().out
    assert "Checkpoints 1 to 2: 12 entries" in out
    assert "Nothing was done" in out
    assert AuditEntry.objects.count() == 19


def test_it_purges_with_yes_and_a_file(old_entries, tmp_path, capsys):
    call_command("audit_purge", before=old_entries[0], yes=True, output=tmp_path / "old.jsonl")
    assert "Taken out: 12 entries. old.jsonl holds them" in capsys.readouterr().out
    call_command("audit_verify")
    assert "Taken out by retention: 12 entries" in capsys.readouterr().out
    call_command("audit_purge", before=old_entries[0], yes=True)
    assert "No seal is old enough." in capsys.readouterr().out


def test_it_needs_a_file_and_a_date_in_the_past(old_entries):
    with pytest.raises(CommandError, match="--output"):
        call_command("audit_purge", before=old_entries[0], yes=True)
    with pytest.raises(CommandError, match="lies ahead"):
        call_command("audit_purge", before=timezone.now() + timedelta(days=1))
    assert AuditEntry.objects.count() == 19


def test_a_failed_verification_stops_it_with_a_sentence(old_entries, tmp_path):
    tamper(old_entries[1][0][1])
    with pytest.raises(CommandError, match="Nothing was taken out: Entry #"):
        call_command("audit_purge", before=old_entries[0], yes=True, output=tmp_path / "old.jsonl")
