"""I9: the secret and every token are in 0 bytes of what was written, names and phones in no log.

Pieces of them count as well: what the house takes for a phone number it hides, and of a secret with
such digits in it the rest would stand there.
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
    """Look into the audit of some sessions."""
    rows = AuditEntry.objects.filter(session_key__in=only).values()
    text = json.dumps([{**row, "hash": ""} for row in rows], cls=DjangoJSONEncoder)
    return [
        Violation("I9", None, f"{what} stands in the audit")
        for what in _search(world).found_in(text)
    ]


def leaks_anywhere(world):
    """Look into all of it: every byte of the database, the logs, the pages, the export."""
    search, found = _search(world), []
    for name, text in _places(world):
        found += [Violation("I9", None, f"{what} stands in the {name}")
                  for what in search.found_in(text)]  # fmt: skip
        if name == "log":
            found += [Violation("I9", None, f"{word!r} stands in the log")
                      for word in PERSONAL if word in text]  # fmt: skip
    return found


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
