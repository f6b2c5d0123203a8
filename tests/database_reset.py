"""Empty the test database after each transactional test without Django's own flush.

The flush makes content types, permissions and groups again, which takes longer than many of these
tests. Here the rows that the migrations left are kept in memory and written back instead.
"""

from django.db import connection, transaction
from django.test import TransactionTestCase


def replace_flush():
    """Let transactional tests from now on leave the database as it is at this moment."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = [connection.ops.quote_name(table) for table in tables]
    rows = _read_rows(tables)

    def _fixture_teardown(_test_case):
        # Foreign keys are checked at the end, so the order of the tables does not matter.
        with transaction.atomic(), connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"DELETE FROM {table}")
            for statement, values in rows:
                cursor.executemany(statement, values)

    TransactionTestCase._fixture_teardown = _fixture_teardown


def _read_rows(tables):
    """Read all rows, each table's with the statement that writes them back."""
    rows = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {table}")
            if values := cursor.fetchall():
                places = ", ".join(["%s"] * len(cursor.description))
                rows.append((f"INSERT INTO {table} VALUES ({places})", values))
    return rows
