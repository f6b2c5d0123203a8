"""Route requests to PAVE's endpoints: check the signature, journal, inject faults, respond."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sessions_ui.pave.sandbox.state.faults import Fault
from sessions_ui.pave.sandbox.state.store import Store, UnknownSession

from . import endpoints
from .endpoints import Endpoint
from .fault_injection import respond_instead, spoil
from .http_messages import Request, Response, decode_json, json_response, message_response
from .signing import has_access_token, is_signed

# (method, what follows the session key): "" for nothing, None where there is no key
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


def respond(store: Store, request: Request) -> Response:
    """Answer one call under /v1/ or /v2/; the journal has the request before anything is done."""
    key = _session_key(request.parts)
    is_authorised = _is_authorised(store, request)
    with store.lock:
        fault = store.faults.take(request.method, key) if is_authorised else None
        _journal_request(store, request, key, fault)
    if not is_authorised:
        return _unauthorised(request)
    if fault is None:
        return _run_endpoint(store, request, key, None)
    instead = respond_instead(store, fault, lambda: _run_endpoint(store, request, key, fault))
    if instead is not None:
        return instead
    if fault.when == "after" and not fault.applies:
        # A GET supplies the session's document from which the broken response is made.
        unapplied = replace(request, method="GET", body=b"")
        return spoil(store, fault, _run_endpoint(store, unapplied, key, None), key, request)
    return spoil(store, fault, _run_endpoint(store, request, key, fault), key, request)


def _run_endpoint(store: Store, request: Request, key: str, fault: Fault | None) -> Response:
    endpoint = _find_endpoint(request)
    if isinstance(endpoint, Response):
        return endpoint
    try:
        with store.lock:
            return endpoint(store, request, key, fault)
    except UnknownSession:
        if request.parts[0] == "v2":
            body = {"status": "error", "message": "Session not found", "session_key": key}
            return json_response(body, 404)
        return message_response(404, f"Session {key} cannot be found.")


def _find_endpoint(request: Request) -> Endpoint | Response:
    parts = request.parts
    if parts[:3] == ["v2", "capture", "sessions"] and parts[4:] == ["resend"]:
        endpoint: Endpoint | None = endpoints.resend if request.method == "POST" else None
    elif parts[:2] == ["v1", "sessions"] and len(parts) <= 4:
        tail = None if len(parts) == 2 else "".join(parts[3:])
        if tail not in V1_TAILS:
            return message_response(404, "Not found.")
        endpoint = V1.get((request.method, tail))
    else:
        return message_response(404, "Not found.")
    refusal = f"The {request.method} method is not supported for this route."
    return endpoint or message_response(405, refusal)


def _is_authorised(store: Store, request: Request) -> bool:
    if request.parts[0] == "v2":
        return has_access_token(request.headers)
    return is_signed(request.headers, store.clock())


def _unauthorised(request: Request) -> Response:
    body: dict[str, Any] = {"message": "Unauthorized."}
    return json_response({"status": "error", **body} if request.parts[0] == "v2" else body, 401)


def _session_key(parts: list[str]) -> str:
    index = parts.index("sessions") + 1 if "sessions" in parts else len(parts)
    return parts[index] if index < len(parts) else ""


def _journal_request(store: Store, request: Request, key: str, fault: Fault | None) -> None:
    """Journal a request as it came, before anything is done with it. The caller holds the lock."""
    try:
        payload = decode_json(request.body) if request.body else None
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
    store.save_soon()
