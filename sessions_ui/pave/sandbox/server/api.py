"""PAVE's own addresses: who may call, which fault strikes, which endpoint answers."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sessions_ui.pave.sandbox.state.faults import Fault
from sessions_ui.pave.sandbox.state.store import Store, UnknownSession

from . import endpoints
from .endpoints import Endpoint
from .fault_effects import answer_instead, spoil
from .messages import Reply, Request, json_reply, message, strict_json
from .signing import has_access_token, is_signed

# method and what follows the session key ("" = nothing, None = there is no key)
V1: Final[Mapping[tuple[str, str | None], Endpoint]] = {
    ("POST", None): endpoints.create,
    ("GET", ""): endpoints.get,
    ("PUT", ""): endpoints.put,
    ("DELETE", ""): endpoints.delete,
    ("GET", "photos"): endpoints.get_photos,
    ("GET", "notes"): endpoints.get_notes,
    ("GET", "results"): endpoints.get_results,
}
V1_TAILS: Final = frozenset(tail for _, tail in V1)


def answer(store: Store, request: Request) -> Reply:
    """Answer one call under /v1/ or /v2/, and journal it before anything else."""
    key = _session_key(request.parts)
    allowed = _is_allowed(store, request)
    with store.lock:
        fault = store.faults.take(request.method, key) if allowed else None
        _note(store, request, key, fault)
    if not allowed:
        return _unauthorised(request)
    if fault is None:
        return carry_out(store, request, key, None)
    instead = answer_instead(store, fault, lambda: carry_out(store, request, key, fault))
    if instead is not None:
        return instead
    if fault.when == "after" and not fault.applies:
        unapplied = replace(request, method="GET", body=b"")
        return spoil(store, fault, carry_out(store, unapplied, key, None), key, request)
    return spoil(store, fault, carry_out(store, request, key, fault), key, request)


def carry_out(store: Store, request: Request, key: str, fault: Fault | None) -> Reply:
    """Find the endpoint and run it under the lock."""
    call = _endpoint(request)
    if isinstance(call, Reply):
        return call
    try:
        with store.lock:
            return call(store, request, key, fault)
    except UnknownSession:
        if request.parts[0] == "v2":
            words = {"status": "error", "message": "Session not found", "session_key": key}
            return json_reply(words, 404)
        return message(404, f"Session {key} cannot be found.")


def _endpoint(request: Request) -> Endpoint | Reply:
    parts = request.parts
    if parts[:3] == ["v2", "capture", "sessions"] and parts[4:] == ["resend"]:
        call: Endpoint | None = endpoints.resend if request.method == "POST" else None
    elif parts[:2] == ["v1", "sessions"] and len(parts) <= 4:
        tail = None if len(parts) == 2 else "".join(parts[3:])
        if tail not in V1_TAILS:
            return message(404, "Not found.")
        call = V1.get((request.method, tail))
    else:
        return message(404, "Not found.")
    return call or message(405, f"The {request.method} method is not supported for this route.")


def _is_allowed(store: Store, request: Request) -> bool:
    if request.parts[0] == "v2":
        return has_access_token(request.headers)
    return is_signed(request.headers, store.clock())


def _unauthorised(request: Request) -> Reply:
    words: dict[str, Any] = {"message": "Unauthorized."}
    return json_reply({"status": "error", **words} if request.parts[0] == "v2" else words, 401)


def _session_key(parts: list[str]) -> str:
    at = parts.index("sessions") + 1 if "sessions" in parts else len(parts)
    return parts[at] if at < len(parts) else ""


def _note(store: Store, request: Request, key: str, fault: Fault | None) -> None:
    """Journal a request as it came, before anything is done with it."""
    try:
        payload = strict_json(request.body) if request.body else None
    except ValueError:
        payload = request.body.decode("utf-8", "replace")
    store.log.add(
        "request",
        method=request.method,
        path=request.path,
        session_key=key,
        request_id=request.request_id,
        payload=payload,
        fault=fault.kind if fault else "",
    )
    store.noted()
