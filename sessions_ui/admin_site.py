"""The site of Django's admin: apart from admin.py, whose imports need a site that is ready."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from .roles import is_administrator

View = Callable[..., HttpResponse]


class PeopleSite(AdminSite):
    """The admin site; opens by group, so nobody needs `is_staff`.

    Whoever is not let in meets the house's own pages: the log-in, or the 403 for their role.
    """

    site_header = "PAVE Admin · people"
    site_title = "PAVE Admin"
    index_title = "People and groups"

    def has_permission(self, request: HttpRequest) -> bool:
        """Let active members of Administrators in, and nobody else."""
        return is_administrator(request.user)

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Wrap a page of the admin. Raises PermissionDenied for who is logged in and not let in."""
        inner = super().admin_view(view, cacheable)

        def outer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if self.has_permission(request):
                return inner(request, *args, **kwargs)
            return self._turned_away(request, request.get_full_path())

        return update_wrapper(outer, inner)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """To the one log-in that there is; administrators who are logged in go on."""
        first = reverse("admin:index", current_app=self.name)
        if self.has_permission(request):
            return redirect(first)
        return self._turned_away(request, request.GET.get("next") or first)

    def _turned_away(self, request: HttpRequest, back: str) -> HttpResponse:
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(back)
