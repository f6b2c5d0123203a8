"""Open Django's admin by group. Not in admin.py, because importing that needs a finished site."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, TypeVar, cast

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from .roles import is_administrator

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class PeopleSite(AdminSite):
    """Django's admin for members of Administrators, who need no `is_staff`.

    Everybody else gets our own pages: the log-in, or the 403 page for their role.
    """

    site_header = "PAVE Admin · people"
    site_title = "PAVE Admin"
    index_title = "People and groups"

    def has_permission(self, request: HttpRequest) -> bool:
        """Let active members of Administrators in."""
        return is_administrator(request.user)

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Wrap a view of the admin. The view raises PermissionDenied for anybody who is logged in
        and not let in."""
        inner = super().admin_view(view, cacheable)

        def outer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if self.has_permission(request):
                return inner(request, *args, **kwargs)
            return self._refuse(request, request.get_full_path())

        return cast("View", update_wrapper(outer, inner))

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Redirect to the project's log-in page, or to the admin when nobody has to log in."""
        index = reverse("admin:index", current_app=self.name)
        if self.has_permission(request):
            return redirect(index)
        return self._refuse(request, request.GET.get("next") or index)

    def _refuse(self, request: HttpRequest, next_url: str) -> HttpResponse:
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(next_url)
