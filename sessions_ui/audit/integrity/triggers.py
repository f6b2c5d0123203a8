"""The database's own refusal to change the record, in two dialects.

Entries and checkpoints: no UPDATE, no DELETE, no TRUNCATE. Personal values: no UPDATE, so that
erasing is the only thing that can happen to one. On SQLite an INSERT OR REPLACE deletes without
firing a delete trigger, so a guard before INSERT refuses every key that is taken.
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

# When a new row would replace an old one: a look-up for each unique key of the table.
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


def _sqlite() -> dict[str, str]:
    refused = [(table, verb) for table in _FROZEN for verb in ("UPDATE", "DELETE")]
    found = {
        f"{table}_no_{verb.lower()}": (
            f"BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        for table, verb in [*refused, ("audit_value", "UPDATE")]
    }
    for table, taken in _TAKEN.items():
        found[f"{table}_no_replace"] = (
            f"BEFORE INSERT ON {table} WHEN {taken}"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append-only: key taken'); END"
        )
    return {name: f"CREATE TRIGGER {name} {rest}" for name, rest in found.items()}


def _postgresql() -> dict[str, str]:
    found = {}
    for table in (*_FROZEN, "audit_value"):
        verbs = "UPDATE OR DELETE" if table in _FROZEN else "UPDATE"
        found[f"{table}_frozen"] = f"BEFORE {verbs} ON {table} FOR EACH ROW"
        if table in _FROZEN:
            found[f"{table}_no_truncate"] = f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
    return {
        name: f"CREATE TRIGGER {name} {rest} EXECUTE FUNCTION {_FUNCTION}()"
        for name, rest in found.items()
    }


_DIALECTS = {"sqlite": _sqlite(), "postgresql": _postgresql()}
_TABLE = re.compile(r" ON (\w+)")


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def install_triggers(connection: BaseDatabaseWrapper) -> None:
    """Put every trigger in its place, also over one that was weakened. Needs the tables' owner."""
    remove_triggers(connection)
    statements = list(_DIALECTS[connection.vendor].values())
    if connection.vendor == "postgresql":
        statements.insert(
            0,
            f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql"
            f" AS $${_FUNCTION_BODY}$$",
        )
    _run(connection, statements)


def remove_triggers(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away: for tests that flush, and before putting them in place anew."""
    statements = []
    for name, statement in _DIALECTS[connection.vendor].items():
        table = _TABLE.search(statement)
        where = f" ON {table[1]}" if table and connection.vendor == "postgresql" else ""
        statements.append(f"DROP TRIGGER IF EXISTS {name}{where}")
    _run(connection, statements)


_DELETE = {"sqlite": "audit_entry_no_delete", "postgresql": "audit_entry_frozen"}


@contextmanager
def deleting_allowed(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Entries can be deleted inside, by the tables' owner. The change of the trigger belongs to
    the transaction: nobody else ever sees it, and whatever fails inside undoes it. Raises
    TransactionManagementError outside `transaction.atomic()`, and RuntimeError (so that all is
    undone) when the triggers do not stand as they should at the end.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("Deleting entries needs a transaction.")
    name = _DELETE[connection.vendor]
    if connection.vendor == "postgresql":
        _run(connection, [f"ALTER TABLE audit_entry DISABLE TRIGGER {name}"])
        yield
        _run(connection, [f"ALTER TABLE audit_entry ENABLE TRIGGER {name}"])
    else:
        _run(connection, [f"DROP TRIGGER {name}"])
        yield
        _run(connection, [_DIALECTS["sqlite"][name]])
    if missing := missing_triggers(connection):
        raise RuntimeError(f"Triggers are missing: {', '.join(missing)}.")


def missing_triggers(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of triggers that are absent, switched off or not as they should be; [] is well."""
    wanted = _DIALECTS[connection.vendor]
    found = _found_sqlite(connection) if connection.vendor == "sqlite" else _found_pg(connection)
    return sorted(name for name, sql in wanted.items() if _bare(found.get(name, "")) != _bare(sql))


def _found_sqlite(connection: BaseDatabaseWrapper) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return dict(cursor.fetchall())


def _found_pg(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """The triggers that fire always or for an ordinary session, with the refusing function."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t"
            " JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgenabled IN ('O', 'A') AND p.prosrc = %s"
            " AND c.relnamespace = current_schema()::regnamespace",
            [_FUNCTION_BODY],
        )
        return dict(cursor.fetchall())


def _bare(sql: str) -> str:
    """A definition without what PostgreSQL adds or turns round when it spells it back."""
    words = sql.replace(" ON public.", " ON ").replace("DELETE OR UPDATE", "UPDATE OR DELETE")
    return " ".join(words.split())


def triggers_assert(*, using: str, plan: object = None, **_: Any) -> None:
    """Receives `post_migrate`: puts back what is missing after a real migrate. Django's flush
    sends the same signal without a plan, and the tests that flush have the triggers off."""
    if plan is None:
        return
    connection = connections[using]
    there = set(connection.introspection.table_names())
    if there >= _TABLES and missing_triggers(connection):
        install_triggers(connection)
