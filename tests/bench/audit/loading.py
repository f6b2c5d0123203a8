"""Filling one database: the same facts for everybody, in bulk, then sealed once."""

import itertools
import time
from collections import defaultdict

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from sessions_ui.audit.integrity.sealing import seal_entries
from sessions_ui.models import AuditCheckpoint, AuditEntry

from . import ours
from .facts import PEOPLE, Stream, session_key
from .records.models import COLUMNS
from .tables import bytes_of, loading, rows_add

AT_ONCE = 10_000
CAROL, PEER = PEOPLE + 1, PEOPLE + 2


def database_make(contenders):
    """Tables, the 51 people and a manager who looks at the pages."""
    call_command("migrate", verbosity=0)  # the users first: the records point to them
    call_command("migrate", run_syncdb=True, verbosity=0)
    for one in contenders:
        one.set_up()
    User.objects.bulk_create(
        User(pk=n, username=f"person{n}", first_name=f"Person {n}", email=f"p{n}@example.test",
             password="!", is_superuser=False)
        for n in range(1, PEOPLE + 1)
    )  # fmt: skip
    agents = Group.objects.get(name="Agents")
    agents.user_set.set(range(1, PEOPLE + 1))
    carol = User.objects.create_user("carol", pk=CAROL, first_name="Carol", last_name="Manager")
    carol.groups.set(Group.objects.filter(name="Managers"))
    User.objects.create_superuser("peer", pk=PEER)


def is_loaded(size):
    """Whether this database was filled before, so that a run may use it again."""
    if AuditEntry._meta.db_table not in connection.introspection.table_names():
        return False
    return AuditEntry.objects.filter(id__gte=size * 2).exists() and AuditCheckpoint.objects.exists()


def database_load(size, contenders, say=lambda _: None):
    """Fill everything with ``size`` edits; gives bytes a change by contender, and seconds."""
    began = time.monotonic()
    tables = dict(ours.TABLES)
    for one in contenders:
        tables |= one.tables
    records = {one.model._meta.db_table: one.model for one in contenders if hasattr(one, "model")}
    into = defaultdict(list)
    bulk = ours.Bulk(into, connection.features.has_native_uuid_field)
    facts = Stream(size, timezone.now())
    with loading((*tables, *records)):
        with bulk.taking():
            stream = iter(facts)
            while batch := list(itertools.islice(_told(stream, bulk, contenders, into), AT_ONCE)):
                for table, rows in into.items():
                    rows_add(table, tables[table], rows)
                    rows.clear()
                say(batch[-1] + 1)
        for table in records:
            rows_add(table, ("id", "session_key", *COLUMNS.values()), _records(facts))
    return {"load_s": time.monotonic() - began}


def record_seal():
    """Seal all that is there; gives the seconds."""
    began = time.monotonic()
    seal_entries(key=settings.AUDIT_SEAL_KEY)
    return {"seal_all_s": time.monotonic() - began}


def weights(contenders):
    """Bytes of the tables of each, with their indexes."""
    found = {one.name: bytes_of(one.tables) for one in contenders if one.tables}
    audit = {name: bytes_of([name]) for name in ours.TABLES}
    return found | {"ours": sum(audit.values())} | audit


def _told(stream, bulk, contenders, into):
    for fact in stream:
        bulk.tell(fact)
        for one in contenders:
            for table, row in one.rows(fact):
                into[table].append(row)
        yield fact.number


def _records(facts):
    for number, state in enumerate(facts.states):
        yield (number + 1, session_key(number), *(state[key] for key in COLUMNS))
