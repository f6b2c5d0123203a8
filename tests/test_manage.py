"""Test manage.py in its own process: bad settings in one line, and a clean deployment check."""

import os
import subprocess
import sys

from paveadmin import ROOT


def _manage(*arguments, **variables):
    inherited = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")
    environment = {name: os.environ[name] for name in inherited if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_bad_settings_are_named_in_one_line_without_a_traceback():
    done = _manage("check", PAVE_ENVIRONMENT="live", PAVE_RATE="fast")
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    for name in ("DJANGO_SECRET_KEY", "PAVE_BASE_URL", "PAVE_API_SECRET", "PAVE_RATE"):
        assert name in done.stderr


def test_the_deployment_check_is_clean_in_production():
    done = _manage(
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        PAVE_ENVIRONMENT="live",
        PAVE_BASE_URL="https://openapi.paveapi.com",
        PAVE_USERNAME="dealer",
        PAVE_API_KEY="11111111-2222-4333-8444-555555555555",
        PAVE_API_SECRET="pave-gave-us-this",
        PAVE_REDIRECT_HOSTS="dealer.example.com",
        AUDIT_TOKEN_KEY="t0k3n" * 8,
        DJANGO_ALLOWED_HOSTS="pave.example.com",
        DJANGO_SECRET_KEY="sEcr3t-with-many-d1fferent-char@cters-0123456789-abcdefghijkl",
    )
    assert done.returncode == 0, done.stderr
