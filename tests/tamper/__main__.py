"""`make tamper`: a thousand tamperings on each database, with the triggers taken off; a table.

`python -m tests.tamper [--count N] [--seed N] [--entries N]`. Exit 1 when one was not found, or
when another entry than the first bad one was named.
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
    """The worker's facts for one database."""
    command = [sys.executable, "-m", "tests.tamper.worker", *sys.argv[1:]]
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def show(facts):
    """One table: kind, done, found and named, milliseconds each."""
    print(
        f"\n{TITLES[facts['vendor']]}: {facts['entries']:,} sealed entries under"
        f" {facts['seals']} seals"
    )
    print(f"{'':26}{'done':>7}{'named':>7}{'ms each':>9}")
    for kind, done in facts["done"].items():
        each = 1000 * facts["seconds"][kind] / done
        print(f"{kind.replace('_', ' '):26}{done:7}{facts['named'][kind]:7}{each:9.0f}")
    print("\n".join(facts["wrong"]))


def main():
    """Both databases, one after the other."""
    began, all_facts = time.monotonic(), []
    with tempfile.TemporaryDirectory() as folder:
        all_facts.append(run_on(f"sqlite:///{Path(folder) / 'record.sqlite3'}"))
    show(all_facts[0])
    with postgres() as url:
        all_facts.append(run_on(url))
    show(all_facts[1])
    done = sum(sum(facts["done"].values()) for facts in all_facts)
    named = sum(sum(facts["named"].values()) for facts in all_facts)
    print(f"{named:,} of {done:,} found and named rightly, in {time.monotonic() - began:.0f} s")
    return 0 if named == done else 1


if __name__ == "__main__":
    sys.exit(main())
