"""Export the audit as a file, and show the manifest that its file can be checked by."""

from http import HTTPStatus

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.views.decorators.http import require_GET, require_safe

from sessions_ui.audit.export.manifest import manifest_of
from sessions_ui.forms.audit_filter import read_filter
from sessions_ui.permissions import EXPORT_AUDIT, READ_AUDIT, requires
from sessions_ui.roles import actor_of
from sessions_ui.services.audit.export import begin_export


@requires(EXPORT_AUDIT)
@require_GET
def export(request: HttpRequest, format: str) -> HttpResponseBase:
    """All entries of the list as a file; 400 for a filter with problems."""
    audit_filter = read_filter(request.GET)
    if audit_filter.problems:
        sentences = "\n".join(audit_filter.problems.values())
        return HttpResponse(sentences, "text/plain; charset=utf-8", HTTPStatus.BAD_REQUEST)
    export = begin_export(actor=actor_of(request), audit_filter=audit_filter, format=format)
    response = StreamingHttpResponse(export.parts, content_type=export.content_type)
    response["Content-Disposition"] = f'attachment; filename="{export.file_name}"'
    response["X-Entries"] = str(export.count)
    response["X-Export"] = str(export.entry_id)
    return response


@requires(READ_AUDIT)
@require_safe
def manifest(request: HttpRequest, entry_id: int) -> HttpResponse:
    """The manifest of an export as JSON."""
    manifest = manifest_of(entry_id)
    if manifest is None:
        raise Http404
    json_params = {"indent": 2, "ensure_ascii": False}
    response = JsonResponse(manifest.as_json(), json_dumps_params=json_params)
    response["Content-Disposition"] = f'inline; filename="{manifest.file_name}.manifest.json"'
    return response
