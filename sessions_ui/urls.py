"""Map each address to its view; any session key is accepted, so that a bad one gets our own 404."""

from django.urls import path

from .views import fields, privacy, site
from .views.audit import entries, export, integrity, saved_views, statistics
from .views.review import queue, watch_rules
from .views.sessions import detail, find, history, revert

urlpatterns = [
    path("", site.home, name="home"),
    path("sessions/", find.find_session, name="session_find"),
    path("sessions/<str:session_key>/", detail.session, name="session"),
    path("sessions/<str:session_key>/history/", history.timeline, name="session_history"),
    path("sessions/<str:session_key>/past/", history.state_at, name="session_past"),
    path("audit/", entries.audit, name="audit"),
    path("audit/evidence/", integrity.integrity, name="audit_integrity"),
    path("audit/<int:entry_id>/", entries.entry, name="audit_entry"),
    path("audit/<int:entry_id>/close/", entries.close, name="audit_entry_close"),
    path("audit/<int:entry_id>/revert/", revert.revert, name="audit_revert"),
    path("audit/<int:entry_id>/reveal/", privacy.reveal, name="audit_reveal"),
    path("audit/erase/", privacy.erase, name="erase"),
    path("audit/pictures/", statistics.statistics, name="audit_statistics"),
    path("audit/review/", queue.review, name="review"),
    path("audit/watches/", watch_rules.watch_rules, name="watches"),
    path("audit/watches/<int:rule_id>/", watch_rules.watch_rule, name="watch"),
    path("audit/<int:entry_id>/mark/", queue.mark, name="audit_mark"),
    path("audit/newer/", entries.newer, name="audit_newer"),
    path("audit/views/", saved_views.save, name="saved_view_save"),
    path("audit/views/<int:view_id>/delete/", saved_views.delete, name="saved_view_delete"),
    path("audit/export.csv", export.export, {"format": "csv"}, name="audit_export_csv"),
    path("audit/export.jsonl", export.export, {"format": "jsonl"}, name="audit_export_jsonl"),
    path(
        "audit/exports/<int:entry_id>/manifest.json", export.manifest, name="audit_export_manifest"
    ),
    path("fields/", fields.fields, name="fields"),
    path("theme/", site.theme, name="theme"),
    path("favicon.ico", site.favicon, name="favicon"),
    path("healthz", site.healthz, name="healthz"),
    path("readyz", site.readyz, name="readyz"),
]
