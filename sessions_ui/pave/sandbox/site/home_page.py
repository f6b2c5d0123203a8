"""The sandbox's first page: all sessions, the switches, the next fault."""

from typing import Final
from urllib.parse import quote

from sessions_ui.pave.sandbox.rules.switches import CHOICES, Switches
from sessions_ui.pave.sandbox.sandbox_state import SandboxState
from sessions_ui.pave.sandbox.server.http_messages import Response
from sessions_ui.pave.sandbox.state.faults import KINDS, METHODS, Fault

from .layout import button, delivery_state, field, notice, page, select, status_state, text_input
from .rendering import Html, joined, tag

COLUMNS: Final = ("Session", "Customer", "Status", "Text message", "What it is good for")
SWITCH_LABELS: Final = {
    "mode": "When a field may not change",
    "unknown_keys": "When PAVE does not know a name",
    "empty_time": "Empty times",
    "show_delivery": "The text’s delivery",
    "upper_transmission": "The transmission",
    "refuse_capt": "The theme CAPT",
}
WHEN_LABELS: Final = {
    "before": "Instead of an answer",
    "during": "What is applied",
    "after": "The answer",
}


def home_page(state: SandboxState, said: str = "", *, refused: str = "") -> Response:
    """Draw the list and, beside it, how this PAVE behaves."""
    with state.lock:
        rows = [_row(each) for each in state.listing()]
        switches, waiting = state.switches, list(state.faults.waiting)
    head = tag("tr", *(tag("th", name, scope="col", role="columnheader") for name in COLUMNS))
    table = tag(
        "table",
        tag("caption", tag("strong", f"{len(rows)} sessions"), ". Open one to play its customer."),
        tag("thead", head, role="rowgroup"),
        tag("tbody", *rows, role="rowgroup"),
        class_="sheet",
        role="table",
    )
    aside = tag("aside", _switches(switches), _faults(waiting), _afresh(), class_="aside")
    return page(
        "Sessions",
        notice(said) if said else None,
        notice(refused, "bad", "x-circle") if refused else None,
        tag("div", tag("h1", "Sessions"), class_="head"),
        tag("div", tag("div", table), aside, class_="split"),
        status=422 if refused else 200,
    )


def _row(short: dict[str, str]) -> Html:
    key = short["session_key"]
    link = tag("a", key, class_="key", href=f"/customer/{quote(key, safe='')}")
    vehicle = tag("span", short["vehicle"] or "Vehicle not known yet", class_="sub")
    cells = (
        short["customer"] or "–",
        status_state(short["status"]),
        delivery_state(short["delivery"]),
        short["title"],
    )
    return tag(
        "tr",
        tag("th", link, vehicle, scope="row", role="rowheader"),
        *(
            tag("td", cell, role="cell", data_label=label)
            for label, cell in zip(COLUMNS[1:], cells, strict=True)
        ),
        role="row",
        data_session=key,
    )


def _switches(switches: Switches) -> Html:
    choices = [
        field(SWITCH_LABELS[name], select(name, positions.items(), switches.position(name)), name)
        for name, positions in CHOICES.items()
    ]
    press = tag("button", "Set the switches", class_="btn btn-plain", data_action="switches")
    form = tag("form", *choices, press, method="post", action="/sandbox/switches", class_="form")
    words = "PAVE’s manual leaves these open. Try the dashboard with each."
    head = tag("h2", "How this PAVE answers", id="answers")
    return tag("section", head, tag("p", words, class_="muted"), form)


def _faults(waiting: list[Fault]) -> Html:
    kinds = [
        tag(
            "optgroup",
            *(tag("option", kind.label, value=name) for name, kind in KINDS.items()
              if kind.when == when),
            label=label,
        )
        for when, label in WHEN_LABELS.items()
    ]  # fmt: skip
    form = tag(
        "form",
        field("What goes wrong", tag("select", *kinds, name="kind", id="id_kind"), "kind"),
        field("At the next", select("method", [(one, _method(one)) for one in METHODS]), "method"),
        field("Only for session", text_input("key", placeholder="any session"), "key"),
        field("How many times", text_input("times", inputmode="numeric", value="1"), "times"),
        tag("details", tag("summary", "Details"), _details(), class_="more"),
        tag("button", "Order the fault", class_="btn btn-plain", data_action="fault"),
        method="post",
        action="/sandbox/faults",
        class_="form",
    )
    return tag("section", tag("h2", "Next fault"), _waiting(waiting), form)


def _details() -> Html:
    words = "Blank means the usual. What a fault does not know is left aside."
    return joined(
        tag("p", words, class_="muted"),
        field("Seconds", text_input("seconds", inputmode="decimal", placeholder="20"), "seconds"),
        field("HTTP status", text_input("status", inputmode="numeric"), "status"),
        field("Field", text_input("field", placeholder="session.theme"), "field"),
        field("Value", text_input("value"), "value"),
        field("Redirect to", text_input("location"), "location"),
    )


def _method(name: str) -> str:
    return "request of any kind" if name == "*" else f"{name} request"


def _waiting(waiting: list[Fault]) -> Html:
    if not waiting:
        return tag("p", "None is waiting.", class_="muted", data_faults="0")
    rows = [
        tag("li", KINDS[one.kind].label, tag("span", _scope(one), class_="sub")) for one in waiting
    ]
    clear = button("Clear them", "/sandbox/faults/clear", "clear-faults")
    return joined(tag("ul", *rows, class_="log", data_faults=len(waiting)), clear)


def _scope(fault: Fault) -> str:
    times = "once" if fault.times == 1 else f"{fault.times} times"
    return f"{_method(fault.method)}, {fault.key or 'any session'}, {times}"


def _afresh() -> Html:
    words = "Brings every session back, with new times. The journal goes on."
    again = button("Plant all sessions anew", "/sandbox/reseed", "reseed")
    return tag("section", tag("h2", "Start again"), tag("p", words, class_="muted"), again)
