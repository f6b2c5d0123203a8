"""Test what the web process starts with."""

import os
import subprocess
import sys

from paveadmin import ROOT


def test_the_web_process_never_has_the_key():
    code = (
        "import os; from paveadmin.wsgi import application; from django.conf import settings;"
        "print(repr(settings.AUDIT_SEAL_KEY), 'AUDIT_SEAL_KEY' in os.environ)"
    )
    environment = {**os.environ, "AUDIT_SEAL_KEY": "lent-by-mistake", "DJANGO_DEBUG": "1"}
    environment["DJANGO_SETTINGS_MODULE"] = "paveadmin.settings"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip().endswith("'' False")
