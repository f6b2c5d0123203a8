"""Build the sandbox's first page: all sessions, the switches, the next fault."""

from typing import Final
from urllib.parse import quote

from sessions_ui.pave.sandbox.rules.switches import CHOICES, Switches
from sessions_ui.pave.sandbox.sandbox_state import SandboxState
from sessions_ui.pave.sandbox.server.http_messages import Response
from sessions_ui.pave.sandbox.state.faults import KINDS, METHODS, Fault

from .components import delivery_state, options, status_state
from .layout import notices, page
from .rendering import Html, render

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


def home_page(state: SandboxState, done: str = "", *, refused: str = "") -> Response:
    """Build the page with the list of sessions and the switches of this PAVE."""
    with state.lock:
        rows = [_session_row(summary) for summary in state.listing()]
        main = render(
            "home/page",
            notice=notices(done, refused),
            session_count=len(rows),
            session_rows=rows,
            switches=_switches(state.switches),
            waiting_faults=_waiting_faults(state.faults.waiting),
            kinds=_fault_kinds(),
            methods=options((method, _method_label(method)) for method in METHODS),
        )
    return page("Sessions", main, status=422 if refused else 200)


def _session_row(summary: dict[str, str]) -> Html:
    return render(
        "home/session_row",
        key=summary["session_key"],
        quoted_key=quote(summary["session_key"], safe=""),
        vehicle=summary["vehicle"] or "Vehicle not known yet",
        customer=summary["customer"] or "–",
        status=status_state(summary["status"]),
        delivery=delivery_state(summary["delivery"]),
        title=summary["title"],
    )


def _switches(switches: Switches) -> list[Html]:
    return [
        render(
            "home/switch",
            name=name,
            label=SWITCH_LABELS[name],
            options=options(positions.items(), switches.position(name)),
        )
        for name, positions in CHOICES.items()
    ]


def _fault_kinds() -> list[Html]:
    groups = []
    for when, label in WHEN_LABELS.items():
        choices = [(name, kind.label) for name, kind in KINDS.items() if kind.when == when]
        groups.append(render("option_group", label=label, options=options(choices)))
    return groups


def _method_label(method: str) -> str:
    return "request of any kind" if method == "*" else f"{method} request"


def _waiting_faults(faults: list[Fault]) -> Html:
    if not faults:
        return render("home/no_faults")
    rows = [
        render("home/fault", label=KINDS[fault.kind].label, scope=_scope(fault)) for fault in faults
    ]
    return render("home/faults", count=len(rows), faults=rows)


def _scope(fault: Fault) -> str:
    times = "once" if fault.times == 1 else f"{fault.times} times"
    return f"{_method_label(fault.method)}, {fault.key or 'any session'}, {times}"
