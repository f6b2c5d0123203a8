"""Register people and groups in Django's admin, for members of Administrators; nothing else."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest

if TYPE_CHECKING:  # Django's classes take no type arguments at run time
    _UserAdmin = UserAdmin[User]
    _GroupAdmin = ModelAdmin[Group]
else:
    _UserAdmin, _GroupAdmin = UserAdmin, ModelAdmin


class PersonAdmin(_UserAdmin):
    """A person: name, password, active or not, and groups.

    Permissions come from groups only. Administrators cannot change their own groups, so it takes
    two of them to give one access to sessions or the audit. People who leave are made inactive.
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
        """Lock the dates always, and administrators' access to themselves."""
        is_own = obj is not None and obj.pk == request.user.pk
        return ("last_login", "date_joined", *(("is_active", "groups") if is_own else ()))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keep superusers out of reach: they are made on the command line only."""
        is_superuser = obj is not None and obj.is_superuser
        return not is_superuser and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse, because the audit names people for years."""
        return False


class ReadOnlyGroupAdmin(_GroupAdmin):
    """A group and its permissions, which `migrate` sets (`roles.GROUP_PERMISSIONS`)."""

    filter_horizontal = ("permissions",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse, because only the groups of `roles` mean anything."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse, because `migrate` would reset the change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse, because `migrate` would make the group again, without its members."""
        return False


admin.site.unregister((User, Group))  # Django's own pages offer every single permission
admin.site.register(User, PersonAdmin)
admin.site.register(Group, ReadOnlyGroupAdmin)
