"""No question to the audit reads a table whole: 100,000 entries, on the database of this run, with
the statistics that it has (PostgreSQL) or has not (SQLite, where nothing runs ANALYZE).
"""

import os
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.bench.audit.worker import Pace, Worker

# Loading takes 15 seconds on an idle machine.
pytestmark = [pytest.mark.proof, pytest.mark.timeout(600)]

EDITS = 33_400
"""Of three entries each."""
LED_BY = {
    "audit_session": ("session",),
    "audit_actor": ("actor",),
    "audit_reason": ("reason",),
    "audit_ticket": ("q",),
    "audit_steps": (),
    "audit_listed": (),
    "audit_refusals": ("kind",),
    "audit_access": ("kind",),
}


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """A database of its own, on the server of this run."""
    server = os.environ.get("DATABASE_URL")
    if not server:
        yield f"sqlite:///{tmp_path_factory.mktemp('plans')}/plans.sqlite3"
        return
    name = f"plans_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def record(url):
    """A process with a record in bulk."""
    worker = Worker(url, EDITS, Pace())
    worker.do("load", True)
    yield worker
    worker.end()


def test_no_filter_and_no_two_filters_read_a_table_whole(record):
    assert record.do("scans") == []


@pytest.mark.parametrize("index", LED_BY)
def test_a_missing_index_is_noticed(record, index):
    assert record.do("scans", LED_BY[index]) == []
    assert record.do("scans", LED_BY[index], index) != []
