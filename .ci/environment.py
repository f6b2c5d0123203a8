"""Make .venv and install a requirements file into it, unless that was done already.

Runs with any Python from 3.11 on and nothing installed: `python .ci/environment.py FILE`.
What was installed is listed in .venv/installed.txt, one line per file: its name and its sha256.
"""

import hashlib
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed.txt"
# The later of these files hold all of the earlier ones, with the same pins.
CONTAINED = {
    "requirements-dev.txt": ["requirements.txt"],
    "requirements-bench.txt": ["requirements-dev.txt", "requirements.txt"],
}


def stamp_of(name: str) -> str:
    """Give the line that identifies a requirements file as it is now."""
    return f"{name} {hashlib.sha256(ROOT.joinpath(name).read_bytes()).hexdigest()}"


def install(name: str) -> None:
    """Install the file, every download checked against its hash; ends the run on failure."""
    python = VENV / "bin" / "python"
    if not python.exists():
        print("Making .venv ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)  # noqa: S603
    print(f"Installing {name} (the first time takes up to a minute) ...", flush=True)
    began = time.monotonic()
    command = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    done = subprocess.run([*command, "--require-hashes", "-r", name], cwd=ROOT)  # noqa: S603
    if done.returncode:
        sys.exit(f"{name} could not be installed: see pip's words above, then try again.")
    print(f"Installed in {time.monotonic() - began:.0f} s.", flush=True)


def main() -> None:
    """Bring .venv in line with the file that is named on the command line."""
    if sys.version_info < (3, 11):
        sys.exit(
            f"PAVE Admin needs Python 3.11 or newer, and this is {sys.version.split()[0]}. "
            "Name another one: make run PYTHON=python3.12"
        )
    name = sys.argv[1]
    standing = STAMP.read_text("utf-8").splitlines() if STAMP.exists() else []
    if stamp_of(name) in standing and (VENV / "bin" / "python").exists():
        return
    install(name)
    STAMP.write_text("\n".join(map(stamp_of, [name, *CONTAINED.get(name, [])])) + "\n", "utf-8")


if __name__ == "__main__":
    main()
