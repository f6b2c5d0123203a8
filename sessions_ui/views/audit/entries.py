"""The audit: list and one entry. Only ever read."""

from collections.abc import Mapping
from datetime import date, timedelta
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST, require_safe

from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.rules.edit_reasons import REASONS
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.domain.status import Status
from sessions_ui.domain.values.ids import parse_id
from sessions_ui.forms.close import CloseForm
from sessions_ui.forms.privacy import RevealForm
from sessions_ui.forms.review import MarkForm
from sessions_ui.permissions import READ_AUDIT, REVEAL_PERSONAL, REVIEW_AUDIT, requires
from sessions_ui.roles import actor_of
from sessions_ui.services.audit.export import manifest_of
from sessions_ui.services.audit.saved_views import views_for
from sessions_ui.services.audit.search import (
    EntryShown,
    audit_entry,
    audit_filter,
    audit_search,
    edit_of_step,
    entries_newer,
    newest_seen,
    people_listed,
)
from sessions_ui.services.edits.close import close_edit, needs_closing
from sessions_ui.services.edits.revert import reverts_of
from sessions_ui.services.integrity.schedule import SEAL_INTERVAL, name_duration
from sessions_ui.services.integrity.seal_and_verify import open_failure
from sessions_ui.services.review.status import entry_review, review_statuses

DROPPED = "dropped_view"
"""Where a log-in keeps the view that was deleted last, until the next list offers it back."""
WIDER = (("90 days", 90), ("a year", 365))

LABELS = {
    "q": "Ticket, entry number or words",
    "actor": "Who",
    "session": "Session",
    "field": "Field",
    "outcome": "Outcome",
    "reason": "Reason",
    "status": "Status then",
    "value": "Old or new value",
    "from": "From",
    "to": "To",
    "kind": "Show",
}


@requires(READ_AUDIT)
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """The list, newest first. A filter that cannot be read is said so, and finds nothing."""
    chosen = audit_filter(request.GET)
    page = audit_search(actor=actor_of(request), chosen=chosen)
    offered = choices(chosen.given)
    context = {
        "chosen": chosen,
        "given": chosen.given,
        "page": page,
        "signs": review_statuses(row.entry.id for row in page.rows),
        "noun": noun(chosen.kind, page.count_label),
        "chips": [
            (
                LABELS[name],
                dict(offered.get(name, ())).get(value, value),
                chosen.link(**{name: None}),
            )
            for name, value in chosen.active.items()
        ],
        "wider": [(words, chosen.link(**{"from": days_ago(days)})) for words, days in WIDER],
        "present": chosen.link(),
        "newest": newest_seen(page),
        "views": views_for(request.user.pk),
        "dropped": request.session.pop(DROPPED, None),
        "labels": LABELS,
        "choices": offered,
        "zone": timezone.localtime().tzname(),
        "doubt": open_failure(),
    }
    return render(request, "sessions_ui/audit/entries.html", context)


def days_ago(days: int) -> date:
    """The local day so many days before today."""
    return timezone.localdate() - timedelta(days=days)


def noun(kind: str, count: str) -> str:
    """What the rows are called, one or many."""
    one, many = {
        "refusal": ("refusal", "refusals"),
        "access": ("access", "accesses"),
        "note": ("change of rules or record", "changes of rules or record"),
        "edit": ("edit", "edits"),
    }.get(kind, ("edit or refusal", "edits and refusals"))
    return one if count == "1" else many


def choices(given: Mapping[str, str]) -> dict[str, list[tuple[str, str]]]:
    """What each list of the form offers; what was asked for stays chosen, known or not."""
    offered = {
        "actor": people_listed(),
        "field": [(spec.key, f"{spec.label} ({spec.key})") for spec in CATALOGUE.writable],
        "outcome": [(one.value, one.label) for one in Outcome],
        "reason": list(REASONS.items()),
        "status": [(one.value, f"{one.label} ({one.value})") for one in Status],
        "kind": [
            ("edit", "Edits"),
            ("refusal", "Refusals"),
            ("access", "Who read what"),
            ("note", "Watch rules and purges"),
        ],
    }
    for name, options in offered.items():
        value = given.get(name)
        if value and value not in dict(options):
            options.append((value, value))
    return offered


def spoken(offered: Mapping[str, list[tuple[str, str]]], name: str, value: str) -> str:
    """A filter's value as its list words it."""
    return dict(offered.get(name, ())).get(value, value)


@requires(READ_AUDIT)
@require_safe
def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """One edit with all its steps; the number of a step leads to its edit."""
    shown = audit_entry(entry_id)
    if shown is None:
        edit_id = edit_of_step(entry_id)
        if edit_id is None:
            raise Http404
        return redirect("audit_entry", edit_id)
    return render_entry(request, shown)


def render_entry(
    request: HttpRequest,
    shown: EntryShown,
    *,
    close: CloseForm | None = None,
    reveal: RevealForm | None = None,
    mark: MarkForm | None = None,
    revealed: bool = False,
) -> HttpResponse:
    """The page of one edit; while nobody could settle it, with the form that closes it; where it
    hides personal values, with the one that shows them. 422 when a form was wanting."""
    row, reviews = shown.story.row, request.user.has_perm(REVIEW_AUDIT)
    left = reviews and needs_closing(row.entry.id)
    hides = any(one.hides for one in row.changes) and request.user.has_perm(REVEAL_PERSONAL)
    context = {
        "shown": shown,
        "story": shown.story,
        "reverted": reverts_of(shown.story.row.entry),
        "close": (close or CloseForm()) if left else None,
        "reveal": (reveal or RevealForm()) if hides else None,
        "revealed": revealed,
        "export": manifest_of(row.entry.id) if row.outcome is None else None,
        "mark": mark or MarkForm(),
        "seal_duration": name_duration(SEAL_INTERVAL),
        "review": entry_review(row.entry, request.user.pk) if reviews else None,
    }
    wanting = close or reveal or mark
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wanting else HTTPStatus.OK
    return render(request, "sessions_ui/audit/entry.html", context, status=status)


@requires(REVIEW_AUDIT)
@require_POST
def close(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Close an edit that nobody could settle: a person says what is so, and why."""
    shown = audit_entry(entry_id)
    if shown is None:
        raise Http404
    form = CloseForm(request.POST)
    if not form.is_valid():
        return render_entry(request, shown, close=form)
    said = form.cleaned_data
    closed = close_edit(
        actor=actor_of(request), entry_id=entry_id, outcome=said["outcome"], note=said["note"]
    )
    if not closed:
        messages.warning(request, "Somebody else has closed this edit already. See its steps.")
    return redirect("audit_entry", entry_id)


@requires(READ_AUDIT)
@require_GET
def newer(request: HttpRequest) -> JsonResponse:
    """The count in words, ``""`` for none. The page asks by itself, so this view is one of
    `middleware.UNATTENDED_VIEWS`. 400 for what cannot be read."""
    chosen, than = audit_filter(request.GET), parse_id(request.GET.get("than", ""))
    if chosen.problems or than is None:
        return JsonResponse({}, status=HTTPStatus.BAD_REQUEST)
    label = entries_newer(actor=actor_of(request), chosen=chosen, than=than)
    return JsonResponse({"label": label})
