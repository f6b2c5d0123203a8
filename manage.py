#!/usr/bin/env python
"""Run Django's commands for PAVE Admin."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from paveadmin import read_env_file


def main() -> None:
    """Run one command; a bad setting ends it with one sentence in place of a traceback."""
    read_env_file()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paveadmin.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()
