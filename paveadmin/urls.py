"""Route all addresses: Django's admin and log-in, the pages of sessions_ui, and our 404 page."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path, re_path

from paveadmin.errors import not_found

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/login/", LoginView.as_view(), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("", include("sessions_ui.urls")),
    # Only with a slash at the end, so that CommonMiddleware still redirects an address without one.
    re_path(r"^(?P<path>.*)/$", not_found),
]

handler403 = "sessions_ui.views.errors.forbidden"
handler404 = "paveadmin.errors.not_found"
handler500 = "sessions_ui.views.errors.server_error"
