"""Inject ordered faults: respond in PAVE's place, or spoil the response of a finished call."""

import gzip
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from sessions_ui.pave.sandbox.state.faults import Fault
from sessions_ui.pave.sandbox.state.store import Store

from .documents import field_holder, session_document
from .http_messages import Request, Response, decode_json, json_response, message_response

RESET: Final = Response(send_mode="reset")
LOGIN_PAGE: Final = b"<!doctype html><title>Log in</title><h1>Please log in</h1>"
ERROR_PAGE: Final = (
    b"<html><head><title>Server Error</title></head><body>Server Error</body></html>"
)
HTML_TYPE: Final = {"Content-Type": "text/html; charset=UTF-8"}
BOMB_SIZE: Final = 20_000_000

Params = dict[str, Any]
Work = Callable[[], Response]
RespondInstead = Callable[[Store, Params, Work], Response | None]
Spoil = Callable[[Store, Params, Response], Response]


def respond_instead(store: Store, fault: Fault, work: Work) -> Response | None:
    """Return what a `before` fault answers in PAVE's place; None means to carry out the call."""
    if fault.when != "before":
        return None
    return BEFORE[fault.kind](store, fault.params, work)


def spoil(store: Store, fault: Fault, response: Response, key: str, request: Request) -> Response:
    """Return what an `after` fault makes of a finished response."""
    if fault.when != "after":
        return response
    if fault.kind == "wrong_session":
        return _wrong_session(store, response, key)
    if fault.kind == "not_shown":
        return _not_shown(response, fault.params["fields"], request)
    return AFTER[fault.kind](store, fault.params, response)


def _hang_before(store: Store, params: Params, work: Work) -> Response | None:
    return RESET if store.closing.wait(params["seconds"]) else None


def _hang_lost(store: Store, params: Params, work: Work) -> Response:
    store.closing.wait(params["seconds"])
    return RESET


def _late(store: Store, params: Params, work: Work) -> Response:
    store.run_later(params["seconds"], work)
    return RESET if params["answer"] == "reset" else _server_error(params["status"])


def _server_error(status: int) -> Response:
    return Response(status, ERROR_PAGE, dict(HTML_TYPE))


def _busy(store: Store, params: Params, work: Work) -> Response:
    wait = str(params["retry_after"])
    return json_response({"message": "Too Many Attempts."}, 429, Retry_After=wait)


def _denied(store: Store, params: Params, work: Work) -> Response:
    text = "Unauthorized." if params["status"] == 401 else "Forbidden."
    return message_response(params["status"], text)


def _redirect(store: Store, params: Params, work: Work) -> Response:
    return Response(params["status"], b"", {"Location": str(params["location"])})


BEFORE: Final[Mapping[str, RespondInstead]] = {
    "reset_before": lambda store, params, work: RESET,
    "hang_before": _hang_before,
    "hang_lost": _hang_lost,
    "late": _late,
    "error_before": lambda store, params, work: _server_error(params["status"]),
    "busy": _busy,
    "denied": _denied,
    "refused": lambda store, params, work: message_response(params["status"], params["message"]),
    "not_found": lambda store, params, work: message_response(404, "Session cannot be found."),
    "redirect": _redirect,
}


def _hang_after(store: Store, params: Params, response: Response) -> Response:
    return RESET if store.closing.wait(params["seconds"]) else response


def _truncate(store: Store, params: Params, response: Response) -> Response:
    return Response(response.status, response.body[: len(response.body) // 2], response.headers)


def _send_as(send_mode: str) -> Spoil:
    """Build a fault that sends the same response in another mode."""
    return lambda store, params, response: Response(
        response.status, response.body, response.headers, send_mode, params.get("interval", 0.0)
    )


def _append(member: str) -> Spoil:
    """Build a fault that adds one member to the text of the JSON object."""
    return lambda store, params, response: Response(
        response.status,
        response.body.rstrip()[:-1] + f", {member}}}".encode(),
        response.headers,
    )


def _huge(store: Store, params: Params, response: Response) -> Response:
    return _append(f'"padding": "{"x" * params["size"]}"')(store, params, response)


def _gzip_bomb(store: Store, params: Params, response: Response) -> Response:
    packed = gzip.compress(response.body + b" " * BOMB_SIZE)
    return Response(response.status, packed, {**response.headers, "Content-Encoding": "gzip"})


AFTER: Final[Mapping[str, Spoil]] = {
    "reset_after": lambda store, params, response: RESET,
    "hang_after": _hang_after,
    "error_after": lambda store, params, response: _server_error(params["status"]),
    "html": lambda store, params, response: Response(200, LOGIN_PAGE, dict(HTML_TYPE)),
    "truncated": _truncate,
    "cut": _send_as("cut"),
    "nan": _append('"padding": NaN'),
    "duplicate_keys": _append('"status": "COMPLETE"'),
    "deep": _append(f'"padding": {"[" * 100_000}{"]" * 100_000}'),
    "long_number": _append(f'"padding": {"9" * 10_000}'),
    "huge": _huge,
    "gzip_bomb": _gzip_bomb,
    "slow_headers": _send_as("slow_headers"),
    "slow_body": _send_as("slow_body"),
}


def _wrong_session(store: Store, response: Response, key: str) -> Response:
    with store.lock:
        others = [session for session in store.sessions.values() if session.session_key != key]
        if others:
            return json_response(session_document(others[0], store.switches), response.status)
    document = decode_json(response.body)
    return json_response({**document, "session_key": "SBX-0THER00000"}, response.status)


def _not_shown(response: Response, keys: str, request: Request) -> Response:
    """Remove fields from the answer: those in `keys` ("a.b c.d"), or all that the request sent."""
    document = decode_json(response.body)
    for key in keys.replace(",", " ").split() or _sent_keys(request):
        field_holder(document, key).pop(key.partition(".")[2], None)
    return json_response(document, response.status)


def _sent_keys(request: Request) -> list[str]:
    body = json.loads(request.body or b"{}")
    return [f"{section}.{name}" for section, fields in body.items() for name in fields]
