"""Let SQLite be full, read-only or locked from the N-th step of a submit on."""

import os
import sqlite3
from collections import Counter

from django.db import connection

from sessions_ui.models import Edit

from .checker import Violation
from .person import WHY, Person
from .points import finish
from .steps import Steps, counted
from .world import wait

COUNTS = {"short": 20, "hour": 60, "long": 200}
AT_ONCE = 4
STEPS = 55
TYPED = {"vehicle.trim": "Sport", "session.theme": "LITE"}
LONG = {**WHY, "reason_note": "The customer called about it. " * 30}  # needs new pages soon


def full():
    """Let the database grow by no page."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    return True


def read_only():
    """Refuse every write from now on."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
    return True


_locks = []  # connections that hold the database


def locked():
    """Lock the database by a second connection; False while this process is writing itself."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 200")
    connection.settings_dict["OPTIONS"]["timeout"] = 0.2  # of later connections
    other = sqlite3.connect(connection.settings_dict["NAME"], timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        other.close()
        return False
    _locks.append(other)
    return True


KINDS = (full, read_only, locked)


def _submitted(world, key, kind, at):
    """Submit an edit during which the database begins to refuse writes."""
    person = Person(world, "alice", key)
    page = person.review(person.open(), TYPED)
    steps = Steps(at, kind, brief=True)
    with counted(steps):
        sent = person.send(page, TYPED, why=LONG, manner="database", kind_of=kind.__name__, at=at)
        if sent.sent_to:
            person.open(sent.sent_to)
    os._exit(0)  # with all locks still held, as a process that is killed


def run(world, count, *, pages=True):
    """Try each kind so many times, at one step after the other. `pages`: count a page that says
    only that something went wrong as a violation, too."""
    running = set()
    for n in range(count * len(KINDS)):
        kind, at = KINDS[n % len(KINDS)], 1 + (n // len(KINDS)) % STEPS
        key = world.session()
        if n % 2:
            world.pave.fault("reset_after", key=key)
        # a locked database stops every process, so it is tried alone
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
    shown = Counter(note["status"] for note in world.notes()
                    if note["note"] == "shown" and note["kind"] == "send")  # fmt: skip
    words = f"{count} each full, read-only, locked; answers {dict(shown)}"
    _, violations, words = finish(world, Edit.objects.count(), words, every=5)
    return count * len(KINDS), violations + (broken_pages(world) if pages else []), words


def broken_pages(world):
    """Find pages that say only that something went wrong, where more could be known."""
    pages = [
        note for note in world.notes() if note["note"] == "shown" and note["status"] in (400, 500)
    ]
    kinds = Counter((page["kind"], page["status"], page["text"][:200]) for page in pages)
    words = f"{len(pages)} pages that know nothing"
    return [Violation("500", None, words, [dict(kinds)])] if pages else []


def run_part(world, options):
    """Run this part with the options of the command line."""
    return run(world, options.count or COUNTS[options.size], pages=options.only != "promises")
