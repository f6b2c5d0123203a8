"""All addresses: Django's admin and log-in, then the pages of sessions_ui, then the house's 404."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path, re_path

from paveadmin.errors import not_found

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/login/", LoginView.as_view(), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("", include("sessions_ui.urls")),
    # Only what ends with a slash: an address without one is first tried with it.
    re_path(r"^(?P<path>.*)/$", not_found),
]

handler403 = "sessions_ui.views.errors.forbidden"
handler404 = "paveadmin.errors.not_found"
handler500 = "sessions_ui.views.errors.server_error"
