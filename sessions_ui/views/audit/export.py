"""The audit as a file, and what is on record of it."""

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

from sessions_ui.permissions import EXPORT_AUDIT, READ_AUDIT, requires
from sessions_ui.roles import actor_of
from sessions_ui.services.audit.export import export_begin, manifest_of
from sessions_ui.services.audit.search import audit_filter


@requires(EXPORT_AUDIT)
@require_GET
def export(request: HttpRequest, format: str) -> HttpResponseBase:
    """The list's whole answer as a file. A filter that cannot be read exports nothing: 400."""
    chosen = audit_filter(request.GET)
    if chosen.problems:
        sentences = "\n".join(chosen.problems.values())
        return HttpResponse(sentences, "text/plain; charset=utf-8", HTTPStatus.BAD_REQUEST)
    begun = export_begin(actor=actor_of(request), chosen=chosen, format=format)
    answer = StreamingHttpResponse(begun.parts, content_type=begun.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{begun.file_name}"'
    answer["X-Entries"] = str(begun.count)
    answer["X-Export"] = str(begun.entry_id)
    return answer


@requires(READ_AUDIT)
@require_safe
def manifest(request: HttpRequest, entry_id: int) -> HttpResponse:
    """What is on record of an export, to check its file by."""
    found = manifest_of(entry_id)
    if found is None:
        raise Http404
    answer = JsonResponse(found.as_json(), json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer["Content-Disposition"] = f'inline; filename="{found.file_name}.manifest.json"'
    return answer
