"""Change entries as somebody with the database's password can."""

from django.db import connection

from sessions_ui.audit.log.canonical import COLUMNS, row_hash
from sessions_ui.models import AuditEntry, AuditTerm, AuditValue

COPIED = [field.column for field in AuditEntry._meta.concrete_fields if field.column != "id"]


def rehash(entry_id):
    """Compute an entry's hash again from its present columns."""
    values = AuditEntry.objects.values_list(*COLUMNS[1]).get(id=entry_id)
    AuditEntry.objects.filter(id=entry_id).update(hash=row_hash(values))


def insert_as(new_id, like):
    """Insert a copy of an entry under another id."""
    columns = ", ".join(COPIED)
    over = "" if connection.vendor == "sqlite" else "OVERRIDING SYSTEM VALUE"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO audit_entry (id, {columns}) {over}"  # noqa: S608
            f" SELECT %s, {columns} FROM audit_entry WHERE id = %s",
            [new_id, like],
        )


def swap(one, other):
    """Exchange two entries, each with its hash."""
    first, second = (AuditEntry.objects.filter(id=i).values(*COPIED).get() for i in (one, other))
    neutral = {"op": None, "op_key": None, "kind": 7}
    AuditEntry.objects.filter(id=one).update(**neutral)
    AuditEntry.objects.filter(id=other).update(**first)
    AuditEntry.objects.filter(id=one).update(**second)


def forget(first, last=None):
    """Delete entries with their related rows."""
    ids = (first, last or first)
    AuditEntry.objects.filter(id__range=ids).delete()
    AuditValue.objects.filter(entry_id__range=ids).delete()
    AuditTerm.objects.filter(entry_id__range=ids).delete()
