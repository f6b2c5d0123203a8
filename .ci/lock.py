"""Write the requirements files from pyproject.toml: `make lock`.

The head of each file holds the sha256 of pyproject's dependency tables, so that a test can tell
without a network whether the files are out of date.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEAD = """\
# Do not edit: made by `make lock` from pyproject.toml.
# pyproject's dependency tables, sha256: {digest}
"""
DEV = ["--group", "dev"]
FILES = {
    "requirements.txt": [],
    "requirements-dev.txt": DEV,
    "requirements-bench.txt": [*DEV, "--group", "bench"],
}


def digest_of(pyproject: str) -> str:
    """Give the sha256 of the dependency tables in the text of a pyproject.toml."""
    tables = tomllib.loads(pyproject)
    project = tables["project"]
    wanted = [project["requires-python"], project["dependencies"], tables["dependency-groups"]]
    return hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()


def compiled(options: list[str]) -> str:
    """Give the pins with hashes of the tables, for every platform; keeps no address of an index."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "pins.txt")
        command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *options]
        command += ["--universal", "--generate-hashes", "--no-emit-index-url", "--quiet"]
        # pip takes `name[extra]` for pinned only where the pin names the extra
        command += ["--no-strip-extras", "--no-annotate", "--custom-compile-command", "make lock"]
        subprocess.run([*command, "--output-file", str(target)], cwd=ROOT, check=True)  # noqa: S603
        return target.read_text("utf-8")


def main() -> None:
    """Write every file."""
    digest = digest_of(ROOT.joinpath("pyproject.toml").read_text("utf-8"))
    for name, options in FILES.items():
        lines = compiled(options).splitlines(keepends=True)
        pins = "".join(line for line in lines if not line.startswith("#"))
        ROOT.joinpath(name).write_text(HEAD.format(digest=digest) + "\n" + pins, "utf-8")
        print(f"{name}: {pins.count('==')} packages")


if __name__ == "__main__":
    main()
