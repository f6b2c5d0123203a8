"""One session's page: the customer's buttons, the text, and a hand behind the agent's back."""

import re
from typing import Any, Final
from urllib.parse import quote

from sessions_ui.pave.sandbox.fields import FIELDS
from sessions_ui.pave.sandbox.rules.customer import ACTIONS, action_refusal
from sessions_ui.pave.sandbox.rules.editability import delivery_class
from sessions_ui.pave.sandbox.sandbox_state import POKEABLE_ATTRIBUTES, SandboxState
from sessions_ui.pave.sandbox.server.http_messages import Response
from sessions_ui.pave.sandbox.session import Session
from sessions_ui.pave.sandbox.state.journal import Row
from sessions_ui.pave.sandbox.state.session_titles import title

from .layout import (
    STATUS_LOOKS,
    button,
    delivery_state,
    field,
    notice,
    page,
    pairs,
    select,
    status_state,
    text_input,
)
from .rendering import Html, icon, joined, tag

STEPS: Final = ("IDLE", "STARTED", "PROCESS", "QC_PASSED", "CONFIRM", "COMPLETE")
WAY_ON: Final = {
    "IDLE": "start",
    "STARTED": "photo",
    "PROCESS": "pass",
    "QC_PASSED": "confirm",
    "CONFIRM": "complete",
}
ORIGINS: Final = {"CUSTOMER": "You, as the customer", "BEHIND": "Behind the agent’s back"}
JOURNAL_ROWS: Final = 12
NOT_TEXT: Final = frozenset({"active", "contact", "reference"})
BREAK: Final = tag("wbr")


def customer_page(
    state: SandboxState, key: str, said: str = "", *, refused: str = "", status: int = 200
) -> Response:
    """Draw the page of one session. Raises store.UnknownSession."""
    with state.lock:
        session = state.find(key)
        rows = state.log.about(key, JOURNAL_ROWS)
        return page(
            key,
            notice(said) if said else None,
            notice(refused, "bad", "x-circle") if refused else None,
            tag("nav", tag("a", icon("left"), "All sessions", href="/"), class_="crumbs"),
            _head(session),
            _rail(session),
            tag("div", _controls(session), _facts(session, rows), class_="split"),
            status=status,
        )


def _head(session: Session) -> Html:
    vehicle = session.section("vehicle")
    names = [str(vehicle[name]) for name in ("year", "make", "model", "trim") if name in vehicle]
    who = [session.fields.get("sms.to_name"), " ".join(names), session.fields.get("sms.by")]
    words = tag(
        "div",
        tag("h1", session.session_key, class_="mono"),
        tag("p", " · ".join(str(one) for one in who if one)),
        tag("p", title(session)),
    )
    return tag("div", words, status_state(session.status, chip=True), class_="head")


def _rail(session: Session) -> Html:
    if session.status not in STEPS:
        return joined()
    present = STEPS.index(session.status)
    steps = [
        tag(
            "li",
            tag("span", STATUS_LOOKS[step][0]),
            class_="done" if number < present else None,
            aria_current="step" if number == present else None,
        )
        for number, step in enumerate(STEPS)
    ]
    return tag("ol", *steps, class_="rail")


def _controls(session: Session) -> Html:
    at = f"/sandbox/sessions/{quote(session.session_key, safe='')}"
    photos = f"{len(session.photos)} of 13 photos taken."
    return tag(
        "div",
        _buttons("You are the customer", photos, session, at, "customer"),
        _buttons("The text message", "What the text provider reports.", session, at, "text"),
        _poke(at),
        tag(
            "section",
            tag("h2", "Start again"),
            tag("p", "Brings this session back as it was.", class_="muted"),
            button("Reset this session", f"{at}/reset", "reset"),
        ),
        class_="stack",
    )


def _buttons(heading: str, words: str, session: Session, at: str, about: str) -> Html:
    drawn = [
        button(action.label, f"{at}/{name}", name, look=_look(session, name))
        for name, action in ACTIONS.items()
        if action.about == about
    ]
    acts = tag("div", *drawn, class_="acts")
    return tag("section", tag("h2", heading), tag("p", words, class_="muted"), acts)


def _look(session: Session, action: str) -> str:
    if action_refusal(session, action):
        return "faint"
    return "primary" if WAY_ON.get(session.status) == action else "plain"


def _poke(at: str) -> Html:
    form = tag(
        "form",
        field("Field", select("field", [(name, name) for name in _pokeable_as_text()]), "field"),
        field("New value", text_input("value"), "value"),
        tag("button", "Change it in PAVE", class_="btn btn-plain", data_action="poke"),
        method="post",
        action=f"{at}/poke",
        class_="form row",
    )
    words = "As if somebody else did it in PAVE, past all rules. A blank takes the field away."
    head = tag("h2", "Change a field behind the agent’s back")
    return tag("section", head, tag("p", words, class_="muted"), form)


def _pokeable_as_text() -> list[str]:
    """List what a form can change: values that are not text need JSON."""
    attributes = [name for name in POKEABLE_ATTRIBUTES if name not in NOT_TEXT]
    return [*FIELDS.keys, *attributes]


def _facts(session: Session, rows: list[Row]) -> Html:
    delivery = joined(
        delivery_state(delivery_class(session)),
        tag("span", session.delivery_status, class_="sub") if session.delivery_status else None,
        tag("span", session.delivery_message, class_="sub") if session.delivery_message else None,
    )
    times = [
        ("Created", _time(session.created_at)),
        ("Updated", _time(session.updated_at)),
        ("Started", _time(session.inspect_started_at)),
        ("Ended", _time(session.inspect_ended_at)),
        ("Delivery", delivery),
        ("Texts sent", session.texts_sent),
    ]
    held = [
        tag("section", tag("h2", f"PAVE’s {section}"), pairs(_held(session, section)))
        for section in FIELDS.sections
        if session.has_section(section)
    ]
    log = tag("section", tag("h2", "What came in"), _log(rows))
    return tag(
        "aside", tag("section", tag("h2", "Facts"), pairs(times)), *held, log, class_="aside"
    )


def _held(session: Session, section: str) -> list[tuple[str, object]]:
    """Give a section's fields; an address may break after its slashes."""
    return [
        (name, [joined(part, BREAK) for part in re.split(r"(?<=/)", str(value))])
        for name, value in session.section(section).items()
    ]


def _time(text: str) -> object:
    if not text:
        return ""
    return tag("time", f"{text[:10]} {text[11:19]} UTC", datetime=text)


def _log(rows: list[Row]) -> Html:
    if not rows:
        return tag("p", "Nothing yet.", class_="muted")
    return tag("ol", *(tag("li", *_log_row(row)) for row in rows), class_="log")


def _log_row(row: Row) -> list[Any]:
    at = tag("time", f"{row['at'][11:19]} UTC", datetime=row["at"], class_="muted")
    if row["kind"] == "request":
        words = f"{row['method']} request" + (f", fault: {row['fault']}" if row["fault"] else "")
        return [tag("span", words), at]
    who = ORIGINS.get(row["method"], f"{row['method']} by the API")
    what = "applied" if row["applied"] else "refused"
    names = ", ".join([*row["changed"], *row["refused"]]) or _played(row["payload"])
    return [tag("span", f"{who}: {what}"), tag("span", names, class_="sub") if names else None, at]


def _played(payload: Any) -> str:
    """Name what a hand on this page did: the button's words, or the field that it changed."""
    if not isinstance(payload, dict):
        return ""
    action = str(payload.get("action", payload.get("field", "")))
    return ACTIONS[action].label if action in ACTIONS else action
