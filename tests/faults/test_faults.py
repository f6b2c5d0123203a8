"""Run the short versions of the proof, each in a process with a database of its own."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from paveadmin import ROOT

LONGEST = 300
"""Seconds that one part may take on a busy machine."""
pytestmark = pytest.mark.timeout(LONGEST)


def database():
    """Give the URL of the server under test, or "". The runner makes a database there."""
    is_postgres = "postgres" in settings.DATABASES["default"]["ENGINE"]
    return os.environ.get("DATABASE_URL", "") if is_postgres else ""


def run_module(*command, **variables):
    """Run a module of the proof; give its exit code, and the end of its output."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=LONGEST - 10,
    )
    return done.returncode, f"{done.stdout[-8000:]}{done.stderr[-4000:]}"


def run_part(part, *options):
    """Run one part on the database under test."""
    return run_module("tests.faults.runner", part, *options, DATABASE_URL=database())


@pytest.mark.proof
def test_no_promise_is_broken_by_dying_at_any_step_of_a_submit():
    code, words = run_part("points", "--size", "short")
    assert code == 0, words


@pytest.mark.proof
def test_five_seeded_bugs_are_found():
    code, words = run_part("teeth", "--size", "short")
    assert code == 0, words
    assert "5 of 5 seeded bugs caught" in words


@pytest.mark.proof
def test_a_form_makes_one_edit_however_often_it_is_posted():
    code, words = run_part("doubles", "--count", "40")
    assert code == 0, words
    assert "40 edits, 40 PUTs" in words


SQLITE_PARTS = [] if database() else ["sqlite"]
"""What can go wrong with SQLite alone."""
LONG_PARTS = ["load", "load:writer", "load:kills", "guarded", *SQLITE_PARTS]


# The model takes seconds: `make test` keeps it, so that a change that breaks the proof shows early.
@pytest.mark.parametrize(
    "part", ["model", *(pytest.param(part, marks=pytest.mark.proof) for part in LONG_PARTS)]
)
def test_no_promise_is_broken(part):
    code, words = run_part(part, "--size", "short")
    assert code == 0, words


@pytest.mark.proof
@pytest.mark.skipif(not database(), reason="SQLite has no server to stop")
def test_no_promise_is_broken_while_a_server_is_stopped_and_connections_are_cut():
    """It starts a server of its own: other tests use the one under test meanwhile."""
    code, words = run_module("tests.faults", "--part", "stops", "--count", "2")
    assert code == 0, words
