"""Measure one thing at a time, as a worker's commands."""

import resource
import threading
import time
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from sessions_ui.audit.integrity.verify import verify_entries
from sessions_ui.domain.actor import SYSTEM
from sessions_ui.forms.audit_filter import read_filter
from sessions_ui.models import AuditEntry
from sessions_ui.services.audit.export import begin_export
from sessions_ui.services.integrity.seal_and_verify import choose_processes

from . import loading, plans
from .asking import ALL
from .measures import Measures
from .peers import peers


class Bench(Measures):
    """Loading, the slices, and what is done once over the whole of a database."""

    def load(self, alone=False):
        """Fill the database unless it is full; gives the seconds that it took. ``alone``: with our
        record only, and not sealed."""
        if loading.is_loaded(self.size):
            call_command("migrate", verbosity=0)
            return {}
        contenders = [] if alone else peers()
        loading.database_make(contenders)
        took = loading.database_load(self.size, contenders)
        return took if alone else took | loading.record_seal()

    def weigh(self):
        """Bytes by contender, and of our tables one by one."""
        return loading.weights(self.others)

    def export(self, form, seconds):
        """Hand out everything for so long at most: lines, in JSON Lines also the changed fields
        in them, seconds and growth."""
        connection.ensure_connection()
        made = begin_export(actor=SYSTEM, audit_filter=read_filter(ALL), format=form)
        lines = fields = 0
        with Peak() as peak:
            began = time.monotonic()
            for part in made.parts:
                lines += part.count(b"\n")
                fields += part.count(b'{"field":')
                if time.monotonic() - began > seconds:
                    made.parts.close()
                    break
            took = time.monotonic() - began
        counts = {"lines": lines, "fields": fields, "s": took}
        return counts | {"grown_mb": peak.grown, "edits": made.count}

    def export_of(self, name, seconds):
        """The same for the floor or a peer: its rows, streamed and spelled."""
        one = next(one for one in self.others if one.name == name)
        rows, began = 0, time.monotonic()
        for row in one.everything():
            ",".join(map(str, row))
            rows += 1
            if rows % 1000 == 0 and time.monotonic() - began > seconds:
                break
        return {"lines": rows, "s": time.monotonic() - began}

    def verify(self, processes=None):
        """Prove the whole record once. ``processes``: None for as many as the command takes."""
        processes = processes or choose_processes(AuditEntry.objects.count())
        began = time.monotonic()
        with Peak() as peak:
            report = verify_entries(key=settings.AUDIT_SEAL_KEY, workers=processes)
        return {
            "processes": processes,
            "rows": report.sealed + report.unsealed,
            "seals": report.checkpoints,
            "s": time.monotonic() - began,
            "grown_mb": peak.grown,
        }

    def scans(self, names=tuple(plans.FILTERS), without=None):
        """What would be read whole for these filters, an index taken away. On a new connection:
        SQLite explains a statement that it has prepared before as if the index were still there."""
        self.rest()
        with transaction.atomic():
            if without:
                with connection.cursor() as cursor:
                    cursor.execute(f"DROP INDEX {without}")
            found = plans.scans(names)
            transaction.set_rollback(True)
        return found

    def rest(self):
        """Let go of the database."""
        connection.close()


class Peak:
    """How far the memory of this process grew inside, in MB, looked at fifty times a second."""

    def __enter__(self):
        self._start = self._most = _resident()
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look)
        self._watch.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._watch.join()

    def _look(self):
        while not self._over.wait(0.02):
            self._most = max(self._most, _resident())

    @property
    def grown(self):
        return self._most - self._start


def _resident():
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize() / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
