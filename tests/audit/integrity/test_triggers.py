"""Test that the database itself refuses to change the record."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, transaction

from sessions_ui.audit.integrity.sealing import seal_entries
from sessions_ui.audit.integrity.triggers import (
    allow_deletes,
    install_triggers,
    missing_triggers,
    remove_triggers,
    restore_triggers,
)
from sessions_ui.models import AuditCheckpoint, AuditEntry, AuditValue
from tests.audit.authors import PHONE, edit
from tests.integrity import (
    as_owner,
)
from tests.keys import SEAL_KEY

SQLITE = connection.vendor == "sqlite"


def run(sql, *params):
    """One statement in a savepoint, so that its refusal breaks nothing else."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


@pytest.fixture
def filled(protected):
    edit_id = edit(PHONE)
    seal_entries(key=SEAL_KEY)
    return edit_id


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_entry SET actor_label = 'Nobody'",
        "UPDATE audit_entry SET id = id + 1000",
        "DELETE FROM audit_entry",
        "UPDATE audit_checkpoint SET count = 0",
        "DELETE FROM audit_checkpoint",
        "UPDATE audit_value SET value = '416-555-0000'",
    ],
)
def test_raw_updates_and_deletes_are_refused(filled, sql):
    with pytest.raises(DatabaseError, match="append-only|can only be updated to DEFAULT"):
        run(sql)
    assert AuditEntry.objects.count() == 3
    assert AuditCheckpoint.objects.get().count == 3


def test_a_personal_value_can_be_erased(filled):
    run("DELETE FROM audit_value WHERE entry_id = %s", filled)
    assert not AuditValue.objects.filter(entry_id=filled).exists()


def test_updates_by_the_orm_are_refused(filled):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.update(reason_note="")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.get(id=filled).delete()


@pytest.mark.skipif(not SQLITE, reason="INSERT OR REPLACE is SQLite's")
@pytest.mark.parametrize(
    ("table", "where"),
    [("audit_entry", "kind = 1"), ("audit_checkpoint", "n = 1"), ("audit_value", "side = 0")],
)
def test_insert_or_replace_is_refused(filled, table, where):
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers")
        (before,) = cursor.fetchone()
        cursor.execute("PRAGMA recursive_triggers = OFF")  # the worst case: deletes do not fire
    try:
        with pytest.raises(DatabaseError, match="key taken"):
            run(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE {where}")  # noqa: S608
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA recursive_triggers = {before}")


@pytest.mark.skipif(not SQLITE, reason="PostgreSQL has no INSERT OR REPLACE")
@pytest.mark.parametrize("column", ["op", "op_key"])
def test_replacing_by_another_unique_key_is_refused(filled, column):
    kind = {"op": 3, "op_key": 1}[column]
    names = [field.column for field in AuditEntry._meta.concrete_fields if field.column != "id"]
    columns = ", ".join(names)
    with pytest.raises(DatabaseError, match="key taken"):
        run(
            f"INSERT OR REPLACE INTO audit_entry (id, {columns})"  # noqa: S608
            f" SELECT 9999, {columns} FROM audit_entry WHERE kind = %s",
            kind,
        )


@pytest.mark.skipif(SQLITE, reason="TRUNCATE and identities are PostgreSQL's")
@pytest.mark.parametrize(
    "sql",
    [
        "TRUNCATE audit_entry",
        "TRUNCATE audit_checkpoint CASCADE",
        "INSERT INTO audit_checkpoint SELECT * FROM audit_checkpoint"
        " ON CONFLICT (n) DO UPDATE SET count = 0",
    ],
)
def test_truncate_and_upsert_are_refused(filled, sql):
    with pytest.raises(DatabaseError, match="append-only"):
        run(sql)


@pytest.mark.skipif(SQLITE, reason="SQLite has no identity columns")
def test_an_id_cannot_be_chosen(filled):
    row = AuditEntry.objects.get(id=filled)
    row.id, row.kind = 5_000_000, 7
    with pytest.raises(DatabaseError, match="GENERATED ALWAYS"), transaction.atomic():
        row.save(force_insert=True)


def test_missing_triggers_are_named(protected):
    assert missing_triggers(connection) == []
    name = "audit_entry_no_update" if SQLITE else "audit_entry_frozen"
    run(f"DROP TRIGGER {name}" + ("" if SQLITE else " ON audit_entry"))
    assert missing_triggers(connection) == [name]
    install_triggers(connection)
    assert missing_triggers(connection) == []


def test_a_changed_trigger_is_named(protected):
    if SQLITE:
        run("DROP TRIGGER audit_entry_no_delete")
        run(
            "CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry WHEN OLD.id = 0"
            " BEGIN SELECT RAISE(ABORT, 'never'); END"
        )
        assert missing_triggers(connection) == ["audit_entry_no_delete"]
    else:
        run("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_frozen")
        assert missing_triggers(connection) == ["audit_entry_frozen"]
        run(
            "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql"
            " AS $$BEGIN RETURN NULL; END$$"
        )
        assert len(missing_triggers(connection)) == 5


def test_triggers_are_restored_after_a_migrate_only(db):
    remove_triggers(connection)
    restore_triggers(using="default")  # what a flush sends
    assert missing_triggers(connection)
    restore_triggers(using="default", plan=[])
    assert missing_triggers(connection) == []


@pytest.mark.skipif(not SQLITE, reason="PostgreSQL vacuums instead")
@pytest.mark.django_db(transaction=True)
def test_each_connection_overwrites_deleted_data():
    """Else an erased value would stay in the file's free pages."""

    def secure():
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete")
            return cursor.fetchone()[0]

    assert secure() == 1
    with ThreadPoolExecutor(1) as other:
        assert other.submit(secure).result() == 1
        other.submit(lambda: connection.close()).result()


class Unplugged(Exception):
    """Something fails in the middle."""


def test_the_triggers_are_in_place_after_a_failure(old_entries):
    def fail():
        AuditEntry.objects.filter(id=old_entries[1][0][0]).delete()
        raise Unplugged

    with pytest.raises(Unplugged):
        as_owner(fail)
    assert missing_triggers(connection) == []
    assert AuditEntry.objects.count() == 19
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.all().delete()


def test_only_deletes_of_entries_are_allowed(old_entries):
    with pytest.raises(DatabaseError, match="append-only"):
        as_owner(lambda: AuditCheckpoint.objects.all().delete())
    assert missing_triggers(connection) == []


def test_deletes_fail_if_a_trigger_is_missing(old_entries):
    with connection.cursor() as cursor:
        on = "" if connection.vendor == "sqlite" else " ON audit_checkpoint"
        name = "no_update" if connection.vendor == "sqlite" else "frozen"
        cursor.execute(f"DROP TRIGGER audit_checkpoint_{name}{on}")
    with pytest.raises(RuntimeError, match="audit_checkpoint"):
        as_owner(lambda: AuditEntry.objects.filter(id=old_entries[1][0][0]).delete())
    assert AuditEntry.objects.count() == 19


@pytest.mark.django_db(transaction=True)
def test_deletes_need_a_transaction():
    with pytest.raises(transaction.TransactionManagementError), allow_deletes(connection):
        pass
