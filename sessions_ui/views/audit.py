"""The audit: list and one entry. Only ever read."""

from collections.abc import Mapping
from datetime import date, timedelta
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.outcomes import Outcome
from sessions_ui.domain.reasons import REASONS
from sessions_ui.domain.status import Status
from sessions_ui.forms.closing import CloseForm
from sessions_ui.forms.personal import RevealForm
from sessions_ui.forms.review import MarkForm
from sessions_ui.people import actor_of
from sessions_ui.services.audit import (
    EntryShown,
    audit_entry,
    audit_filter,
    audit_search,
    edit_of_step,
    newest_seen,
    people_listed,
)
from sessions_ui.services.closing import closing_open, edit_close
from sessions_ui.services.evidence import doubt_standing
from sessions_ui.services.exporting import manifest_of
from sessions_ui.services.reverting import edits_reverting
from sessions_ui.services.saved_views import views_for
from sessions_ui.services.signs import review_standing, signs_of

READ = "sessions_ui.read_audit"
REVIEW, REVEAL = "sessions_ui.review_audit", "sessions_ui.reveal_personal"
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


@login_required
@permission_required(READ, raise_exception=True)
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
        "signs": signs_of(row.entry.id for row in page.rows),
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
        "doubt": doubt_standing(),
    }
    return render(request, "sessions_ui/audit.html", context)


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


@login_required
@permission_required(READ, raise_exception=True)
@require_safe
def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """One edit with all its steps; the number of a step leads to its edit."""
    shown = audit_entry(entry_id)
    if shown is None:
        edit_id = edit_of_step(entry_id)
        if edit_id is None:
            raise Http404
        return redirect("audit_entry", edit_id)
    return draw_entry(request, shown)


def draw_entry(
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
    row, reviews = shown.story.row, request.user.has_perm(REVIEW)
    left = reviews and closing_open(row.entry.id)
    hides = any(one.hides for one in row.changes) and request.user.has_perm(REVEAL)
    context = {
        "shown": shown,
        "story": shown.story,
        "reverted": edits_reverting(shown.story.row.entry),
        "close": (close or CloseForm()) if left else None,
        "reveal": (reveal or RevealForm()) if hides else None,
        "revealed": revealed,
        "export": manifest_of(row.entry.id) if row.outcome is None else None,
        "mark": mark or MarkForm(),
        "review": review_standing(row.entry, request.user.pk) if reviews else None,
    }
    wanting = close or reveal or mark
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wanting else HTTPStatus.OK
    return render(request, "sessions_ui/audit_entry.html", context, status=status)


@login_required
@permission_required(REVIEW, raise_exception=True)
@require_POST
def close(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Close an edit that nobody could settle: a person says what is so, and why."""
    shown = audit_entry(entry_id)
    if shown is None:
        raise Http404
    form = CloseForm(request.POST)
    if not form.is_valid():
        return draw_entry(request, shown, close=form)
    said = form.cleaned_data
    closed = edit_close(
        actor=actor_of(request), entry_id=entry_id, outcome=said["outcome"], note=said["note"]
    )
    if not closed:
        messages.warning(request, "Somebody else has closed this edit already. See its steps.")
    return redirect("audit_entry", entry_id)
