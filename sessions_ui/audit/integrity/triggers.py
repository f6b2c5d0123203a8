"""Install and check the triggers with which the database refuses to change the audit.

Entries and checkpoints: no UPDATE, no DELETE, no TRUNCATE. Personal values: no UPDATE, so they can
only be erased. On SQLite an INSERT OR REPLACE deletes without firing a delete trigger, so a trigger
before INSERT refuses each key that is taken.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.transaction import TransactionManagementError

_FROZEN = ("audit_entry", "audit_checkpoint")
_TABLES = {*_FROZEN, "audit_value"}
_FUNCTION = "audit_refuse"
_FUNCTION_BODY = "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END"

# Conditions under which a new row would replace a stored one: one for each unique key.
_TAKEN = {
    "audit_entry": (
        "EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id)"
        " OR (NEW.kind = 3 AND EXISTS"
        " (SELECT 1 FROM audit_entry WHERE kind = 3 AND op = NEW.op))"
        " OR (NEW.kind = 1 AND EXISTS"
        " (SELECT 1 FROM audit_entry WHERE kind = 1 AND op_key = NEW.op_key))"
    ),
    "audit_checkpoint": "EXISTS (SELECT 1 FROM audit_checkpoint WHERE n = NEW.n)",
    "audit_value": (
        "EXISTS (SELECT 1 FROM audit_value WHERE entry_id = NEW.entry_id"
        " AND field = NEW.field AND side = NEW.side)"
    ),
}


def _sqlite_triggers() -> dict[str, str]:
    refused = [(table, verb) for table in _FROZEN for verb in ("UPDATE", "DELETE")]
    clauses = {
        f"{table}_no_{verb.lower()}": (
            f"BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        for table, verb in [*refused, ("audit_value", "UPDATE")]
    }
    for table, taken in _TAKEN.items():
        clauses[f"{table}_no_replace"] = (
            f"BEFORE INSERT ON {table} WHEN {taken}"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append-only: key taken'); END"
        )
    return {name: f"CREATE TRIGGER {name} {clause}" for name, clause in clauses.items()}


def _postgresql_triggers() -> dict[str, str]:
    clauses = {}
    for table in (*_FROZEN, "audit_value"):
        verbs = "UPDATE OR DELETE" if table in _FROZEN else "UPDATE"
        clauses[f"{table}_frozen"] = f"BEFORE {verbs} ON {table} FOR EACH ROW"
        if table in _FROZEN:
            clauses[f"{table}_no_truncate"] = f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
    return {
        name: f"CREATE TRIGGER {name} {clause} EXECUTE FUNCTION {_FUNCTION}()"
        for name, clause in clauses.items()
    }


_TRIGGERS = {"sqlite": _sqlite_triggers(), "postgresql": _postgresql_triggers()}
_TABLE = re.compile(r" ON (\w+)")


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def install_triggers(connection: BaseDatabaseWrapper) -> None:
    """Install all triggers, replacing those that were changed. Needs the owner of the tables."""
    remove_triggers(connection)
    statements = list(_TRIGGERS[connection.vendor].values())
    if connection.vendor == "postgresql":
        statements.insert(
            0,
            f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql"
            f" AS $${_FUNCTION_BODY}$$",
        )
    _run(connection, statements)


def remove_triggers(connection: BaseDatabaseWrapper) -> None:
    """Remove the triggers: for tests that flush, and before they are installed again."""
    statements = []
    for name, statement in _TRIGGERS[connection.vendor].items():
        table = _TABLE.search(statement)
        where = f" ON {table[1]}" if table and connection.vendor == "postgresql" else ""
        statements.append(f"DROP TRIGGER IF EXISTS {name}{where}")
    _run(connection, statements)


_DELETE_TRIGGERS = {"sqlite": "audit_entry_no_delete", "postgresql": "audit_entry_frozen"}


@contextmanager
def allow_deletes(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Allow the owner of the tables to delete entries inside this context.

    The trigger is disabled within the transaction only: no other connection sees it, and a failure
    rolls it back. Raises TransactionManagementError outside `transaction.atomic()`, and
    RuntimeError, which rolls everything back, when a trigger is missing at the end.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("Deleting entries needs a transaction.")
    name = _DELETE_TRIGGERS[connection.vendor]
    if connection.vendor == "postgresql":
        _run(connection, [f"ALTER TABLE audit_entry DISABLE TRIGGER {name}"])
        yield
        _run(connection, [f"ALTER TABLE audit_entry ENABLE TRIGGER {name}"])
    else:
        _run(connection, [f"DROP TRIGGER {name}"])
        yield
        _run(connection, [_TRIGGERS["sqlite"][name]])
    if missing := missing_triggers(connection):
        raise RuntimeError(f"Triggers are missing: {', '.join(missing)}.")


def missing_triggers(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of triggers that are absent, disabled or changed; normally empty."""
    expected = _TRIGGERS[connection.vendor]
    sqlite = connection.vendor == "sqlite"
    actual = _read_sqlite(connection) if sqlite else _read_postgresql(connection)
    return sorted(
        name
        for name, sql in expected.items()
        if _normalize(actual.get(name, "")) != _normalize(sql)
    )


def _read_sqlite(connection: BaseDatabaseWrapper) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return dict(cursor.fetchall())


def _read_postgresql(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """The triggers that are enabled for ordinary sessions and call the refusing function."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t"
            " JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgenabled IN ('O', 'A') AND p.prosrc = %s"
            " AND c.relnamespace = current_schema()::regnamespace",
            [_FUNCTION_BODY],
        )
        return dict(cursor.fetchall())


def _normalize(sql: str) -> str:
    """A definition without what PostgreSQL adds or reorders when it prints it."""
    words = sql.replace(" ON public.", " ON ").replace("DELETE OR UPDATE", "UPDATE OR DELETE")
    return " ".join(words.split())


def restore_triggers(*, using: str, plan: object = None, **_: Any) -> None:
    """Install missing triggers after a migrate; receives `post_migrate`.

    Django's flush sends the same signal without a plan, and tests that flush run without triggers.
    """
    if plan is None:
        return
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if tables >= _TABLES and missing_triggers(connection):
        install_triggers(connection)
