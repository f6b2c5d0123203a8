"""Test that a database from before the migrations were folded into two starts and works."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from paveadmin import ROOT

HEAD = Path(__file__).with_name("head_0012.sql")
WRITE_AND_READ = """
from django.db import transaction
from django.apps import apps
from sessions_ui.audit.log.record import record_access
from sessions_ui.domain.actor import SYSTEM
with transaction.atomic():
    record_access(actor=SYSTEM, action="audit.search")
for model in apps.get_app_config("sessions_ui").get_models():
    list(model.objects.all())
print("entries:", apps.get_model("sessions_ui", "AuditEntry").objects.count())
"""


@pytest.fixture
def old_database(tmp_path):
    """Give the path of a SQLite file as the twelve migrations left it."""
    path = tmp_path / "old.sqlite3"
    connection = sqlite3.connect(path)
    connection.executescript(HEAD.read_text("utf-8"))
    connection.close()
    return path


@pytest.fixture
def manage(old_database):
    """Give a function that runs a management command on the old database."""

    def run(*words):
        environment = {**os.environ, "DATABASE_URL": f"sqlite:///{old_database}"}
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)

    return run


def test_a_database_at_the_old_head_starts_and_takes_entries(manage, old_database):
    migrated = manage("migrate", "--verbosity", "1")
    assert migrated.returncode == 0, migrated.stderr
    assert "No migrations to apply" in migrated.stdout
    checked = manage("check", "--database", "default")
    assert checked.returncode == 0, checked.stderr
    written = manage("shell", "-v", "0", "--command", WRITE_AND_READ)
    assert "entries: 1" in written.stdout, written.stderr
    refused = pytest.raises(sqlite3.IntegrityError, match="audit")
    with closing(sqlite3.connect(old_database)) as connection, refused:
        connection.execute("DELETE FROM audit_entry")
