"""Who may do what: the three groups, the role of a person, and the actor that a request stands for.

Groups and their rights are put in order after every migrate (and every flush, which deletes
them); `migrate` alone is enough. A right taken from or added to a group by hand is reset then.
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

RIGHTS = {
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
    """Make the three groups and give each exactly its rights; a second run changes nothing.

    Receives `post_migrate`. Where the tables of Django's auth are not there yet, does nothing:
    the receiver runs again when they are.
    """
    try:
        permission = apps.get_model("auth", "Permission")
        group = apps.get_model("auth", "Group")
    except LookupError:
        return
    for label in ("auth", "sessions_ui"):
        # Django makes permissions app by app in this same signal; ours may come first.
        create_permissions(installed.get_app_config(label), verbosity=0, using=using, apps=apps)
    for name, rights in RIGHTS.items():
        wanted = Q(pk__in=[])
        for right in rights:
            app_label, codename = right.split(".")
            wanted |= Q(content_type__app_label=app_label, codename=codename)
        made, _created = group.objects.using(using).get_or_create(name=name)
        made.permissions.set(permission.objects.using(using).filter(wanted))


def role_of(user: User | AnonymousUser) -> str:
    """Give "Administrator", "Manager" or "Agent", the first of the person's groups, or "".

    Cached on the user object for this request, as Django caches permissions there.
    """
    role: str | None = getattr(user, _ROLE_CACHE, None)
    if role is None:
        names = set(user.groups.values_list("name", flat=True)) if user.is_authenticated else set()
        role = next((role for group, role in ROLES.items() if group in names), "")
        setattr(user, _ROLE_CACHE, role)
    return role


def user_id(request: HttpRequest) -> int:
    """Give the id of the person who is logged in. Raises PermissionDenied for a stranger."""
    if request.user.pk is None:
        raise PermissionDenied
    return request.user.pk


def is_administrator(user: User | AnonymousUser) -> bool:
    """Tell whether the person is an active member of Administrators; `is_staff` is not asked."""
    return user.is_active and user.groups.filter(name=ADMINISTRATORS).exists()


def name_of(user: User | AnonymousUser) -> str:
    """Give the full name, or the log-in name where there is none."""
    full = user.get_full_name() if isinstance(user, User) else ""
    return full or user.get_username()


def administrators() -> list[str]:
    """Give the names of the people who can help somebody without a group, in alphabetical order."""
    members = User.objects.filter(groups__name=ADMINISTRATORS, is_active=True)
    return sorted(map(name_of, members))


def actor_of(request: HttpRequest) -> Actor:
    """Give the actor for the audit: who, in which role, from where, by which log-in and request.

    The log-in and the browser are told as hashes: enough to see that two entries belong
    together, of no use to take either over.
    """
    user = request.user
    return Actor(
        id=user.pk,
        label=name_of(user),
        role=role_of(user),
        remote_addr=request.META.get("REMOTE_ADDR", ""),
        user_agent_hash=_short(request.META.get("HTTP_USER_AGENT", "")),
        login_hash=_login_hash(request),
        request_id=getattr(request, "request_id", ""),
    )


def _login_hash(request: HttpRequest) -> str:
    key = request.session.session_key
    return salted_hmac("sessions_ui.people.log-in", key).hexdigest()[:16] if key else ""


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else ""
