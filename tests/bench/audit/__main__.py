"""`make bench-audit`, or `python -m tests.bench.audit --quick`.

Loads each database once (a folder given with --keep is used again), then measures them in turn,
slice by slice. Prints ratios to the floor of the same database, beside the targets.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .report import report_of
from .worker import Pace, Worker

WRITERS = 4
HASHED = ("ours", "ours, no hash")
PAIRS = 3
"""Of slices of both, to a round."""


@dataclass
class Database:
    """One of the databases of a run, and what was found of it."""

    engine: str
    size: int
    worker: Worker
    url: str
    samples: dict = field(default_factory=lambda: defaultdict(list))
    facts: dict = field(default_factory=dict)


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", default="100000,1000000", help="edits, with commas")
    parser.add_argument("--engine", default="sqlite,postgresql")
    parser.add_argument("--slices", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5, help="of each slice of 4 writers")
    parser.add_argument("--keep", type=Path, help="a folder whose databases are used again")
    parser.add_argument("--write", type=Path, help="a Markdown file for the results")
    parser.add_argument("--load-only", action="store_true")
    parser.add_argument("--quick", action="store_true", help="10,000 edits on SQLite, one slice")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.size, chosen.engine, chosen.slices, chosen.seconds = "10000", "sqlite", 1, 0.3
    return chosen


def say(words):
    print(f"{time.strftime('%H:%M:%S')} {words}", file=sys.stderr, flush=True)


@contextmanager
def databases(chosen):
    """A worker for each, with a database that is loaded."""
    engines = chosen.engine.split(",")
    sizes = [int(size) for size in chosen.size.split(",")]
    pace = Pace(reads=2, writes=4, pages=2) if chosen.quick else Pace()
    with ExitStack() as stack:
        folder = chosen.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(exist_ok=True)
        server = None
        if "postgresql" in engines:
            from .servers import postgres

            server = stack.enter_context(postgres(folder / "postgresql"))
        found = []
        for size in sizes:
            loaded = [begun(engine, size, pace, folder, server) for engine in engines]
            for one in loaded:
                stack.callback(one.worker.end)
                one.facts |= one.worker.result()
                say(f"{one.engine} {one.size:,}: loaded {one.facts}")
            found += loaded
        yield found


def begun(engine, size, pace, folder, server):
    """A database whose worker has begun to load it."""
    url = url_of(engine, folder, f"bench_{size}", server)
    worker = Worker(url, size, pace)
    worker.start("load")
    return Database(engine, size, worker, url)


def url_of(engine, folder, name, server):
    """The database's URL; on PostgreSQL the database is made where it is missing."""
    if engine == "sqlite":
        return f"sqlite:///{folder}/{name}.sqlite3"
    if "(1 row)" not in server.psql(f"SELECT 1 FROM pg_database WHERE datname = '{name}';"):
        server.psql(f"CREATE DATABASE {name};")
    return server.get_uri(name)


def measure(found, chosen):
    """Everything of every database, in turn."""
    for one in found:
        one.facts["bytes"] = one.worker.do("weigh")
        one.worker.do("ready")
    for number in range(chosen.slices):
        for one in found:
            say(f"slice {number + 1} of {chosen.slices}: {one.engine} {one.size:,}")
            for key, samples in one.worker.do("slice").items():
                one.samples[key] += samples
    for one in found:
        say(f"once: {one.engine} {one.size:,}")
        once(one, chosen)


def once(one, chosen):
    """What is done over the whole: exports, proof, four writers at a time."""
    most = 1 if chosen.quick else 8
    one.facts["verify"] = one.worker.do("verify", 1)
    one.facts["verify as configured"] = one.worker.do("verify")
    for form in ("csv", "jsonl"):
        one.facts[form] = one.worker.do("export", form, most)
    for name in ("floor", "simple-history", "auditlog", "LogEntry"):
        if name in one.facts["bytes"]:
            one.facts["export " + name] = one.worker.do("export_of", name, most / 3)
    if one.size == min(int(size) for size in chosen.size.split(",")):
        one.facts["writers"] = writers(one, chosen)


def writers(one, chosen):
    """Whole edits a second by four processes at a time, contender after contender, in slices; and
    what the hash costs, by many short slices with it and without."""
    others = ["floor"]
    others += [name for name in ("simple-history", "auditlog") if name in one.facts["bytes"]]
    rates = defaultdict(list)
    pace = Pace()
    team = [Worker(one.url, one.size, pace) for _ in range(WRITERS)]
    for worker in team:
        worker.do("rest")
    rounds = 1 if chosen.quick else 5
    for _ in range(rounds):
        for name in others:
            rates[name].append(rate(team, name, chosen.seconds))
        # As long as one slice of each, but in turn: what else runs here hits both alike.
        for number in range(PAIRS):
            for name in HASHED[:: 1 if number % 2 else -1]:
                rates[name].append(rate(team, name, chosen.seconds / PAIRS))
    for worker in team:
        worker.end()
    one.worker.do("forget")
    found = {name: statistics.median(found) for name, found in rates.items()}
    return found | {"pairs": rounds * PAIRS, "kept": kept(*(rates[name] for name in HASHED))}


def rate(team, name, seconds):
    """Edits a second by all of them together, from one moment on."""
    start = time.time() + 0.15
    for number, worker in enumerate(team):
        worker.start("write_for", name, seconds, start, number, WRITERS)
    return sum(worker.result() for worker in team)


def kept(rates, others):
    """Which part of the others' rates is left: the median over pairs measured side by side."""
    return statistics.median(mine / other for mine, other in zip(rates, others, strict=True))


def main():
    """Load, measure, report."""
    chosen, began = options(), time.monotonic()
    with databases(chosen) as found:
        if chosen.load_only:
            return
        measure(found, chosen)
        words = report_of(found, time.monotonic() - began)
    print(words)
    if chosen.write:
        chosen.write.write_text(words, "utf-8")


if __name__ == "__main__":
    main()
