"""Everything that is not PAVE's: the customer's pages, and the switches and faults behind them.

Open without a signature, so it answers only to names of this machine, and takes posts only from
its own pages or from programs (which send no Origin).
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlsplit

from sessions_ui.pave.sandbox.rules.customer import ACTIONS, Refused
from sessions_ui.pave.sandbox.rules.switches import CHOICES
from sessions_ui.pave.sandbox.sandbox_state import SandboxState
from sessions_ui.pave.sandbox.server.http_messages import (
    JSON_TYPE,
    Request,
    Response,
    decode_json,
    json_response,
    message_response,
)
from sessions_ui.pave.sandbox.state.faults import KINDS
from sessions_ui.pave.sandbox.state.store import UnknownSession

from .home_page import home_page
from .layout import page
from .rendering import tag
from .session_page import customer_page

HERE: Final = Path(__file__).parent
FILES: Final = {
    "/sandbox/style.css": ("style.css", "text/css; charset=utf-8"),
    "/sandbox/icons.svg": ("icons.svg", "image/svg+xml"),
}
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
SAID: Final[Mapping[str, str]] = {
    **{name: action.done for name, action in ACTIONS.items()},
    "reset": "The session is as it was.",
    "poke": "The field is changed in PAVE.",
    "switches": "The switches are set.",
    "fault": "The fault waits for its request.",
    "clear-faults": "No fault is waiting any more.",
    "reseed": "All sessions are planted anew.",
}


def respond(state: SandboxState, request: Request) -> Response:
    """Answer one call from a browser or a test on this machine."""
    if words := _why_barred(request):
        return message_response(403, words)
    try:
        if request.method in ("GET", "HEAD"):
            return _read(state, request)
        if request.method == "POST":
            return _change(state, request)
    except UnknownSession as error:
        words = f"There is no session {error.args[0]} here."
        return message_response(404, words) if _wants_json(request) else _lost(words)
    return message_response(405, "Only GET and POST are known here.")


def _why_barred(request: Request) -> str:
    host = request.headers.get("Host", "")
    if urlsplit(f"//{host}").hostname not in LOOPBACK:
        return "These pages answer only to this machine's own names."
    if request.method in ("GET", "HEAD"):
        return ""
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "none")
    if origin not in (None, f"http://{host}") or site not in ("none", "same-origin"):
        return "This post comes from another site."
    return ""


def _read(state: SandboxState, request: Request) -> Response:
    path, parts = request.path, request.parts
    if path == "/":
        return home_page(state, SAID.get(request.query.get("done", ""), ""))
    if parts[0] == "customer" and len(parts) == 2:
        return customer_page(state, parts[1], SAID.get(request.query.get("done", ""), ""))
    if path in FILES:
        name, kind = FILES[path]
        return Response(200, (HERE / "static" / name).read_bytes(), {"Content-Type": kind})
    if path == "/sandbox/sessions.json":
        return json_response(state.listing())
    if path == "/sandbox/journal.json":
        since = request.query.get("since", "")
        return json_response(state.journal(int(since) if since.isdecimal() else 0))
    if path == "/sandbox/faults.json":
        with state.lock:
            return json_response(state.faults.as_list())
    if path == "/favicon.ico":
        return Response(204)
    return _lost("There is no such page here.")


def _lost(words: str) -> Response:
    way = tag("p", tag("a", "All sessions", href="/"))
    return page("Not found", tag("h1", "Not found"), tag("p", words), way, status=404)


def _change(state: SandboxState, request: Request) -> Response:
    parts = request.parts
    try:
        sent = _sent(request)
    except ValueError as error:
        return message_response(400, str(error))
    if parts[:2] == ["sandbox", "sessions"] and len(parts) == 4:
        return _play(state, request, parts[2], parts[3], sent)
    try:
        if parts == ["sandbox", "faults"]:
            done = _order(state, sent, lenient=not _wants_json(request))
        elif parts == ["sandbox", "faults", "clear"]:
            state.clear_faults()
            done = "clear-faults"
        elif parts == ["sandbox", "switches"]:
            done = _turn(state, sent)
        elif parts == ["sandbox", "reseed"]:
            state.reseed()
            done = "reseed"
        else:
            return message_response(404, "Not found.")
    except (TypeError, ValueError) as error:
        words = str(error)
        return (
            message_response(422, words)
            if _wants_json(request)
            else home_page(state, refused=words)
        )
    if _wants_json(request):
        return json_response({"done": done})
    return _see(f"/?done={done}")


def _play(
    state: SandboxState, request: Request, key: str, action: str, sent: dict[str, Any]
) -> Response:
    try:
        if action == "poke":
            state.poke(key, str(sent.get("field", "")), sent.get("value") or None)
        else:
            state.act(key, action)
    except (Refused, ValueError) as refused:
        words, status = str(refused), 409 if isinstance(refused, Refused) else 422
        if _wants_json(request):
            return message_response(status, words)
        return customer_page(state, key, refused=words, status=status)
    if _wants_json(request):
        return json_response(state.session(key))
    return _see(f"/customer/{quote(key, safe='')}?done={action}")


def _order(state: SandboxState, sent: dict[str, Any], *, lenient: bool) -> str:
    """Order a fault. From a form, blanks and what the fault does not know are left aside."""
    kind = str(sent.pop("kind", ""))
    if lenient:
        known = {"method", "key", "times", "skip", *(KINDS[kind].params if kind in KINDS else ())}
        sent = {name: value for name, value in sent.items() if name in known and value != ""}
    for name in ("times", "skip"):
        if name in sent:
            sent[name] = int(sent[name])
    state.fault(kind, **sent)
    return "fault"


def _turn(state: SandboxState, sent: dict[str, Any]) -> str:
    for name, position in sent.items():
        if name not in CHOICES:
            raise ValueError(f"There is no switch {name!r}.")
        state.turn(name, position)
    return "switches"


def _sent(request: Request) -> dict[str, Any]:
    """Decode a form or a JSON object. Raises ValueError with a sentence."""
    if not request.headers.get("Content-Type", "").startswith(JSON_TYPE):
        return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    try:
        sent = decode_json(request.body or b"{}")
    except json.JSONDecodeError as error:
        raise ValueError("The request body is not valid JSON.") from error
    if not isinstance(sent, dict):
        raise ValueError("The request body must be an object.")
    return sent


def _wants_json(request: Request) -> bool:
    kinds = (request.headers.get("Content-Type", ""), request.headers.get("Accept", ""))
    return any(kind.startswith(JSON_TYPE) for kind in kinds)


def _see(path: str) -> Response:
    return Response(303, b"", {"Location": path})
