"""Configure and start PAVE Admin: settings, middleware, routes, logs."""

import tomllib
from pathlib import Path

from dotenv import load_dotenv

ROOT = Path(__file__).resolve().parent.parent
# The project is not installed as a package, so no metadata of one holds its version.
VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def read_env_file() -> None:
    """Add the variables of the `.env` next to manage.py to the environment, where they are not set.

    manage.py and wsgi.py call this, not the settings, so that tests never see the keys of a real
    PAVE. Values are taken literally, because a secret may contain a `$`.
    """
    load_dotenv(ROOT / ".env", override=False, interpolate=False)
