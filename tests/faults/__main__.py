"""Run every part of the proof on both databases, and print one table: `make faults`.

`python -m tests.faults [--size hour|long] [--seed N] [--part NAME ...]`. The parts of one database
run one after the other, the two databases beside each other. The exit code is 0 only if no promise
was broken anywhere.
"""

import argparse
import json
import os
import subprocess
import sys
import threading
import time

from paveadmin import ROOT

from .servers import postgres

BOTH = ("SQLite", "PostgreSQL")
SEEDS = {"hour": (1,), "long": (1, 2, 3)}
# part, databases, whether it is repeated for every seed
PARTS = (
    ("points", BOTH, False),
    ("points:calls", BOTH, False),
    ("teeth", BOTH, False),
    ("model", BOTH, False),
    ("doubles", BOTH, False),
    ("load", BOTH, True),
    ("load:writer", BOTH, False),
    ("load:kills", BOTH, False),
    ("guarded", BOTH, False),
    ("sqlite", ("SQLite",), False),
    ("stops", ("PostgreSQL",), False),
)
COLUMNS = "{part:<14} {engine:<11} {number:>7} {seed:>5} {seconds:>8} {violations:>10}  {words}"


def arguments():
    """Read how much to run, from which seed on, and which parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="hour", choices=tuple(SEEDS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", action="append", choices=[part for part, *_ in PARTS])
    parser.add_argument("--count", type=int, help="instead of each part's own number")
    return parser.parse_args()


def planned(options, engine):
    """Give the parts and seeds for one database."""
    for part, engines, seeded in PARTS:
        if engine in engines and part in (options.part or (part,)):
            seeds = SEEDS[options.size] if seeded else SEEDS[options.size][:1]
            yield from ((part, seed + options.seed - 1) for seed in seeds)


def run_one(part, seed, engine, url, options):
    """Run one part; give its result, or that it broke down."""
    began = time.monotonic()
    command = [sys.executable, "-m", "tests.faults.runner", part]
    command += ["--size", options.size, "--seed", str(seed)]
    command += ["--count", str(options.count)] if options.count else []
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "DATABASE_URL": url}, capture_output=True, text=True
    )
    *lines, last = done.stdout.splitlines() or [""]
    if done.returncode:
        print("\n".join([f"--- {part} on {engine}, seed {seed}", *lines, done.stderr]), flush=True)
    if last.startswith("RESULT "):
        return json.loads(last.removeprefix("RESULT "))
    seconds = round(time.monotonic() - began, 1)
    return {"part": part, "engine": engine, "number": 0, "seed": seed, "seconds": seconds,
            "violations": 1, "words": "broke down, see above"}  # fmt: skip


def main():
    """Run everything, print the table, and give the exit code."""
    options, began, rows = arguments(), time.monotonic(), []

    def all_of(engine, url):
        for part, seed in planned(options, engine):
            rows.append(run_one(part, seed, engine, url, options))
            print(COLUMNS.format(**rows[-1]), flush=True)

    with postgres() as url:
        threads = [threading.Thread(target=all_of, args=one) for one in (("SQLite", ""),
                 ("PostgreSQL", url))]  # fmt: skip
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    names = ("part", "engine", "number", "seed", "seconds", "violations", "words")
    print("\n" + COLUMNS.format(**{name: name for name in names}))
    for row in sorted(rows, key=lambda row: [part for part, *_ in PARTS].index(row["part"])):
        print(COLUMNS.format(**row))
    broken = sum(row["violations"] for row in rows)
    print(f"{broken} violations in {time.monotonic() - began:.0f} s")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
