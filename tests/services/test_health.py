"""Check whether the dashboard can take requests."""

import pytest
from django.db import DatabaseError
from django.db.migrations.executor import MigrationExecutor

from sessions_ui.services import health

pytestmark = pytest.mark.django_db


def test_it_is_ready_with_a_migrated_and_protected_database(protected):
    assert health.is_ready()


def test_it_is_not_ready_while_a_trigger_is_missing():
    assert not health.is_ready()  # the tests' own database has none


def test_it_is_not_ready_while_a_migration_is_unapplied(protected, monkeypatch):
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: [("0003", False)])
    assert not health.is_ready()


def test_it_is_not_ready_while_the_database_does_not_answer(monkeypatch):
    def fail(_):
        raise DatabaseError("the connection is lost")

    monkeypatch.setattr(health, "missing_triggers", fail)
    assert not health.is_ready()
