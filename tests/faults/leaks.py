"""I9: look for the secret and the tokens in everything written, and for personal values in logs.

Pieces count as well: a secret with digits in it could be masked as a phone number and leave the
rest readable.
"""

import json

from django.core.management import call_command
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from sessions_ui.models import AuditEntry
from tests.secret_search import SecretSearch

from .checker import Violation

PERSONAL = ("416-555-0184", "4165550184", "Daniel Osie", "416-555-0100")


def _search(world):
    search = SecretSearch(world.secret)
    search.add(world.pave.tokens())
    return search


def leaks(world, only=()):
    """Search the audit of some sessions."""
    rows = AuditEntry.objects.filter(session_key__in=only).values()
    text = json.dumps([{**row, "hash": ""} for row in rows], cls=DjangoJSONEncoder)
    return [
        Violation("I9", None, f"{what} stands in the audit")
        for what in _search(world).found_in(text)
    ]


def leaks_anywhere(world):
    """Search every byte of the database, the logs, the pages and the export."""
    search, violations = _search(world), []
    for name, text in _places(world):
        words = [f"{what} stands in the {name}" for what in search.found_in(text)]
        if name == "log":
            words += [f"{value!r} stands in the log" for value in PERSONAL if value in text]
        violations += [Violation("I9", None, sentence) for sentence in words]
    return violations


def _places(world):
    yield "log", world.log.read_text("utf-8", "replace")
    yield "pages", world.seen.read_text("utf-8")
    export = world.folder / "export.csv"
    world.run(lambda: call_command("audit_export", output=export))
    yield "export", export.read_text("utf-8") if export.exists() else world.secret
    yield from _database(world)


def _database(world):
    if world.engine == "SQLite":
        connection.close()
        for path in sorted(world.folder.glob("faults.sqlite3*")):
            yield path.name, path.read_bytes().decode("latin-1")
        return
    with transaction.atomic(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" AS t')  # noqa: S608  our own tables
            yield f"table {table}", "\n".join(row for (row,) in cursor.fetchall())
