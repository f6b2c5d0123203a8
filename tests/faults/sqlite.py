"""SQLite full, read-only and locked, from the N-th step of a submit on: nothing goes unrecorded."""

import os
import sqlite3
from collections import Counter

from django.db import connection

from sessions_ui.models import Edit

from .checker import Violation
from .person import WHY, Person
from .points import finished
from .steps import Steps, counted
from .world import wait

COUNTS = {"short": 20, "hour": 60, "long": 200}
AT_ONCE = 4
STEPS = 55
TYPED = {"vehicle.trim": "Sport", "session.theme": "LITE"}
LONG = {**WHY, "reason_note": "The customer called about it. " * 30}  # needs new pages soon


def full():
    """No page more than there are."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    return True


def read_only():
    """Every write is refused from now on."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
    return True


_holding = []


def locked():
    """A second connection begins to write and does not end; not while we are writing ourselves."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 200")
    connection.settings_dict["OPTIONS"]["timeout"] = 0.2  # of the connections that come after
    other = sqlite3.connect(connection.settings_dict["NAME"], timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        other.close()
        return False
    _holding.append(other)
    return True


KINDS = (full, read_only, locked)


def _submitted(world, key, kind, at):
    """One submit during which the database begins to refuse; what the sender is told."""
    person = Person(world, "alice", key)
    page = person.review(person.open(), TYPED)
    steps = Steps(at, kind, brief=True)
    with counted(steps):
        sent = person.send(page, TYPED, why=LONG, manner="database", kind_of=kind.__name__, at=at)
        if sent.sent_to:
            person.open(sent.sent_to)
    os._exit(0)  # with whatever is still held, as a process that is stopped


def run(world, count, *, pages=True):
    """Try each kind so many times, at one step after the other. `pages`: a page that says only
    that something went wrong counts as a violation, too."""
    running = set()
    for n in range(count * len(KINDS)):
        kind, at = KINDS[n % len(KINDS)], 1 + (n // len(KINDS)) % STEPS
        key = world.session()
        if n % 2:
            world.pave.fault("reset_after", key=key)
        # a locked database stops everybody, so its turn is its own
        while running and (kind is locked or len(running) >= AT_ONCE):
            pid, _ = os.wait()
            running.discard(pid)
        pid = world.fork(lambda key=key, kind=kind, at=at: _submitted(world, key, kind, at))
        if kind is locked:
            wait(pid)
        else:
            running.add(pid)
    for pid in running:
        wait(pid)
    shown = Counter(one["status"] for one in world.notes()
                    if one["note"] == "shown" and one["kind"] == "send")  # fmt: skip
    words = f"{count} each full, read-only, locked; answers {dict(shown)}"
    _, found, words = finished(world, Edit.objects.count(), words, every=5)
    return count * len(KINDS), found + (broken_pages(world) if pages else []), words


def broken_pages(world):
    """Pages that say only that something went wrong, where the house could know more."""
    pages = [one for one in world.notes() if one["note"] == "shown" and one["status"] in (400, 500)]
    kinds = Counter((one["kind"], one["status"], one["text"][:200]) for one in pages)
    words = f"{len(pages)} pages that know nothing"
    return [Violation("500", None, words, [dict(kinds)])] if pages else []


def sized(world, asked):
    """Run with what was asked for on the command line."""
    return run(world, asked.count or COUNTS[asked.size], pages=asked.only != "promises")
