"""Test the command that seals the audit; test_audit_verify tests both commands together."""

import pytest
from django.core.management import CommandError, call_command

from sessions_ui.models import AuditCheckpoint
from tests.audit.authors import edit

pytestmark = pytest.mark.django_db


def test_each_checkpoint_is_named_with_its_entries(sealing, capsys):
    first = edit()
    call_command("audit_seal")
    call_command("audit_seal")
    # A first checkpoint begins at 1, also where earlier tests have used up some numbers.
    assert capsys.readouterr().out.splitlines() == [
        f"Checkpoint 1: 3 entries, #1 to #{first + 2}.",
        "Checkpoint 2: 0 entries.",
    ]


def test_a_copy_that_cannot_be_written_is_named_and_the_entries_are_sealed(
    sealing, settings, tmp_path
):
    settings.AUDIT_SEAL_COPY = str(tmp_path)
    edit()
    with pytest.raises(CommandError, match="Sealed, but the copy could not be written"):
        call_command("audit_seal")
    assert AuditCheckpoint.objects.count() == 1
