"""The short versions of the proof, each in a process of its own with its own database."""

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
    """The server under test, where there is one: the runner makes a database of its own beside."""
    is_postgres = "postgres" in settings.DATABASES["default"]["ENGINE"]
    return os.environ.get("DATABASE_URL", "") if is_postgres else ""


def ran(*command, **variables):
    """Run a module of the proof; its exit code, and what it said at the end."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=LONGEST - 10,
    )
    return done.returncode, f"{done.stdout[-8000:]}{done.stderr[-4000:]}"


def proved(part, *options):
    """Run one part on the database under test."""
    return ran("tests.faults.runner", part, *options, DATABASE_URL=database())


@pytest.mark.proof
def test_it_survives_dying_at_every_step_of_a_submit():
    code, words = proved("points", "--size", "short")
    assert code == 0, words


@pytest.mark.proof
def test_it_finds_five_seeded_bugs():
    code, words = proved("teeth", "--size", "short")
    assert code == 0, words
    assert "5 of 5 seeded bugs caught" in words


@pytest.mark.proof
def test_it_makes_one_edit_of_each_form_however_often_it_is_posted():
    code, words = proved("doubles", "--count", "40")
    assert code == 0, words
    assert "40 edits, 40 PUTs" in words


ITS_OWN = [] if database() else ["sqlite"]
"""What can go wrong with SQLite alone."""
LONG_PARTS = ["load", "load:writer", "load:kills", "guarded", *ITS_OWN]


# The model takes seconds: `make test` keeps it, so that a change that breaks the proof shows early.
@pytest.mark.parametrize(
    "part", ["model", *(pytest.param(part, marks=pytest.mark.proof) for part in LONG_PARTS)]
)
def test_it_keeps_its_word(part):
    code, words = proved(part, "--size", "short")
    assert code == 0, words


@pytest.mark.proof
@pytest.mark.skipif(not database(), reason="SQLite has no server to stop")
def test_it_keeps_its_word_while_a_server_is_stopped_and_lines_are_cut():
    """A server of its own: others work with the one under test, which does not keep all commits."""
    code, words = ran("tests.faults", "--part", "stops", "--count", "2")
    assert code == 0, words
