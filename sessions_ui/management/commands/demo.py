"""Create people and watch rules to try PAVE Admin with, never in production: `manage.py demo`."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand, CommandError

from sessions_ui.roles import ADMINISTRATORS, AGENTS, MANAGERS, ROLES
from sessions_ui.services.review.watch_rules import ensure_default_rules


@dataclass(frozen=True)
class DemoPerson:
    """A person of the demo, whose password is no secret: the command prints it."""

    username: str
    first_name: str
    last_name: str
    group: str

    @property
    def password(self) -> str:
        """A password that can be read aloud and passes the validators."""
        return f"{self.username}-in-the-sandbox"

    @property
    def role(self) -> str:
        """The role as the pages name it."""
        return ROLES[self.group]


PEOPLE = (
    DemoPerson("ana", "Ana", "Ferreira", AGENTS),
    DemoPerson("marcus", "Marcus", "Webb", AGENTS),
    DemoPerson("helen", "Helen", "Brandt", MANAGERS),
    DemoPerson("dora", "Dora", "Lindqvist", ADMINISTRATORS),
)


def ensure_demo_people() -> None:
    """Create the demo people, or reset name, group and password to what is printed; create the
    usual watch rules where there was never one. Raises CommandError in production mode."""
    if not settings.DEVELOPMENT:
        raise CommandError(
            "The demo people have printed passwords and are refused in production mode "
            "(DJANGO_DEBUG is off)."
        )
    for demo in PEOPLE:
        person, _created = User.objects.get_or_create(username=demo.username)
        person.first_name, person.last_name, person.is_active = (
            demo.first_name,
            demo.last_name,
            True,
        )
        if not person.check_password(demo.password):
            person.set_password(demo.password)
        person.save()
        person.groups.set([Group.objects.get(name=demo.group)])
    ensure_default_rules()


class Command(BaseCommand):
    """Create the demo people and print who they are."""

    help = "Make people to try PAVE Admin with (refused in production mode)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the people and print a line for each."""
        ensure_demo_people()
        for demo in PEOPLE:
            self.stdout.write(f"{demo.role:<14} {demo.username:<8} {demo.password}")
