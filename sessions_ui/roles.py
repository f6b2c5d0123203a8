"""Define the three groups and their permissions, people's roles, and the actor of a request.

Every migrate (and flush) makes the groups and resets their permissions to those listed here.
"""

import hashlib
from typing import Any

from django.apps import apps as installed
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from sessions_ui.domain.actor import Actor
from sessions_ui.permissions import (
    EDIT_SESSION,
    ERASE_PERSONAL,
    EXPORT_AUDIT,
    READ_AUDIT,
    REVEAL_PERSONAL,
    REVIEW_AUDIT,
    VIEW_FIELDS,
    VIEW_HISTORY,
    VIEW_SESSIONS,
)

AGENTS, MANAGERS, ADMINISTRATORS = "Agents", "Managers", "Administrators"

GROUP_PERMISSIONS = {
    AGENTS: (
        VIEW_SESSIONS,
        EDIT_SESSION,
        VIEW_HISTORY,
        VIEW_FIELDS,
    ),
    MANAGERS: (
        VIEW_SESSIONS,
        VIEW_HISTORY,
        VIEW_FIELDS,
        READ_AUDIT,
        EXPORT_AUDIT,
        REVEAL_PERSONAL,
        ERASE_PERSONAL,
        REVIEW_AUDIT,
    ),
    ADMINISTRATORS: (
        VIEW_FIELDS,
        "auth.view_user",
        "auth.add_user",
        "auth.change_user",
        "auth.view_group",
    ),
}
ROLES = {ADMINISTRATORS: "Administrator", MANAGERS: "Manager", AGENTS: "Agent"}
_ROLE_CACHE = "_cached_role"


def ensure_groups(*, using: str, apps: Apps = installed, **_: Any) -> None:
    """Make the three groups and give each exactly its permissions. Receives `post_migrate`.

    Does nothing while the tables of Django's auth are missing; the signal comes again with them.
    """
    try:
        permissions = apps.get_model("auth", "Permission").objects.using(using)
        groups = apps.get_model("auth", "Group").objects.using(using)
    except LookupError:
        return
    for app in ("auth", "sessions_ui"):
        # Django makes permissions by a receiver of this signal, too, and may run after this one.
        create_permissions(installed.get_app_config(app), verbosity=0, using=using, apps=apps)
    for name, granted in GROUP_PERMISSIONS.items():
        condition = Q(pk__in=[])
        for permission in granted:
            app_label, codename = permission.split(".")
            condition |= Q(content_type__app_label=app_label, codename=codename)
        group, _created = groups.get_or_create(name=name)
        group.permissions.set(permissions.filter(condition))


def role_of(user: User | AnonymousUser) -> str:
    """The person's role, "Administrator", "Manager" or "Agent", in this order; ``""`` for none.

    Cached on the user object for this request, as Django caches permissions there.
    """
    role: str | None = getattr(user, _ROLE_CACHE, None)
    if role is None:
        names = set(user.groups.values_list("name", flat=True)) if user.is_authenticated else set()
        role = next((role for group, role in ROLES.items() if group in names), "")
        setattr(user, _ROLE_CACHE, role)
    return role


def user_id(request: HttpRequest) -> int:
    """The id of the person who is logged in. Raises PermissionDenied for anybody else."""
    if request.user.pk is None:
        raise PermissionDenied
    return request.user.pk


def is_administrator(user: User | AnonymousUser) -> bool:
    """Whether the person is an active member of Administrators; `is_staff` does not matter."""
    return user.is_active and user.groups.filter(name=ADMINISTRATORS).exists()


def display_name(user: User | AnonymousUser) -> str:
    """The full name, or the user name where there is none."""
    full_name = user.get_full_name() if isinstance(user, User) else ""
    return full_name or user.get_username()


def administrator_names() -> list[str]:
    """The names of the people who can help somebody without a group, in alphabetical order."""
    members = User.objects.filter(groups__name=ADMINISTRATORS, is_active=True)
    return sorted(map(display_name, members))


def actor_of(request: HttpRequest) -> Actor:
    """The actor for the audit: who, in which role, from where, by which log-in and request.

    Log-in and browser are hashed: enough to see that two entries belong together, useless to take
    over either.
    """
    user = request.user
    return Actor(
        id=user.pk,
        label=display_name(user),
        role=role_of(user),
        remote_addr=request.META.get("REMOTE_ADDR", ""),
        user_agent_hash=_short_hash(request.META.get("HTTP_USER_AGENT", "")),
        login_hash=_login_hash(request),
        request_id=getattr(request, "request_id", ""),
    )


def _login_hash(request: HttpRequest) -> str:
    key = request.session.session_key
    if not key:
        return ""
    # SHA-1 by name: Django's default will change, and the hashes in the record must not.
    return salted_hmac("sessions_ui.people.log-in", key, algorithm="sha1").hexdigest()[:16]


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else ""
