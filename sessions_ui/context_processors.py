"""Provide the frame around every page: navigation, environment, person, and the state of PAVE."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
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

from .roles import ADMINISTRATORS, ROLES, display_name, role_of
from .services.review.status import waiting_label
from .services.sessions.pave_reads import pave_state

THEMES = (("", "System"), ("light", "Light"), ("dark", "Dark"))


@dataclass(frozen=True, slots=True)
class Environment:
    """One of PAVE's environments. ``band``: named across the top, because it is not live."""

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


@dataclass(frozen=True, slots=True)
class NavigationLink:
    """A page that the navigation may offer, with the permission that it needs and its shortcut."""

    label: str
    url_name: str
    permission: str
    keys: str = ""


MAIN_PAGES = (
    NavigationLink("Sessions", "session_find", VIEW_SESSIONS, "g s"),
    NavigationLink("Audit", "audit", READ_AUDIT, "g a"),
    NavigationLink("Review", "review", REVIEW_AUDIT, "g r"),
    NavigationLink("Fields and rules", "fields", VIEW_FIELDS, "g f"),
)
AUDIT_PAGES = (
    NavigationLink("Explorer", "audit", READ_AUDIT),
    NavigationLink("Review", "review", REVIEW_AUDIT),
    NavigationLink("Watch rules", "watches", REVIEW_AUDIT),
    NavigationLink("Pictures", "audit_statistics", READ_AUDIT),
    NavigationLink("Evidence", "audit_integrity", READ_AUDIT),
    NavigationLink("Erase", "erase", ERASE_PERSONAL),
)


@dataclass(frozen=True, slots=True)
class NavItem:
    """One link of a navigation. ``count``: how much waits there, ``""`` for nothing."""

    label: str
    url: str
    current: bool
    keys: str = ""
    count: str = ""


def theme_cookie() -> str:
    """The name of the theme's cookie, bound to this host where that is possible (HTTPS only)."""
    return "__Host-theme" if settings.SESSION_COOKIE_SECURE else "theme"


def theme_of(request: HttpRequest) -> str:
    """The chosen theme: ``light``, ``dark``, or ``""`` for that of the person's system."""
    chosen = request.COOKIES.get(theme_cookie(), "")
    return chosen if chosen in dict(THEMES) else ""


def main_navigation(request: HttpRequest, role: str) -> list[NavItem]:
    """The links of the main bar that this person may follow; none without a role."""
    pages = [page for page in MAIN_PAGES if request.user.has_perm(page.permission)]
    current = _current_page(request, pages)
    items = [
        NavItem(
            label=page.label,
            url=reverse(page.url_name),
            current=page is current,
            keys=page.keys,
            count=waiting_label() if page.url_name == "review" else "",
        )
        for page in pages
    ]
    if role == ROLES[ADMINISTRATORS]:
        items.append(NavItem("People", reverse("admin:index"), current=False))
    return items


def audit_navigation(request: HttpRequest) -> list[NavItem]:
    """The pages of the audit that this person may open; none outside the audit."""
    if not request.path.startswith(reverse("audit")):
        return []
    pages = [page for page in AUDIT_PAGES if request.user.has_perm(page.permission)]
    current = _current_page(request, pages)
    return [NavItem(page.label, reverse(page.url_name), page is current) for page in pages]


def _current_page(request: HttpRequest, pages: Sequence[NavigationLink]) -> NavigationLink | None:
    """The page whose address is the longest that the request's begins with."""
    matching = [page for page in pages if request.path.startswith(reverse(page.url_name))]
    return max(matching, key=lambda page: len(reverse(page.url_name)), default=None)


def customer_page() -> str:
    """The address of the sandbox's own pages, where one plays the customer; ``""`` with a real
    PAVE."""
    return f"{settings.PAVE.base_url}/" if settings.PAVE_ENVIRONMENT == "sandbox" else ""


def time_zone_note() -> str:
    """The time zone of the pages: ``Times are Toronto (EST, UTC-5) unless marked UTC``."""
    now = timezone.localtime()
    offset = now.utcoffset()
    hours = offset.total_seconds() / 3600 if offset else 0
    city = settings.TIME_ZONE.rpartition("/")[2].replace("_", " ")
    sign = "\N{MINUS SIGN}" if hours < 0 else "+"
    return f"Times are {city} ({now.tzname()}, UTC{sign}{abs(hours):g}) unless marked UTC"


def initials_of(name: str) -> str:
    """The first letters of the first and the last word of a name."""
    words = name.split()
    return "".join(word[0] for word in (*words[:1], *words[1:][-1:])).upper()


def frame(request: HttpRequest) -> dict[str, dict[str, object]]:
    """The context processor: ``frame`` for the templates around every page."""
    person, role = display_name(request.user), role_of(request.user)
    return {
        "frame": {
            "environment": ENVIRONMENTS[settings.PAVE_ENVIRONMENT],
            "customer_page": customer_page() if role else "",
            "pave": pave_state() if role else None,
            "theme": theme_of(request),
            "themes": THEMES,
            "navigation": main_navigation(request, role),
            "audit_navigation": audit_navigation(request),
            "person": person,
            "initials": initials_of(person),
            "role": role,
            "time_zone": time_zone_note(),
            # Strangers need not know which known faults to look for.
            "version": settings.APP_VERSION if request.user.is_authenticated else "",
        }
    }
