"""What the frame of every page shows: which PAVE this is and how it stands, who is logged in,
where one can go.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from sessions_ui.permissions import (
    ERASE_PERSONAL,
    READ_AUDIT,
    REVIEW_AUDIT,
    VIEW_FIELDS,
    VIEW_SESSIONS,
)

from .roles import ADMINISTRATORS, ROLES, role_of
from .services.review.status import waiting_label
from .services.sessions.pave_reads import pave_state

THEMES = (("", "System"), ("light", "Light"), ("dark", "Dark"))


@dataclass(frozen=True, slots=True)
class Environment:
    """Which PAVE the pages speak with. ``band``: shown across the top, because it is not live."""

    label: str
    sentence: str = ""
    band: bool = True


ENVIRONMENTS = {
    "sandbox": Environment("Sandbox", "Nothing here reaches PAVE or any customer."),
    "test": Environment(
        "PAVE test",
        "PAVE's TEST key: sessions behave like real ones, text messages too, and are not billed.",
    ),
    "live": Environment("Live", band=False),
}

# What the bar offers: label, name of the address, the right it needs, and its keys.
PLACES = (
    ("Sessions", "session_find", VIEW_SESSIONS, "g s"),
    ("Audit", "audit", READ_AUDIT, "g a"),
    ("Review", "review", REVIEW_AUDIT, "g r"),
    ("Fields and rules", "fields", VIEW_FIELDS, "g f"),
)
# What the pages of the audit offer beside each other: label, name of the address, right.
AUDIT_PLACES = (
    ("Explorer", "audit", READ_AUDIT),
    ("Review", "review", REVIEW_AUDIT),
    ("Watch rules", "watches", REVIEW_AUDIT),
    ("Pictures", "pictures", READ_AUDIT),
    ("Evidence", "evidence", READ_AUDIT),
    ("Erase", "erase", ERASE_PERSONAL),
)


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the bar. ``count``: how much waits there, ``""`` for nothing."""

    label: str
    url: str
    current: bool
    keys: str = ""
    count: str = ""


def theme_cookie() -> str:
    """The name of the cookie that holds a person's theme; bound to this host where it can be."""
    return "__Host-theme" if settings.SESSION_COOKIE_SECURE else "theme"


def theme_of(request: HttpRequest) -> str:
    """``light``, ``dark``, or ``""``: as the person's system has it."""
    chosen = request.COOKIES.get(theme_cookie(), "")
    return chosen if chosen in dict(THEMES) else ""


def places_for(request: HttpRequest, role: str) -> list[Place]:
    """The places that a person of this role may go to; none without a role."""
    offered = [place for place in PLACES if request.user.has_perm(place[2])]
    here = current_of(request, [name for _, name, *_ in offered])
    counts = {"review": waiting_label() if any(name == "review" for _, name, *_ in offered) else ""}
    places = [
        Place(label, reverse(name), name == here, keys, counts.get(name, ""))
        for label, name, _, keys in offered
    ]
    if role == ROLES[ADMINISTRATORS]:
        places.append(Place("People", reverse("admin:index"), current=False))
    return places


def audit_places_for(request: HttpRequest) -> list[Place]:
    """The pages of the audit that a person may open; none away from the audit."""
    if not request.path.startswith(reverse("audit")):
        return []
    offered = [place for place in AUDIT_PLACES if request.user.has_perm(place[2])]
    here = current_of(request, [name for _, name, _ in offered])
    return [Place(label, reverse(name), name == here) for label, name, _ in offered]


def current_of(request: HttpRequest, names: Sequence[str]) -> str:
    """The name whose address the request's begins with, the longest one; ``""`` for none."""
    found = [name for name in names if request.path.startswith(reverse(name))]
    return max(found, key=lambda name: len(reverse(name)), default="")


def customer_page() -> str:
    """The sandbox's own page, where one plays the customer; ``""`` with a real PAVE."""
    return f"{settings.PAVE.base_url}/" if settings.PAVE_ENVIRONMENT == "sandbox" else ""


def clock() -> str:
    """Which time the pages show: ``Times are Toronto (EST, UTC-5) unless marked UTC``."""
    now = timezone.localtime()
    hours = now.utcoffset().total_seconds() / 3600
    city = settings.TIME_ZONE.rpartition("/")[2].replace("_", " ")
    sign = "\N{MINUS SIGN}" if hours < 0 else "+"
    return f"Times are {city} ({now.tzname()}, UTC{sign}{abs(hours):g}) unless marked UTC"


def name_of(person: AbstractBaseUser | AnonymousUser) -> str:
    """The person's full name, else the username; ``""`` for nobody."""
    return (person.get_full_name() or person.get_username()) if person.is_authenticated else ""


def initials_of(name: str) -> str:
    """The first letters of the first and the last word of a name."""
    words = name.split()
    return "".join(word[0] for word in (*words[:1], *words[1:][-1:])).upper()


def frame(request: HttpRequest) -> dict[str, dict[str, object]]:
    """The context processor: ``frame`` for the templates around every page."""
    person, role = name_of(request.user), role_of(request.user)
    return {
        "frame": {
            "environment": ENVIRONMENTS[settings.PAVE_ENVIRONMENT],
            "customer_page": customer_page() if role else "",
            "pave": pave_state() if role else None,
            "theme": theme_of(request),
            "themes": THEMES,
            "places": places_for(request, role),
            "audit_places": audit_places_for(request),
            "person": person,
            "initials": initials_of(person),
            "role": role,
            "clock": clock(),
        }
    }
