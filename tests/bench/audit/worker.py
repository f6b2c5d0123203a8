"""Run a process per database, which takes commands by name and returns their results."""

import atexit
import multiprocessing
import os
import traceback
from dataclasses import dataclass

SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Pace:
    """How often each thing is done in a slice."""

    reads: int = 5
    writes: int = 40
    pages: int = 4


def serve(pipe, url, size, pace):
    """The life of a worker."""
    os.environ["DATABASE_URL"] = url
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.audit.settings"
    import django

    django.setup()
    from .bench import Bench

    bench = Bench(size, pace)
    while True:
        try:
            name, given = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send((getattr(bench, name)(*given), None))
        except Exception:
            pipe.send((None, traceback.format_exc()))


class Worker:
    """The near end. `start` and `result` are apart, so that several can work at a time.

    No daemon: these may not start processes, as a proof by several does. So each is let go at the
    end of the run, whatever ends it.
    """

    def __init__(self, url, size, pace):
        self._pipe, far = SPAWN.Pipe()
        self.process = SPAWN.Process(target=serve, args=(far, url, size, pace))
        self.process.start()
        far.close()
        atexit.register(self.end)

    def start(self, name, *given):
        """Tell it to do something."""
        self._pipe.send((name, given))
        return self

    def result(self):
        """What came of it. Raises RuntimeError with the worker's own words."""
        found, trouble = self._pipe.recv()
        if trouble:
            raise RuntimeError(trouble)
        return found

    def do(self, name, *given):
        """Tell it, and wait."""
        return self.start(name, *given).result()

    def end(self):
        """Let it go; one that is still at work is stopped."""
        atexit.unregister(self.end)
        self._pipe.close()
        self.process.join(10)
        self.process.terminate()
