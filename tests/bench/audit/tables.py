"""Many rows into a table quickly, and what a table weighs: in two dialects."""

from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import connection, transaction

from sessions_ui.audit.integrity.triggers import install_triggers, remove_triggers

WAITING = {"audit_token": "waiting_token"}
"""On SQLite this table is its own index: rows wait elsewhere, and go in sorted."""


def plain(value):
    """A value as a bulk load takes it: SQLite keeps times as text, as Django writes them."""
    if isinstance(value, datetime) and connection.vendor == "sqlite":
        return value.astimezone(UTC).isoformat(" ", "microseconds")[:26]
    return value


def rows_add(table, columns, rows):
    """Append rows: COPY on PostgreSQL, executemany on SQLite."""
    named = ", ".join(f'"{name}"' for name in columns)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({named}) FROM STDIN") as to:
            for row in rows:
                to.write_row(row)
        return
    marks, into = ", ".join("?" * len(columns)), WAITING.get(table, table)
    connection.connection.executemany(f"INSERT INTO {into} ({named}) VALUES ({marks})", rows)


@contextmanager
def loading(tables):
    """Drop triggers and indexes inside, and create them again at the end, in one transaction, which
    on PostgreSQL spares the write-ahead log of tables that begin empty."""
    _hurry(connection)
    with transaction.atomic():
        remove_triggers(connection)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"TRUNCATE {', '.join(tables)}")
        index_statements = _indexes_drop(tables)
        yield
        if connection.vendor == "sqlite":
            _sorted_in()
        with connection.cursor() as cursor:
            for statement in index_statements:
                cursor.execute(statement)
        install_triggers(connection)
    _settle(tables)


def _hurry(connection):
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.connection.executescript(
            "PRAGMA journal_mode=DELETE; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
            "PRAGMA cache_size=-262144; PRAGMA temp_store=MEMORY;"
            + "".join(
                f"CREATE TEMP TABLE {waiting} AS SELECT * FROM {table} WHERE 0;"
                for table, waiting in WAITING.items()
            )
        )
        return
    with connection.cursor() as cursor:
        # VACUUM marks no page whose commit, or one of about the same time, is not yet on disk.
        cursor.execute("SET synchronous_commit = on")


def _sorted_in():
    with connection.cursor() as cursor:
        for table, waiting in WAITING.items():
            cursor.execute(f"INSERT INTO {table} SELECT * FROM {waiting} ORDER BY 1, 2, 3")
            cursor.execute(f"DROP TABLE {waiting}")


def _indexes_drop(tables):
    """Drop what can be built faster afterwards; gives the statements that do."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(f"'{table}'" for table in tables)
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
                f" AND tbl_name IN ({marks})"
            )
            found = cursor.fetchall()
            for name, _ in found:
                cursor.execute(f'DROP INDEX "{name}"')
            return [sql for _, sql in found]
        return [*_constraints_drop(cursor, tables), *_plain_indexes_drop(cursor, tables)]


def _constraints_drop(cursor, tables):
    cursor.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype IN ('p', 'u', 'f') AND conrelid::regclass::text = ANY(%s)"
        " ORDER BY contype = 'f' DESC",
        [list(tables)],
    )
    found = cursor.fetchall()
    for table, name, _ in found:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    return [
        f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {rest}' for table, name, rest in found[::-1]
    ]


def _plain_indexes_drop(cursor, tables):
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s)", [list(tables)]
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return [sql for _, sql in found]


def _settle(tables):
    """Statistics, visibility and counters as an old database has them."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("ANALYZE")
        else:
            for table in tables:
                _sequence_follow(cursor, table)
                cursor.execute(f"VACUUM (ANALYZE) {table}")
            cursor.execute("CHECKPOINT")
    connection.close()  # the next one has the product's own PRAGMAs


def _sequence_follow(cursor, table):
    cursor.execute(
        "SELECT attname, pg_get_serial_sequence(%s, attname) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        " AND pg_get_serial_sequence(%s, attname) IS NOT NULL",
        [table, table, table],
    )
    for column, sequence in cursor.fetchall():
        cursor.execute(f"SELECT setval(%s, max({column})) FROM {table}", [sequence])


def bytes_of(tables):
    """What these tables weigh, with their indexes, in bytes."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT sum(pg_total_relation_size(one::regclass)) FROM unnest(%s::text[]) one",
                [list(tables)],
            )
        else:
            marks = ", ".join(f"'{table}'" for table in tables)
            cursor.execute(
                "SELECT sum(pgsize) FROM dbstat WHERE name IN"
                f" (SELECT name FROM sqlite_master WHERE tbl_name IN ({marks}))"
            )
        return int(cursor.fetchone()[0])
