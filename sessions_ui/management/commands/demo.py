"""`manage.py demo`: people to try PAVE Admin with, and watch rules. Never in production."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand, CommandError

from sessions_ui.roles import ADMINISTRATORS, AGENTS, MANAGERS, ROLES
from sessions_ui.services.review.watch_rules import rules_usual_ensure


@dataclass(frozen=True)
class DemoPerson:
    """A person of the demo; the password is printed and therefore worth nothing."""

    username: str
    first_name: str
    last_name: str
    group: str

    @property
    def password(self) -> str:
        """A password that can be read aloud and is long enough."""
        return f"{self.username}-in-the-sandbox"

    @property
    def role(self) -> str:
        """What the person's pages call the role."""
        return ROLES[self.group]


PEOPLE = (
    DemoPerson("ana", "Ana", "Ferreira", AGENTS),
    DemoPerson("marcus", "Marcus", "Webb", AGENTS),
    DemoPerson("helen", "Helen", "Brandt", MANAGERS),
    DemoPerson("dora", "Dora", "Lindqvist", ADMINISTRATORS),
)


def demo_people_ensure() -> None:
    """Make the demo people, or put name, group and password back to what is printed. Where there
    was never a watch rule, make the usual ones.

    Raises CommandError in production mode.
    """
    if not settings.DEVELOPMENT:
        raise CommandError(
            "The demo people have printed passwords and are refused in production mode "
            "(DJANGO_DEBUG is off)."
        )
    for demo in PEOPLE:
        person, _made = User.objects.get_or_create(username=demo.username)
        person.first_name, person.last_name, person.is_active = (
            demo.first_name,
            demo.last_name,
            True,
        )
        if not person.check_password(demo.password):
            person.set_password(demo.password)
        person.save()
        person.groups.set([Group.objects.get(name=demo.group)])
    rules_usual_ensure()


class Command(BaseCommand):
    """Make the demo people and print who they are."""

    help = "Make people to try PAVE Admin with (refused in production mode)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them and print one line for each."""
        demo_people_ensure()
        for demo in PEOPLE:
            self.stdout.write(f"{demo.role:<14} {demo.username:<8} {demo.password}")
