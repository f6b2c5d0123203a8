"""A dashboard to be broken: its own database, its own sandbox process, people, and children.

`world_opened` must be called before anything of Django is imported: it sets the environment.
"""

import gc
import json
import os
import shutil
import signal
import sys
import tempfile
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg

from tests.secret_search import new_canary

from .pretend import Pretend

PEOPLE = (("alice", "Agents"), ("bob", "Agents"), ("carol", "Managers"))
HELD = {
    "session": {
        "theme": "PRO",
        "language": "EN",
        "redirect_url": "https://lakeshorehonda.ca/thanks",
        "client_id": "L-20871",
    },
    "vehicle": {"make": "Honda", "model": "Civic", "trim": "EX", "odom_reading": 84210},
    "sms": {"to": "416-555-0184", "to_name": "Daniel Osie", "from": "416-555-0100", "by": "LH"},
}


@dataclass
class World:
    """What every part of the proof works on."""

    folder: Path
    pave: Pretend
    secret: str
    engine: str
    jumps: bool = False
    """Whether the clock is made to jump: then a process that died has no PUT under way."""
    cookies: dict = field(default_factory=dict)
    _notes: list = field(default_factory=list)
    _read: int = 0

    @property
    def seen(self):
        """The file to which every child writes what it did and what it was shown."""
        return self.folder / "seen.jsonl"

    @property
    def log(self):
        """The file that gets the words of all children."""
        return self.folder / "log.txt"

    @property
    def settle(self):
        """The settle time in force, seconds."""
        return float(os.environ["PAVE_SETTLE_SECONDS"])

    @property
    def lease(self):
        """The lease in force, seconds."""
        return float(os.environ["PAVE_LEASE_SECONDS"])

    @property
    def looks(self):
        """How long after a verdict the last second look is due, seconds."""
        return float(os.environ["PAVE_SECOND_LOOKS"].rpartition(",")[2])

    def session(self, **given):
        """Make a session in which every field is open; its key."""
        return self.pave.create(**{"status": "IDLE", "delivery": "failed", **HELD, **given})

    def note(self, **facts):
        """Append one line to the file of what was seen: whole, also when the writer dies next."""
        line = json.dumps({"pid": os.getpid(), **facts}) + "\n"
        handle = os.open(self.seen, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, line.encode())
        os.close(handle)

    def notes(self):
        """Everything that was seen, in the order in which it was written."""
        if self.seen.exists():
            with self.seen.open("rb") as file:
                file.seek(self._read)
                fresh = file.read()
            whole = fresh[: fresh.rfind(b"\n") + 1]
            self._read += len(whole)
            self._notes += map(json.loads, whole.splitlines())
        return list(self._notes)

    def fork(self, work):
        """Start a child that does `work` and ends with what it gives (0 for None); its pid."""
        from django.db import connections

        connections.close_all()
        sys.stdout.flush()
        pid = os.fork()
        if pid:
            return pid
        code = 70
        try:
            log = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.dup2(log, 1)
            os.dup2(log, 2)
            code = work() or 0
            connections.close_all()
        except BaseException:  # noqa: BLE001  whatever it was, the parent reads the code
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stderr.flush()
            os._exit(code)

    def run(self, work):
        """Do `work` in a child of its own, as after a restart; its exit code."""
        return wait(self.fork(work))


def wait(pid):
    """Wait for a child; its exit code, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def kill(pid):
    """End a child without a word of warning."""
    os.kill(pid, signal.SIGKILL)
    return wait(pid)


def new_database(url):
    """Make an empty database beside the one of a PostgreSQL URL; the new URL."""
    name = f"faults_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as line:
        line.execute(f'CREATE DATABASE "{name}"')
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def drop_database(url, made):
    """Remove what `new_database` made, whoever still holds it."""
    name = urlsplit(made).path[1:]
    with psycopg.connect(url, autocommit=True) as line:
        line.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def world_opened(database="", **variables):
    """Give a world on SQLite, or in a new database beside the PostgreSQL of this URL.

    `variables` scale the clock: `PAVE_LEASE_SECONDS="0.1"`. Everything is gone afterwards.
    """
    folder = Path(tempfile.mkdtemp(prefix="paveadmin-faults-"))
    secret = new_canary()
    pave = Pretend(secret)
    made = new_database(database) if database else f"sqlite:///{folder / 'faults.sqlite3'}"
    os.environ |= {f"FAULTS_{name}": value for name, value in variables.items()}
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "DATABASE_URL": made,
        "FAULTS_BASE_URL": pave.base_url,
        "FAULTS_SECRET": secret,
    }
    engine = "PostgreSQL" if database else "SQLite"
    try:
        django.setup()
        world = World(folder, pave, secret, engine)
        _settle_in(world)
        yield world
    finally:
        pave.close()
        if database:
            drop_database(database, made)
        shutil.rmtree(folder, ignore_errors=True)


def _settle_in(world):
    """Make tables and people, and log each of them in once."""
    from django.contrib.auth.models import Group, User
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    for name, group in PEOPLE:
        person = User.objects.create_user(name, password="correct horse battery")
        person.groups.add(Group.objects.get(name=group))
        client = Client()
        client.force_login(person)
        world.cookies[name] = client.cookies["sessionid"].value


def until(holds, seconds, every=0.02):
    """Wait until `holds()` is true; False when it was not within that many seconds."""
    end = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < end:
        time.sleep(every)
    return held


def warm(world, person):
    """Draw each page once in this process, so that its children find the templates compiled.

    `person` is the class of person.py, which can be imported only now.
    """
    one = person(world, "alice", world.session())
    one.edit({"vehicle.trim": "Warm"})
    gc.freeze()
