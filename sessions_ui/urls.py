"""The addresses of the pages. A session key is taken as it comes, so a bad one gets our own 404."""

from django.urls import path

from .views import (
    audit,
    evidence,
    exports,
    newer,
    pages,
    past,
    personal,
    pictures,
    reverting,
    review,
    saved_views,
    sessions,
    watches,
)

urlpatterns = [
    path("", pages.home, name="home"),
    path("sessions/", pages.session_find, name="session_find"),
    path("sessions/<str:session_key>/", sessions.session, name="session"),
    path("sessions/<str:session_key>/history/", past.history, name="session_history"),
    path("sessions/<str:session_key>/past/", past.past, name="session_past"),
    path("audit/", audit.audit, name="audit"),
    path("audit/evidence/", evidence.evidence, name="evidence"),
    path("audit/<int:entry_id>/", audit.entry, name="audit_entry"),
    path("audit/<int:entry_id>/close/", audit.close, name="audit_entry_close"),
    path("audit/<int:entry_id>/revert/", reverting.revert, name="audit_revert"),
    path("audit/<int:entry_id>/reveal/", personal.reveal, name="audit_reveal"),
    path("audit/erase/", personal.erase, name="erase"),
    path("audit/pictures/", pictures.pictures, name="pictures"),
    path("audit/review/", review.review, name="review"),
    path("audit/watches/", watches.watches, name="watches"),
    path("audit/watches/<int:watch_id>/", watches.watch, name="watch"),
    path("audit/<int:entry_id>/mark/", review.mark, name="audit_mark"),
    path("audit/newer/", newer.newer, name="audit_newer"),
    path("audit/views/", saved_views.save, name="saved_view_save"),
    path("audit/views/<int:view_id>/delete/", saved_views.delete, name="saved_view_delete"),
    path("audit/export.csv", exports.export, {"format": "csv"}, name="audit_export_csv"),
    path("audit/export.jsonl", exports.export, {"format": "jsonl"}, name="audit_export_jsonl"),
    path(
        "audit/exports/<int:entry_id>/manifest.json", exports.manifest, name="audit_export_manifest"
    ),
    path("fields/", pages.fields, name="fields"),
    path("theme/", pages.theme, name="theme"),
    path("favicon.ico", pages.favicon, name="favicon"),
    path("healthz", pages.healthz, name="healthz"),
    path("readyz", pages.readyz, name="readyz"),
]
