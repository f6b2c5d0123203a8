"""How each ordered fault looks from outside: what is answered instead, or made of an answer."""

import gzip
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from sessions_ui.pave.sandbox.state.faults import Fault
from sessions_ui.pave.sandbox.state.store import Store

from .documents import session_document
from .messages import Reply, Request, json_reply, message, strict_json

RESET: Final = Reply(manner="reset")
LOGIN_PAGE: Final = b"<!doctype html><title>Log in</title><h1>Please log in</h1>"
ERROR_PAGE: Final = (
    b"<html><head><title>Server Error</title></head><body>Server Error</body></html>"
)
BOMB_SIZE: Final = 20_000_000

Work = Callable[[], Reply]


def answer_instead(store: Store, fault: Fault, work: Work) -> Reply | None:
    """Give what a `before` fault answers in PAVE's stead; None means carry the call out now."""
    if fault.when != "before":
        return None
    return BEFORE[fault.kind](store, fault.params, work)


def spoil(store: Store, fault: Fault, reply: Reply, key: str, request: Request) -> Reply:
    """Give what an `after` fault makes of a finished answer."""
    if fault.when != "after":
        return reply
    if fault.kind == "wrong_session":
        return _wrong_session(store, reply, key)
    if fault.kind == "not_shown":
        return _not_shown(reply, fault.params["fields"], request)
    return AFTER[fault.kind](store, fault.params, reply)


def _hang_before(store: Store, params: dict[str, Any], work: Work) -> Reply | None:
    return RESET if store.closing.wait(params["seconds"]) else None


def _hang_lost(store: Store, params: dict[str, Any], work: Work) -> Reply:
    store.closing.wait(params["seconds"])
    return RESET


def _late(store: Store, params: dict[str, Any], work: Work) -> Reply:
    store.later(params["seconds"], work)
    return RESET if params["answer"] == "reset" else _server_error(params["status"])


def _server_error(status: int) -> Reply:
    return Reply(status, ERROR_PAGE, {"Content-Type": "text/html; charset=UTF-8"})


def _busy(store: Store, params: dict[str, Any], work: Work) -> Reply:
    wait = str(params["retry_after"])
    return json_reply({"message": "Too Many Attempts."}, 429, Retry_After=wait)


def _denied(store: Store, params: dict[str, Any], work: Work) -> Reply:
    words = "Unauthorized." if params["status"] == 401 else "Forbidden."
    return message(params["status"], words)


def _redirect(store: Store, params: dict[str, Any], work: Work) -> Reply:
    return Reply(params["status"], b"", {"Location": str(params["location"])})


BEFORE: Final[Mapping[str, Callable[[Store, dict[str, Any], Work], Reply | None]]] = {
    "reset_before": lambda store, params, work: RESET,
    "hang_before": _hang_before,
    "hang_lost": _hang_lost,
    "late": _late,
    "error_before": lambda store, params, work: _server_error(params["status"]),
    "busy": _busy,
    "denied": _denied,
    "refused": lambda store, params, work: message(params["status"], params["message"]),
    "not_found": lambda store, params, work: message(404, "Session cannot be found."),
    "redirect": _redirect,
}


def _hang_after(store: Store, params: dict[str, Any], reply: Reply) -> Reply:
    return RESET if store.closing.wait(params["seconds"]) else reply


def _half(store: Store, params: dict[str, Any], reply: Reply) -> Reply:
    return Reply(reply.status, reply.body[: len(reply.body) // 2], reply.headers)


def _manner(name: str) -> Callable[[Store, dict[str, Any], Reply], Reply]:
    return lambda store, params, reply: Reply(
        reply.status, reply.body, reply.headers, name, params.get("interval", 0.0)
    )


def _appended(text: str) -> Callable[[Store, dict[str, Any], Reply], Reply]:
    """Give a fault that adds one member to the JSON object's text."""
    return lambda store, params, reply: Reply(
        reply.status, reply.body.rstrip()[:-1] + f", {text}}}".encode(), reply.headers
    )


def _huge(store: Store, params: dict[str, Any], reply: Reply) -> Reply:
    return _appended(f'"padding": "{"x" * params["size"]}"')(store, params, reply)


def _gzip_bomb(store: Store, params: dict[str, Any], reply: Reply) -> Reply:
    packed = gzip.compress(reply.body + b" " * BOMB_SIZE)
    return Reply(reply.status, packed, {**reply.headers, "Content-Encoding": "gzip"})


AFTER: Final[Mapping[str, Callable[[Store, dict[str, Any], Reply], Reply]]] = {
    "reset_after": lambda store, params, reply: RESET,
    "hang_after": _hang_after,
    "error_after": lambda store, params, reply: _server_error(params["status"]),
    "html": lambda store, params, reply: Reply(
        200, LOGIN_PAGE, {"Content-Type": "text/html; charset=UTF-8"}
    ),
    "truncated": _half,
    "cut": _manner("cut"),
    "nan": _appended('"padding": NaN'),
    "duplicate_keys": _appended('"status": "COMPLETE"'),
    "deep": _appended(f'"padding": {"[" * 100_000}{"]" * 100_000}'),
    "long_number": _appended(f'"padding": {"9" * 10_000}'),
    "huge": _huge,
    "gzip_bomb": _gzip_bomb,
    "slow_headers": _manner("slow_headers"),
    "slow_body": _manner("slow_body"),
}


def _wrong_session(store: Store, reply: Reply, key: str) -> Reply:
    with store.lock:
        others = [each for each in store.sessions.values() if each.session_key != key]
        if others:
            return json_reply(session_document(others[0], store.switches), reply.status)
    document = strict_json(reply.body)
    return json_reply({**document, "session_key": "SBX-0THER00000"}, reply.status)


def _not_shown(reply: Reply, named: str, request: Request) -> Reply:
    """Leave fields out of the answer: those named ("a.b c.d"), or all that the request sent."""
    document = strict_json(reply.body)
    fields = named.replace(",", " ").split() or _sent(request)
    for field in fields:
        section, _, name = field.partition(".")
        _part(document, section, name).pop(name, None)
    return json_reply(document, reply.status)


def _sent(request: Request) -> list[str]:
    body = json.loads(request.body or b"{}")
    return [f"{section}.{name}" for section, part in body.items() for name in part]


def _part(document: dict[str, Any], section: str, name: str) -> dict[str, Any]:
    """Give the object of the answer in which a request's field comes back."""
    options = document.get("options", {})
    places = {"vehicle": document.get("vehicle", {}), "sms": options.get("sms", {})}
    found: dict[str, Any] = places.get(section, options if name == "client_id" else document)
    return found
