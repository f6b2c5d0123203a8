"""Run the tamperings on both databases, without triggers, and print a table of the results.

`python -m tests.tamper [--count N] [--seed N] [--entries N]`. Exit 1 when one was not found, or
when verification named another entry than the first wrong one.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from paveadmin import ROOT
from tests.run import postgres

TITLES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def run_on(url):
    """Run the worker on one database, and give its results."""
    command = [sys.executable, "-m", "tests.tamper.worker", *sys.argv[1:]]
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def show(result):
    """Print the table of one database: kind, number, number of correct names, milliseconds each."""
    print(
        f"\n{TITLES[result['vendor']]}: {result['entries']:,} sealed entries under"
        f" {result['seals']} seals"
    )
    print(f"{'':26}{'done':>7}{'named':>7}{'ms each':>9}")
    for kind, done in result["done"].items():
        each = 1000 * result["seconds"][kind] / done
        print(f"{kind.replace('_', ' '):26}{done:7}{result['named'][kind]:7}{each:9.0f}")
    print("\n".join(result["wrong"]))


def main():
    """Run on SQLite, then on PostgreSQL."""
    began, results = time.monotonic(), []
    with tempfile.TemporaryDirectory() as folder:
        results.append(run_on(f"sqlite:///{Path(folder) / 'record.sqlite3'}"))
    show(results[0])
    with postgres() as url:
        results.append(run_on(url))
    show(results[1])
    done = sum(sum(result["done"].values()) for result in results)
    named = sum(sum(result["named"].values()) for result in results)
    print(f"{named:,} of {done:,} found and named rightly, in {time.monotonic() - began:.0f} s")
    return 0 if named == done else 1


if __name__ == "__main__":
    sys.exit(main())
