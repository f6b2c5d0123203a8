"""Build one session's page: the customer's buttons, the text, and a way to change its fields."""

import re
from typing import Any, Final
from urllib.parse import quote

from sessions_ui.pave.sandbox.fields import FIELDS
from sessions_ui.pave.sandbox.rules.customer import ACTIONS, PHOTOS, action_refusal
from sessions_ui.pave.sandbox.rules.editability import delivery_class
from sessions_ui.pave.sandbox.sandbox_state import POKEABLE_ATTRIBUTES, SandboxState
from sessions_ui.pave.sandbox.server.http_messages import Response
from sessions_ui.pave.sandbox.session import Session
from sessions_ui.pave.sandbox.state.journal import Row
from sessions_ui.pave.sandbox.state.session_titles import title

from .components import STATUS_LOOKS, button, delivery_state, options, status_state
from .layout import notices, page
from .rendering import Html, render

STEPS: Final = ("IDLE", "STARTED", "PROCESS", "QC_PASSED", "CONFIRM", "COMPLETE")
NEXT_ACTIONS: Final = {
    "IDLE": "start",
    "STARTED": "photo",
    "PROCESS": "pass",
    "QC_PASSED": "confirm",
    "CONFIRM": "complete",
}
AUTHORS: Final = {"CUSTOMER": "You, as the customer", "BEHIND": "Behind the agent’s back"}
JOURNAL_ROWS: Final = 12
NOT_TEXT: Final = frozenset({"active", "contact", "reference"})


def session_page(
    state: SandboxState, key: str, done: str = "", *, refused: str = "", status: int = 200
) -> Response:
    """Build the page of one session. Raises UnknownSession."""
    with state.lock:
        session = state.find(key)
        address = f"/sandbox/sessions/{quote(key, safe='')}"
        main = render(
            "session/page",
            notice=notices(done, refused),
            key=key,
            summary=_summary(session),
            title=title(session),
            status=status_state(session.status, chip=True),
            progress=_progress(session),
            photos_taken=len(session.photos),
            photos_needed=len(PHOTOS),
            customer_buttons=_buttons(session, address, "customer"),
            text_buttons=_buttons(session, address, "text"),
            address=address,
            field_options=options((name, name) for name in _pokeable_as_text()),
            **_facts(session),
            sections=_sections(session),
            journal=_journal(state.log.about(key, JOURNAL_ROWS)),
        )
    return page(key, main, status)


def _summary(session: Session) -> str:
    vehicle = session.section("vehicle")
    names = [str(vehicle[name]) for name in ("year", "make", "model", "trim") if name in vehicle]
    parts = [session.fields.get("sms.to_name"), " ".join(names), session.fields.get("sms.by")]
    return " · ".join(str(part) for part in parts if part)


def _progress(session: Session) -> Html | str:
    if session.status not in STEPS:
        return ""
    current = STEPS.index(session.status)
    steps = []
    for number, step in enumerate(STEPS):
        place = "done" if number < current else "current" if number == current else "ahead"
        steps.append(render(f"session/step_{place}", label=STATUS_LOOKS[step].label))
    return render("session/progress", steps=steps)


def _buttons(session: Session, address: str, about: str) -> list[Html]:
    return [
        button(action.label, f"{address}/{name}", name, _button_style(session, name))
        for name, action in ACTIONS.items()
        if action.about == about
    ]


def _button_style(session: Session, action: str) -> str:
    if action_refusal(session, action):
        return "faint"
    return "primary" if NEXT_ACTIONS.get(session.status) == action else "plain"


def _pokeable_as_text() -> list[str]:
    """List what a form can change; values that are not text need a JSON request."""
    attributes = [name for name in POKEABLE_ATTRIBUTES if name not in NOT_TEXT]
    return [*FIELDS.keys, *attributes]


def _facts(session: Session) -> dict[str, object]:
    words = (session.delivery_status, session.delivery_message)
    details = [render("subline", text=text) for text in words if text]
    return {
        "created_at": _time(session.created_at),
        "updated_at": _time(session.updated_at),
        "started_at": _time(session.inspect_started_at),
        "ended_at": _time(session.inspect_ended_at),
        "delivery": [delivery_state(delivery_class(session)), *details],
        "texts_sent": session.texts_sent,
    }


def _time(text: str) -> Html | str:
    if not text:
        return "–"
    return render("session/time", timestamp=text, date=text[:10], time=text[11:19])


def _sections(session: Session) -> list[Html]:
    return [
        render("session/section", name=section, fields=_fields(session, section))
        for section in FIELDS.sections
        if session.has_section(section)
    ]


def _fields(session: Session, section: str) -> list[Html]:
    """Build a section's names and values; a long URL may break after its slashes."""
    rows = []
    for name, value in session.section(section).items():
        parts = [render("session/breakable", text=part) for part in re.split("(?<=/)", str(value))]
        rows.append(render("session/field", name=name, value=parts))
    return rows


def _journal(rows: list[Row]) -> Html:
    if not rows:
        return render("session/no_journal")
    return render("session/journal", rows=[_journal_row(row) for row in rows])


def _journal_row(row: Row) -> Html:
    if row["kind"] == "request":
        fault = f", fault: {row['fault']}" if row["fault"] else ""
        summary, details = f"{row['method']} request{fault}", ""
    else:
        author = AUTHORS.get(row["method"], f"{row['method']} by the API")
        summary = f"{author}: {'applied' if row['applied'] else 'refused'}"
        details = ", ".join([*row["changed"], *row["refused"]]) or _played(row["payload"])
    return render(
        "session/journal_row",
        summary=summary,
        details=render("subline", text=details) if details else "",
        timestamp=row["at"],
        time=row["at"][11:19],
    )


def _played(payload: Any) -> str:
    """Name what was done on this page: the button's label, or the field that was changed."""
    if not isinstance(payload, dict):
        return ""
    action = str(payload.get("action", payload.get("field", "")))
    return ACTIONS[action].label if action in ACTIONS else action
