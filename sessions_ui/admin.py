"""Django's admin: people and their groups, for members of Administrators. Nothing else is in it."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest


class PersonAdmin(UserAdmin):
    """A person: name, password, active or not, and groups.

    Rights come by group only. Nobody changes the own groups, so the right to read sessions or
    the audit always takes a second administrator; people leave by being made inactive.
    """

    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("About", {"fields": ("first_name", "last_name", "email")}),
        ("Access", {"fields": ("is_active", "groups")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    list_display = ("username", "first_name", "last_name", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    filter_horizontal = ("groups",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Lock the dates always, and the administrator's own access."""
        own = ("is_active", "groups") if obj is not None and obj.pk == request.user.pk else ()
        return ("last_login", "date_joined", *own)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keep superusers, who are made on the command line only, out of reach."""
        out_of_reach = obj is not None and obj.is_superuser
        return not out_of_reach and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: the audit names people for years."""
        return False


class RoleAdmin(ModelAdmin):
    """A group and its rights, to read; rights are set by `migrate` (people.RIGHTS)."""

    filter_horizontal = ("permissions",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: a group without a meaning here would give nothing."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: see the class."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: `migrate` would make it again, without its members."""
        return False


for model, page in ((User, PersonAdmin), (Group, RoleAdmin)):
    admin.site.unregister(model)  # Django's own pages, which show every single right
    admin.site.register(model, page)
