"""Route requests for what is not PAVE's own: the site's pages, and the switches and faults.

Nothing here needs a signature, so it answers only to this machine's own names, and accepts posts
only from its own pages or from programs (which send no Origin).
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
from .layout import not_found_page
from .session_page import session_page

STATIC: Final = Path(__file__).parent / "static"
FILES: Final = {
    "/sandbox/style.css": ("style.css", "text/css; charset=utf-8"),
    "/sandbox/icons.svg": ("icons.svg", "image/svg+xml"),
}
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
# The value of ?done= in an address, and the notice that it shows
DONE_NOTICES: Final[Mapping[str, str]] = {
    **{name: action.done for name, action in ACTIONS.items()},
    "reset": "The session is as it was.",
    "poke": "The field is changed in PAVE.",
    "switches": "The switches are set.",
    "fault": "The fault waits for its request.",
    "clear-faults": "No fault is waiting any more.",
    "reseed": "All sessions are planted anew.",
}

Form = dict[str, Any]


def respond(state: SandboxState, request: Request) -> Response:
    """Answer one call from a browser or a test on this machine."""
    if refusal := _access_refusal(request):
        return message_response(403, refusal)
    try:
        if request.method in ("GET", "HEAD"):
            return _read(state, request)
        if request.method == "POST":
            return _change(state, request)
    except UnknownSession as error:
        text = f"There is no session {error.args[0]} here."
        return message_response(404, text) if _wants_json(request) else not_found_page(text)
    return message_response(405, "Only GET and POST are known here.")


def _access_refusal(request: Request) -> str:
    host = request.headers.get("Host", "")
    if urlsplit(f"//{host}").hostname not in LOOPBACK:
        # DNS rebinding: a foreign name may resolve to loopback.
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
    done = DONE_NOTICES.get(request.query.get("done", ""), "")
    if path == "/":
        return home_page(state, done)
    if parts[0] == "customer" and len(parts) == 2:
        return session_page(state, parts[1], done)
    if path in FILES:
        name, content_type = FILES[path]
        return Response(200, (STATIC / name).read_bytes(), {"Content-Type": content_type})
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
    return not_found_page("There is no such page here.")


def _change(state: SandboxState, request: Request) -> Response:
    try:
        form = _decode_form(request)
    except ValueError as error:
        return message_response(400, str(error))
    parts = request.parts
    if parts[:2] == ["sandbox", "sessions"] and len(parts) == 4:
        return _play(state, request, parts[2], parts[3], form)
    try:
        done = _control(state, request, form)
    except (TypeError, ValueError) as error:
        refusal = str(error)
        if _wants_json(request):
            return message_response(422, refusal)
        return home_page(state, refused=refusal)
    if not done:
        return message_response(404, "Not found.")
    return json_response({"done": done}) if _wants_json(request) else _redirect(f"/?done={done}")


def _play(state: SandboxState, request: Request, key: str, action: str, form: Form) -> Response:
    """Act on one session. Raises UnknownSession."""
    try:
        if action == "poke":
            state.poke(key, str(form.get("field", "")), form.get("value") or None)
        else:
            state.act(key, action)
    except (Refused, ValueError) as error:
        refusal, status = str(error), 409 if isinstance(error, Refused) else 422
        if _wants_json(request):
            return message_response(status, refusal)
        return session_page(state, key, refused=refusal, status=status)
    if _wants_json(request):
        return json_response(state.session(key))
    return _redirect(f"/customer/{quote(key, safe='')}?done={action}")


def _control(state: SandboxState, request: Request, form: Form) -> str:
    """Change the sandbox as a whole; return what was done, or "" for an unknown address.

    Raises ValueError or TypeError for a form that cannot be carried out.
    """
    match request.parts:
        case ["sandbox", "faults"]:
            _order_fault(state, form, lenient=not _wants_json(request))
            return "fault"
        case ["sandbox", "faults", "clear"]:
            state.clear_faults()
            return "clear-faults"
        case ["sandbox", "switches"]:
            _turn_switches(state, form)
            return "switches"
        case ["sandbox", "reseed"]:
            state.reseed()
            return "reseed"
    return ""


def _order_fault(state: SandboxState, form: Form, *, lenient: bool) -> None:
    """Order a fault. Lenient, for the page's form: drop blanks and what the fault does not take."""
    kind = str(form.pop("kind", ""))
    if lenient:
        own_names = KINDS[kind].params if kind in KINDS else ()
        names = {"method", "key", "times", "skip", *own_names}
        form = {name: value for name, value in form.items() if name in names and value != ""}
    for name in ("times", "skip"):
        if name in form:
            form[name] = int(form[name])
    state.fault(kind, **form)


def _turn_switches(state: SandboxState, form: Form) -> None:
    for name, position in form.items():
        if name not in CHOICES:
            raise ValueError(f"There is no switch {name!r}.")
        state.turn(name, position)


def _decode_form(request: Request) -> Form:
    """Decode a form or a JSON object. Raises ValueError with a sentence."""
    if not request.headers.get("Content-Type", "").startswith(JSON_TYPE):
        return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    try:
        decoded = decode_json(request.body or b"{}")
    except json.JSONDecodeError as error:
        raise ValueError("The request body is not valid JSON.") from error
    if not isinstance(decoded, dict):
        raise ValueError("The request body must be an object.")
    return decoded


def _wants_json(request: Request) -> bool:
    types = (request.headers.get("Content-Type", ""), request.headers.get("Accept", ""))
    return any(media_type.startswith(JSON_TYPE) for media_type in types)


def _redirect(path: str) -> Response:
    return Response(303, b"", {"Location": path})
