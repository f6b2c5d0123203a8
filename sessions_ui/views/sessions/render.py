"""Drawing the pages of one session: the form, the review, and the page for a key nobody knows."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string

from sessions_ui.audit.search.pagination import session_history
from sessions_ui.context_processors import theme_of
from sessions_ui.domain.catalogue import CATALOGUE, FieldSpec
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.domain.rules.policy import Delivery, Status
from sessions_ui.domain.snapshot import payload
from sessions_ui.domain.status import RAIL
from sessions_ui.forms.reason import ReasonForm
from sessions_ui.forms.session.form import SessionForm
from sessions_ui.forms.session.row import spelled
from sessions_ui.forms.session.values import value_warnings
from sessions_ui.pave.client import body_bytes
from sessions_ui.services.edits.drafts import DraftContents
from sessions_ui.services.edits.form_state import FormState
from sessions_ui.services.edits.form_token import FormToken, new_nonce

from .messages import STOPPED_WORDS, fault_words
from .result_banner import shown_edit

RECENT = 5
REASON_NAMES = ("reason_code", "reason_note", "ticket")


def form_of(form_state: FormState, *, bound: bool = False) -> SessionForm:
    """The sheet's form; bound, it is judged."""
    return SessionForm(
        texts=form_state.texts,
        verdicts=form_state.verdicts,
        shown=form_state.shown,
        merges=form_state.merges,
        bound=bound,
    )


def form_token_for(request: HttpRequest, form_state: FormState, nonce: str) -> FormToken:
    """The signed copy of what this page shows; without a nonce it gets a new one."""
    read_at = form_state.snapshot.read_at.isoformat() if form_state.snapshot else ""
    return FormToken(
        session_key=form_state.session_key,
        actor_id=request.user.id,
        texts=form_state.texts,
        read_at=read_at,
        nonce=nonce or new_nonce(),
        reverts=form_state.reverts,
    )


def render_form(
    request: HttpRequest,
    form_state: FormState,
    *,
    form: SessionForm | None = None,
    nonce: str = "",
    edit_id: str = "",
    stopped: str = "",
    draft: DraftContents | None = None,
    reason: Mapping[str, str] | None = None,
    status: int = HTTPStatus.OK,
    **notes: object,
) -> HttpResponse:
    """The form page. ``stopped`` names why a post came back, ``draft`` is one that is offered;
    ``notes`` go to the page as they are (``restored``: whether a draft was put back)."""
    given = reason or request.POST
    context = {
        **_drawn(form_state, form or form_of(form_state)),
        **_lately(form_state.session_key),
        **notes,
        "seen": form_token_for(request, form_state, nonce).sign(),
        "stopped": None
        if form_state.conflicts and stopped == "conflict"
        else STOPPED_WORDS.get(stopped),
        "shown_edit": shown_edit(edit_id, form_state, draft),
        "draft": draft,
        "earlier": {name: given.get(name, "") for name in REASON_NAMES},
    }
    return render(request, "sessions_ui/sessions/detail.html", context, status=status)


def _lately(session_key: str) -> dict[str, object]:
    """The last edits of the session, and those of them that took effect late."""
    recent = session_history(session_key, limit=RECENT)
    return {
        "recent": recent,
        "late": [row for row in recent if row.outcome is Outcome.LATE_APPLIED],
    }


def _drawn(form_state: FormState, form: SessionForm) -> dict[str, object]:
    """What the form page shows of the sheet itself."""
    return {
        "sheet": form_state,
        "snapshot": form_state.snapshot,
        "head": head_of(form_state),
        "form": form,
        "locked_count": len(form.rows) - len(form_state.open_labels),
        "fault": fault_words(form_state.fault) if form_state.fault else None,
        "refused": [form.rows[key] for key in form_state.refused] if form_state.snapshot else [],
        "elsewhere": [form.rows[key] for key in form_state.elsewhere],
        "conflicts": [form.rows[key] for key in form_state.conflicts],
        "merging": [form.rows[key] for key in form_state.changes],
    }


@dataclass(frozen=True)
class Head:
    """What stands above the form: the rail, the facts and the warnings of a snapshot."""

    rail: tuple[tuple[Status, str], ...]
    facts: tuple[tuple[FieldSpec, str], ...]
    text_failed: bool
    inactive: bool


FACTS = ("vehicle.vehicle_id", "vehicle.drivetrain", "vehicle.engine_type", "vehicle.fuel_type",
         "session.contact", "session.reference", "session.capture_url")  # fmt: skip


def head_of(form_state: FormState) -> Head | None:
    """The head of a session that could be read."""
    snapshot = form_state.snapshot
    if snapshot is None:
        return None
    now = RAIL.index(snapshot.status) if snapshot.status in RAIL else -1
    places = ["done" if n < now else "now" if n == now else "" for n in range(len(RAIL))]
    return Head(
        rail=tuple(zip(RAIL, places, strict=True)),
        facts=tuple((CATALOGUE[key], snapshot.text(key)) for key in FACTS if snapshot.text(key)),
        text_failed=snapshot.delivery is Delivery.ERROR and form_state.verdicts["sms.to"].editable,
        inactive=snapshot.value("session.active") is False,
    )


def render_review(
    request: HttpRequest,
    form_state: FormState,
    *,
    nonce: str,
    reason_form: ReasonForm | None = None,
    reason: Mapping[str, str] | None = None,
    **notes: object,
) -> HttpResponse:
    """The review page: was and now, the exact JSON, the reason. 422 when the reason was wanting."""
    given = reason or request.POST.dict()
    changes = {key: one.mine for key, one in form_state.changes.items()}
    inputs = {CATALOGUE[key].input_name: text for key, text in changes.items()}
    context = {
        **notes,
        "sheet": form_state,
        "snapshot": form_state.snapshot,
        "changes": [_change(form_state, key) for key in changes],
        "inputs": inputs,
        "refused": [
            (CATALOGUE[key], form_state.verdicts[key], m) for key, m in form_state.refused.items()
        ],
        "elsewhere": [(CATALOGUE[key], m) for key, m in form_state.elsewhere.items()],
        "unknown_names": form_state.unknown_names,
        **_sent(changes),
        "reason_form": reason_form or ReasonForm(initial=given, keys=changes),
        "seen": form_token_for(request, form_state, nonce).at_review(inputs).sign(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if reason_form else HTTPStatus.OK
    return render(request, "sessions_ui/sessions/review.html", context, status=status)


def _sent(changes: Mapping[str, str]) -> dict[str, object]:
    """The message to PAVE as the review page shows it, with the size and hash of its bytes."""
    body = payload(changes)
    return {
        "payload": json.dumps(body, indent=2, ensure_ascii=False),
        "size": len(body_bytes(body)),
        "sha256": hashlib.sha256(body_bytes(body)).hexdigest(),
    }


def _change(form_state: FormState, key: str) -> dict[str, object]:
    spec, one = CATALOGUE[key], form_state.changes[key]
    return {
        "spec": spec,
        "was": spelled(spec, one.now) if one.now else "",
        "now": spelled(spec, str(spec.kind.sent(one.mine))),
        "warnings": value_warnings(spec, one.mine, one.now, form_state.snapshot),
    }


def session_unknown(request: HttpRequest, session_key: str, *, stopped: str = "") -> HttpResponse:
    """404: PAVE knows no such session, or it cannot be a key at all."""
    context = {"session_key": session_key, "stopped": stopped}
    return render(
        request, "sessions_ui/sessions/unknown.html", context, status=HTTPStatus.NOT_FOUND
    )


def unrecorded(request: HttpRequest, session_key: str = "") -> HttpResponse:
    """503: our own database takes nothing, so nothing is sent. What was typed stands on the page,
    which is drawn without the database. Of an earlier post it can know nothing."""
    inputs = request.POST.items() if session_key else ()
    kept = {name: text for name, text in inputs if name != "csrfmiddlewaretoken"}
    context = {
        "frame": {"theme": theme_of(request)},
        "session_key": session_key,
        "kept": {**kept, "action": "review"} if kept else {},
        "posted": request.method == "POST",
        "typed": [
            (spec.label, kept[spec.input_name])
            for spec in CATALOGUE.writable
            if spec.input_name in kept
        ],
        "csrf_token": get_token(request),
    }
    page = render_to_string("sessions_ui/sessions/unrecorded.html", context)
    return HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE)
