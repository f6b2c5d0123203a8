"""The Django project of PAVE Admin: settings, addresses, start-up."""

import tomllib
from pathlib import Path

from dotenv import load_dotenv

ROOT = Path(__file__).resolve().parent.parent
# The project is not installed as a package, so no metadata of one holds its version.
VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def read_env_file() -> None:
    """Add the variables of `.env` beside manage.py to the environment, where they are not set yet.

    Called by the two doors (manage.py and wsgi.py) and not by the settings, so that tests never
    meet the keys of a real PAVE. Values are taken as they stand: a secret may hold a `$`.
    """
    load_dotenv(ROOT / ".env", override=False, interpolate=False)
