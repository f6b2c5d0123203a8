"""Test the people of the demo: created, reset, and refused in production mode."""

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.management import CommandError, call_command

from sessions_ui.management.commands.demo import PEOPLE
from sessions_ui.roles import role_of


def test_it_creates_the_people_with_their_roles_and_printed_passwords(db, client, capsys):
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


def test_a_second_run_changes_nothing_but_what_differs_from_the_printed(db):
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


def test_it_is_refused_in_production_mode(db, settings):
    settings.DEVELOPMENT = False
    with pytest.raises(CommandError, match="DJANGO_DEBUG is off"):
        call_command("demo")
    assert not User.objects.exists()
