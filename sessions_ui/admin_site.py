"""The site of Django's admin: apart from admin.py, whose imports need a site that is ready."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest

from .people import is_administrator


class PeopleSite(AdminSite):
    """The admin site; opens by group, so nobody needs `is_staff`."""

    site_header = "PAVE Admin · people"
    site_title = "PAVE Admin"
    index_title = "People and groups"

    def has_permission(self, request: HttpRequest) -> bool:
        """Let active members of Administrators in, and nobody else."""
        return is_administrator(request.user)
