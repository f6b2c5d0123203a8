"""Seal, verify and tamper with the audit, as the tests of its integrity need it."""

from dataclasses import replace

import pytest
from django.db import connection, transaction

from sessions_ui.audit.integrity.checkpoints import Checkpoint
from sessions_ui.audit.integrity.errors import IntegrityFailure
from sessions_ui.audit.integrity.seal_copy import update_copy
from sessions_ui.audit.integrity.sealing import seal_entries
from sessions_ui.audit.integrity.triggers import allow_deletes, install_triggers, remove_triggers
from sessions_ui.audit.integrity.verify import verify_entries
from sessions_ui.models import AuditCheckpoint, AuditEntry

from .audit.authors import PHONE, edit, intent
from .keys import SEAL_KEY
from .tamper.tools import forget


def entry_ids():
    """The ids of all entries."""
    return list(AuditEntry.objects.order_by("id").values_list("id", flat=True))


def checkpoints(**conditions):
    """The stored checkpoints, in order."""
    return list(
        map(Checkpoint.from_row, AuditCheckpoint.objects.filter(**conditions).order_by("n"))
    )


def verify(copy=None, **options):
    """Verify the audit in one process."""
    return verify_entries(key=SEAL_KEY, copy=copy, **options)


def find_failure(copy=None, **options):
    """Verify the audit, which must fail, and give the failure."""
    with pytest.raises(IntegrityFailure) as raised:
        verify(copy, **options)
    return raised.value


def sign_again(n, **changes):
    """Change and sign a checkpoint, as only a holder of the key can."""
    checkpoint = replace(Checkpoint.from_row(AuditCheckpoint.objects.get(n=n)), **changes)
    AuditCheckpoint.objects.filter(n=n).update(**changes, signature=checkpoint.sign(SEAL_KEY))


def tamper(entry_id):
    """Change an entry as the owner of the tables, who puts the triggers back."""
    remove_triggers(connection)
    AuditEntry.objects.filter(id=entry_id).update(ticket="x")
    install_triggers(connection)


def as_owner(work):
    """Do some work with deletes allowed."""
    with transaction.atomic(), allow_deletes(connection):
        work()


def make_sealed_entries(copy):
    """Make three checkpoints, the second over nothing, and two unsealed entries.

    One id is missing since before the first seal. Gives the sealed ids, the missing id, and the
    path of the copy.
    """
    for _ in range(3):
        edit(PHONE)
    gap = intent()
    forget(gap)
    edit()
    seal_entries(key=SEAL_KEY)
    seal_entries(key=SEAL_KEY)
    edit({"vehicle.make": ("", "Ford")})
    seal_entries(key=SEAL_KEY)
    update_copy(copy)
    sealed_ids = entry_ids()
    intent()
    intent()
    return sealed_ids, gap, copy


def make_old_entries(copy):
    """Make three checkpoints over two edits each, with a copy, and an edit that is not sealed.

    Gives the moment between the second checkpoint and the third, and the sealed ids by checkpoint.
    """
    sealed_ids = []
    for _ in range(3):
        first = edit(PHONE)
        last = edit() + 2
        seal_entries(key=SEAL_KEY)
        sealed_ids.append(list(range(first, last + 1)))
    intent()
    update_copy(copy)
    border = AuditEntry.objects.get(id=sealed_ids[2][0]).ts
    return border, sealed_ids
