"""Show the list of the audit and the page of one entry, and close an unresolved edit."""

from datetime import date, timedelta
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST, require_safe

from sessions_ui.audit.entries.detail import find_edit_of_step
from sessions_ui.audit.export.manifest import manifest_of
from sessions_ui.domain.values.ids import parse_id
from sessions_ui.forms.audit_filter import AuditFilterForm, read_filter
from sessions_ui.forms.close import CloseForm
from sessions_ui.forms.privacy import RevealForm
from sessions_ui.forms.review import MarkForm
from sessions_ui.permissions import READ_AUDIT, REVEAL_PERSONAL, REVIEW_AUDIT, requires
from sessions_ui.roles import actor_of
from sessions_ui.services.audit.saved_views import list_views
from sessions_ui.services.audit.search import (
    VerifiedEntry,
    load_verified_entry,
    newer_entries_label,
    newest_listed,
    search_audit,
)
from sessions_ui.services.edits.close import close_edit, needs_closing
from sessions_ui.services.edits.revert import reverts_of
from sessions_ui.services.integrity.schedule import SEAL_INTERVAL, name_duration
from sessions_ui.services.integrity.seal_and_verify import open_failure
from sessions_ui.services.review.status import entry_review, review_statuses

DELETED_VIEW = "dropped_view"
"""The key in a log-in's session of the view that was deleted last, until a list offers it back."""
WIDER_WINDOWS = (("90 days", 90), ("a year", 365))
NOUNS = {
    "refusal": ("refusal", "refusals"),
    "access": ("access", "accesses"),
    "note": ("change of rules or record", "changes of rules or record"),
    "edit": ("edit", "edits"),
    "": ("edit or refusal", "edits and refusals"),
}
"""What the rows are called, one and several, by the filter for their kind."""


@requires(READ_AUDIT)
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """The list, newest first. A filter with problems shows them, and finds nothing."""
    form = AuditFilterForm(request.GET)
    audit_filter, actor = form.audit_filter(), actor_of(request)
    page = search_audit(actor=actor, audit_filter=audit_filter)
    context = {
        "form": form,
        "audit_filter": audit_filter,
        "query": audit_filter.query_string(),
        "page": page,
        "reviews": review_statuses(row.entry.id for row in page.rows),
        "noun": NOUNS[audit_filter.kind][page.count_label != "1"],
        "chips": [
            (label, words, audit_filter.query_string(**{name: None}))
            for label, words, name in form.chips()
        ],
        "wider": [
            (words, audit_filter.query_string(**{"from": _days_ago(days)}))
            for words, days in WIDER_WINDOWS
        ],
        "newest": newest_listed(page),
        "views": list_views(actor.person_id),
        "deleted_view": request.session.pop(DELETED_VIEW, None),
        "zone": timezone.localtime().tzname(),
        "failure": open_failure(),
    }
    return render(request, "sessions_ui/audit/entries.html", context)


def _days_ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


@requires(READ_AUDIT)
@require_safe
def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """One edit with all its steps; the number of a step leads to its edit."""
    verified = load_verified_entry(entry_id)
    if verified is None:
        edit_id = find_edit_of_step(entry_id)
        if edit_id is None:
            raise Http404
        return redirect("audit_entry", edit_id)
    return render_entry(request, verified)


def render_entry(
    request: HttpRequest,
    verified: VerifiedEntry,
    *,
    close: CloseForm | None = None,
    reveal: RevealForm | None = None,
    mark: MarkForm | None = None,
    revealed: bool = False,
) -> HttpResponse:
    """The page of one edit, with a form to close it if it could not be settled, and one to reveal
    its personal values if it has any. A form that is given is invalid: the page is a 422."""
    row, reviews = verified.detail.row, request.user.has_perm(REVIEW_AUDIT)
    closable = reviews and needs_closing(row.entry.id)
    masked = any(change.hides for change in row.changes) and request.user.has_perm(REVEAL_PERSONAL)
    context = {
        "verified": verified,
        "detail": verified.detail,
        "reverted": reverts_of(row.entry),
        "close": (close or CloseForm()) if closable else None,
        "reveal": (reveal or RevealForm()) if masked else None,
        "revealed": revealed,
        "export": manifest_of(row.entry.id) if row.outcome is None else None,
        "mark": mark or MarkForm(),
        "seal_duration": name_duration(SEAL_INTERVAL),
        "review": entry_review(row.entry, request.user.pk) if reviews else None,
    }
    invalid = close or reveal or mark
    status = HTTPStatus.UNPROCESSABLE_ENTITY if invalid else HTTPStatus.OK
    return render(request, "sessions_ui/audit/entry.html", context, status=status)


@requires(REVIEW_AUDIT)
@require_POST
def close(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Close an edit that could not be settled, with the outcome that a reviewer found out."""
    verified = load_verified_entry(entry_id)
    if verified is None:
        raise Http404
    form = CloseForm(request.POST)
    if not form.is_valid():
        return render_entry(request, verified, close=form)
    outcome, note = form.cleaned_data["outcome"], form.cleaned_data["note"]
    if not close_edit(actor=actor_of(request), entry_id=entry_id, outcome=outcome, note=note):
        messages.warning(request, "Somebody else has closed this edit already. See its steps.")
    return redirect("audit_entry", entry_id)


@requires(READ_AUDIT)
@require_GET
def newer(request: HttpRequest) -> JsonResponse:
    """The number of new entries in words, ``""`` for none; 400 for parameters with problems. The
    page asks by itself, so this view is one of `middleware.UNATTENDED_VIEWS`."""
    audit_filter, than = read_filter(request.GET), parse_id(request.GET.get("than", ""))
    if audit_filter.problems or than is None:
        return JsonResponse({}, status=HTTPStatus.BAD_REQUEST)
    label = newer_entries_label(actor=actor_of(request), audit_filter=audit_filter, than=than)
    return JsonResponse({"label": label})
