"""Carry out PAVE's calls. Each endpoint takes store, request, session key and fault."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from sessions_ui.pave.sandbox.fields import FIELDS
from sessions_ui.pave.sandbox.rules.editability import delivery_class, may_delete
from sessions_ui.pave.sandbox.rules.update import reject, send_text
from sessions_ui.pave.sandbox.rules.validation import Validated, validate
from sessions_ui.pave.sandbox.session import Session, parse_time, timestamp
from sessions_ui.pave.sandbox.state.faults import Fault
from sessions_ui.pave.sandbox.state.store import Store

from . import documents
from .http_messages import Request, Response, decode_json, json_response, message_response

RESEND_DAYS: Final = 7
FINALIZED: Final = frozenset({"QC_PASSED", "CONFIRM", "COMPLETE"})

Endpoint = Callable[[Store, Request, str, Fault | None], Response]


def get(store: Store, request: Request, key: str, fault: Fault | None) -> Response:
    """GET Session Data."""
    return json_response(documents.session_document(store.find(key), store.switches))


def get_photos(store: Store, request: Request, key: str, fault: Fault | None) -> Response:
    """GET Session Photos."""
    return json_response(documents.photos(store.find(key)))


def get_notes(store: Store, request: Request, key: str, fault: Fault | None) -> Response:
    """GET Session Notes (its shape is assumed)."""
    return json_response(documents.notes(store.find(key)))


def get_results(store: Store, request: Request, key: str, fault: Fault | None) -> Response:
    """GET Session Results, which exist once the session is complete (the code 400 is assumed)."""
    session = store.find(key)
    if session.status != "COMPLETE":
        return message_response(400, "Session is not yet completed.")
    return json_response(documents.results(session, store.switches))


def put(store: Store, request: Request, key: str, fault: Fault | None) -> Response:
    """PUT Update Session: a partial merge, within the rules."""
    session = store.find(key)
    body = _decode_object(request.body)
    if isinstance(body, Response):
        return body
    result = store.put(key, body, request.request_id, fault)
    if result.error is not None:
        return json_response(result.error, result.status)
    return json_response(documents.session_document(session, store.switches, "PUT"))


def delete(store: Store, request: Request, key: str, fault: Fault | None) -> Response:
    """DELETE Session, allowed only for an untouched session."""
    session = store.find(key)
    if not may_delete(session):
        return message_response(400, f"Session {key} has been started and cannot be deleted.")
    del store.sessions[key]
    store.record("DELETE", session, None, session.version, request.request_id, fault)
    return message_response(200, f"Session {key} has been successfully removed.")


def create(store: Store, request: Request, key: str, fault: Fault | None) -> Response:
    """POST Create Session. An empty body is allowed; `sms` needs its `to`."""
    body = _decode_object(request.body or b"{}")
    if isinstance(body, Response):
        return body
    plain, contact, reference = _split_off_nested(body)
    validated = validate(plain)
    _validate_nested(validated, contact, reference)
    if rejection := reject(validated, store.switches):
        return json_response(rejection.error, rejection.status)
    if isinstance(plain.get("sms"), dict) and "sms.to" not in validated.fields:
        return message_response(400, "Missing required fields.")
    session = _build_session(store, validated, contact, reference)
    store.add(session)
    store.record("POST", session, body, 0, request.request_id, fault)
    return json_response(documents.session_document(session, store.switches, "POST"))


def _build_session(store: Store, validated: Validated, contact: Any, reference: Any) -> Session:
    now = timestamp(store.clock())
    session = Session(store.new_key(), now, contact=contact, reference=reference, updated_at=now)
    session.fields = {**_defaults(), **validated.fields}
    if session.has_section("sms"):
        send_text(session)
    session.keep_origin()
    return session


def _defaults() -> dict[str, Any]:
    return {field.key: field.default for field in FIELDS if field.default is not None}


def _decode_object(body: bytes) -> dict[str, Any] | Response:
    """Decode a body that must be a JSON object, or build the 400 for anything else."""
    try:
        decoded = decode_json(body)
    except ValueError:
        return message_response(400, "The request body is not valid JSON.")
    if not isinstance(decoded, dict):
        return message_response(400, "The request body must be an object.")
    return decoded


def _split_off_nested(body: dict[str, Any]) -> tuple[dict[str, Any], Any, Any]:
    """Separate what only create accepts: contact, reference and a null `to_name`."""
    plain = dict(body)
    session, sms = body.get("session"), body.get("sms")
    if isinstance(sms, dict):
        plain["sms"] = {n: v for n, v in sms.items() if not (n == "to_name" and v is None)}
    if not isinstance(session, dict):
        return plain, None, None
    nested = ("contact", "reference")
    plain["session"] = {name: value for name, value in session.items() if name not in nested}
    return plain, session.get("contact"), session.get("reference")


def _validate_nested(validated: Validated, contact: Any, reference: Any) -> None:
    if contact is not None and not (isinstance(contact, dict) and _has_names(contact)):
        validated.errors["session.contact"] = ["The session.contact needs both names."]
    if not isinstance(reference, dict | None):
        validated.errors["session.reference"] = ["The session.reference must be an object."]


def _has_names(contact: Mapping[str, Any]) -> bool:
    names = (contact.get("first_name"), contact.get("last_name"))
    return all(isinstance(name, str) and name for name in names)


def resend(store: Store, request: Request, key: str, fault: Fault | None) -> Response:
    """POST Resend SMS (v2): once, within 7 days, for a text that the provider had accepted."""
    session = store.find(key)
    body = _decode_object(request.body or b"{}")
    if isinstance(body, Response):
        return body
    age = store.clock() - parse_time(session.created_at)
    if refusal := _resend_refusal(session, age):
        facts = {"session_key": key, "session_status": session.status}
        return json_response({"status": "error", "message": refusal, **facts}, 400)
    before = session.version
    session.resent = True
    session.texts_sent += 1
    session.version += 1
    store.record("POST", session, body, before, request.request_id, fault)
    return json_response(
        {
            "status": "success",
            "message": "SMS resend has been processed",
            "session_key": key,
            "phone": body.get("phone") or session.fields["sms.to"],
            "session_age_days": age.days,
            "days_remaining": RESEND_DAYS - age.days,
        }
    )


def _resend_refusal(session: Session, age: timedelta) -> str:
    """Return PAVE's message against a resend, or "". Only the first one is documented."""
    if session.status in FINALIZED:
        return "Session is already finalized and cannot be resent"
    if session.status == "EXPIRED" or age > timedelta(days=RESEND_DAYS):
        return "Session has expired and cannot be resent"
    if delivery_class(session) != "accepted":
        return "The original SMS was not delivered and cannot be resent"
    return "Session has already been resent" if session.resent else ""
