"""The product's addresses, and an admin site that lists what the peers keep."""

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.models import LogEntry
from django.urls import path

from paveadmin.urls import *  # noqa: F403
from paveadmin.urls import urlpatterns

from .records import models as records
from .settings import PEERS

site = AdminSite(name="bench")
site.has_permission = lambda request: request.user.is_active


class Listing(ModelAdmin):
    """One line per entry, each peer with the columns that say the same."""

    list_per_page = 50

    def has_view_permission(self, request, obj=None):
        """Allow everybody who is logged in."""
        return True


class LogListing(Listing):
    list_display = ("action_time", "user", "content_type", "object_repr", "change_message")
    list_select_related = ("user", "content_type")


site.register(LogEntry, LogListing)
if "simple_history" in PEERS:

    class HistoryListing(Listing):
        list_display = ("history_date", "history_user", "session_key", "history_change_reason")
        list_select_related = ("history_user",)

    site.register(records.HistoryRecord.history.model, HistoryListing)
if "auditlog" in PEERS:
    from auditlog.admin import LogEntryAdmin

    class AuditlogListing(LogEntryAdmin):
        list_per_page = 50

        def has_view_permission(self, request, obj=None):
            """Allow everybody who is logged in."""
            return True

    site.register(records.LogEntry, AuditlogListing)

urlpatterns = [path("bench/", site.urls), *urlpatterns]
