"""The bench's shortcuts: its bulk rows are the record's own, and `make bench-audit` runs."""

import os
import subprocess
import sys
from collections import defaultdict
from datetime import UTC, datetime
from unittest import mock

import pytest
from django.db import connection, transaction

from paveadmin import ROOT
from sessions_ui.audit.log import insert as writing
from sessions_ui.audit.log import record
from sessions_ui.models import AuditEntry, AuditTerm, AuditValue

from . import ours
from .__main__ import kept
from .facts import Stream
from .worker import Pace, Worker

UNTIL = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MODELS = {"audit_entry": AuditEntry, "audit_value": AuditValue, "audit_token": AuditTerm}


@pytest.fixture
def same_salts(monkeypatch):
    """Commitments have no chance in them, and notes are looked up for nobody."""
    monkeypatch.setattr(writing.secrets, "token_bytes", bytes)
    monkeypatch.setattr(record, "stored_personal_values", lambda *_: set())


def bulk_load(facts, into, after=0):
    """What a bulk load would copy into the tables."""
    bulk = ours.Bulk(into, connection.features.has_native_uuid_field, after)
    with bulk.taking():
        for fact in facts:
            bulk.tell(fact)
    return bulk


def written(facts):
    """The same, written by the record into the database; gives the id before the first."""
    bulk = ours.Bulk(defaultdict(list), native_uuid=True)
    for fact in facts:
        clock = mock.patch.object(writing, "database_clock", return_value=fact.at)
        with clock, transaction.atomic():
            bulk.tell(fact)
    return AuditEntry.objects.order_by("id").first().id - 1


def entry_rows(model, columns):
    """Every row of a table as plain values."""
    return [
        tuple(bytes(one) if isinstance(one, memoryview) else one for one in row)
        for row in model.objects.values_list(*columns)
    ]


def plain(value):
    """A bulk value as Django reads it back."""
    return bytes(value) if isinstance(value, memoryview) else value


@pytest.mark.django_db
def test_a_bulk_load_holds_the_very_rows_that_the_record_writes(same_salts):
    into = defaultdict(list)
    bulk_load(Stream(300, UNTIL), into, after=written(Stream(300, UNTIL)))
    for table, model in MODELS.items():
        columns = ours.TABLES[table]
        timed = columns.index("ts") if "ts" in columns else None
        found = set(entry_rows(model, columns))
        bulk = {_read_back(row, timed, columns) for row in into[table]}
        assert len(into[table]) == len(bulk) > 0
        assert found == bulk, table


def _read_back(row, timed, columns):
    if timed is None:
        return tuple(map(plain, row))
    entry = dict(zip(columns, row, strict=True))
    if isinstance(entry["ts"], str):
        entry["ts"] = datetime.fromisoformat(entry["ts"]).replace(tzinfo=UTC)
    field = AuditEntry._meta.get_field("op_key")
    entry["op_key"] = field.to_python(entry["op_key"])
    return tuple(entry.values())


def test_a_fact_is_the_same_for_everybody_who_reads_the_stream():
    first, second = (
        [(fact.session, fact.person, fact.changes) for fact in Stream(500, UNTIL)] for _ in "ab"
    )
    assert first == second
    assert all(len(changes) == 3 for _, _, changes in first)


@pytest.mark.proof
@pytest.mark.timeout(600)
@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="once is enough: with SQLite")
def test_it_measures_in_small(tmp_path):
    """10,000 edits, bulk loaded, sealed, proved, asked and exported. No times are judged here.
    Then proved by two processes, which a worker has to be able to start."""
    command = [sys.executable, "-m", "tests.bench.audit", "--quick", "--keep", str(tmp_path / "d")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "verify, one process: rows/s" in done.stdout
    assert "median of 3 pairs" in done.stdout
    worker = Worker(f"sqlite:///{tmp_path}/d/bench_10000.sqlite3", 10_000, Pace())
    assert worker.do("verify", 2)["rows"] > 30_000
    worker.end()
    assert worker.process.exitcode == 0


def test_what_the_hash_costs_is_told_by_pairs_and_not_by_the_whole():
    assert kept([9, 1, 80], [10, 10, 100]) == 0.8
