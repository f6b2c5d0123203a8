"""Open a dashboard to be broken: a database and a sandbox process of its own, and people.

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

from .sandbox_process import SandboxProcess

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
    pave: SandboxProcess
    secret: str
    engine: str
    jumps: bool = False
    """Whether the clock is moved ahead: then a process that died has no PUT under way."""
    cookies: dict = field(default_factory=dict)
    _notes: list = field(default_factory=list)
    _read: int = 0

    @property
    def seen(self):
        """The file to which every child writes what it did and what it was shown."""
        return self.folder / "seen.jsonl"

    @property
    def log(self):
        """The file that gets the output of all children."""
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
        """Make a session in which every field is open; give its key."""
        return self.pave.create(**{"status": "IDLE", "delivery": "failed", **HELD, **given})

    def note(self, **facts):
        """Append one line to the file `seen`, in one write: the writer may die next."""
        line = json.dumps({"pid": os.getpid(), **facts}) + "\n"
        handle = os.open(self.seen, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, line.encode())
        os.close(handle)

    def notes(self):
        """Give all notes, in the order in which they were written."""
        if self.seen.exists():
            with self.seen.open("rb") as file:
                file.seek(self._read)
                unread = file.read()
            lines = unread[: unread.rfind(b"\n") + 1]
            self._read += len(lines)
            self._notes += map(json.loads, lines.splitlines())
        return list(self._notes)

    def fork(self, work):
        """Start a child that does `work` and exits with its result (None: 0); give its pid."""
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
        except BaseException:  # noqa: BLE001  whatever it is, the parent reads the exit code
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stderr.flush()
            os._exit(code)

    def run(self, work):
        """Do `work` in a new child, as after a restart; give its exit code."""
        return wait(self.fork(work))


def wait(pid):
    """Wait for a child; give its exit code, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def kill(pid):
    """End a child with SIGKILL."""
    os.kill(pid, signal.SIGKILL)
    return wait(pid)


def new_database(url):
    """Make an empty database beside the one of a PostgreSQL URL; give its URL."""
    name = f"faults_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as link:
        link.execute(f'CREATE DATABASE "{name}"')
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def drop_database(url, made):
    """Drop what `new_database` made, with the connections to it."""
    name = urlsplit(made).path[1:]
    with psycopg.connect(url, autocommit=True) as link:
        link.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def world_opened(database="", **variables):
    """Give a world on SQLite, or in a new database beside the PostgreSQL of this URL.

    `variables` scale the clock: `PAVE_LEASE_SECONDS="0.1"`. Everything is removed afterwards.
    """
    folder = Path(tempfile.mkdtemp(prefix="paveadmin-faults-"))
    secret = new_canary()
    pave = SandboxProcess(secret)
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
        _fill(world)
        yield world
    finally:
        pave.close()
        if database:
            drop_database(database, made)
        shutil.rmtree(folder, ignore_errors=True)


def _fill(world):
    """Make the tables and the people, and log each of them in once."""
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


def until(condition, seconds, every=0.02):
    """Wait until `condition()` is true; give False when it was not within so many seconds."""
    end = time.monotonic() + seconds
    while not (is_true := condition()) and time.monotonic() < end:
        time.sleep(every)
    return is_true


def warm_up(world, person_class):
    """Render each page once in this process, so that its children find the templates compiled.

    `person_class` is the class of person.py, which can be imported only now.
    """
    person_class(world, "alice", world.session()).edit({"vehicle.trim": "Warm"})
    gc.freeze()
