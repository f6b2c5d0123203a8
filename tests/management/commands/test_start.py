"""The commands of a developer: demo people, what start refuses, bad settings in one line."""

import os
import subprocess
import sys

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.management import CommandError, call_command

from paveadmin import ROOT
from sessions_ui.management.commands.demo import PEOPLE
from sessions_ui.roles import role_of


def test_it_makes_the_demo_people_with_their_roles_and_printed_passwords(db, client, capsys):
    call_command("demo")
    printed = capsys.readouterr().out
    roles = {demo.username: role_of(User.objects.get(username=demo.username)) for demo in PEOPLE}
    assert roles == {
        "ana": "Agent",
        "marcus": "Agent",
        "helen": "Manager",
        "dora": "Administrator",
    }
    for demo in PEOPLE:
        assert demo.username in printed
        assert demo.password in printed
        assert len(demo.password) >= 12
        validate_password(demo.password)
        assert client.login(username=demo.username, password=demo.password)


def test_it_changes_nothing_on_a_second_run_and_puts_back_what_was_printed(db):
    call_command("demo", verbosity=0)
    before = list(User.objects.order_by("pk").values())
    call_command("demo", verbosity=0)
    assert list(User.objects.order_by("pk").values()) == before
    ana = User.objects.get(username="ana")
    ana.set_password("something of my own")
    ana.is_active = False
    ana.save()
    call_command("demo", verbosity=0)
    again = User.objects.get(username="ana")
    assert again.is_active
    assert again.check_password("ana-in-the-sandbox")


@pytest.mark.parametrize("command", ["demo", "start"])
def test_it_refuses_in_production_mode_with_one_sentence(db, settings, command):
    settings.DEVELOPMENT = False
    with pytest.raises(CommandError, match="DJANGO_DEBUG is off"):
        call_command(command)
    assert not User.objects.exists()


def _manage(*arguments, **variables):
    kept = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_it_names_bad_settings_in_one_line_without_a_traceback():
    done = _manage("check", PAVE_ENVIRONMENT="live", PAVE_RATE="fast")
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    for name in ("DJANGO_SECRET_KEY", "PAVE_BASE_URL", "PAVE_API_SECRET", "PAVE_RATE"):
        assert name in done.stderr


def test_it_has_a_clean_deployment_check_in_production():
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
