"""What each of PAVE's calls does. Each takes the store, the request and the session key."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from sessions_ui.pave.sandbox.rules.editability import delivery_class, may_delete
from sessions_ui.pave.sandbox.rules.update import complaint, send_text
from sessions_ui.pave.sandbox.rules.validation import check
from sessions_ui.pave.sandbox.state.faults import Fault
from sessions_ui.pave.sandbox.state.session import Session, moment_of, stamp
from sessions_ui.pave.sandbox.state.store import Store

from . import documents as shapes
from .messages import Reply, Request, json_reply, message, strict_json

KEY_DEFAULTS: Final = {
    "session.theme": "PRO",
    "session.redirect_url": "https://thanks.example.com/",
    "session.language": "EN",
}
RESEND_DAYS: Final = 7
FINALIZED: Final = frozenset({"QC_PASSED", "CONFIRM", "COMPLETE"})

Endpoint = Callable[[Store, Request, str, Fault | None], Reply]


def get(store: Store, request: Request, key: str, fault: Fault | None) -> Reply:
    """GET Session Data."""
    return json_reply(shapes.session_document(store.find(key), store.switches))


def get_photos(store: Store, request: Request, key: str, fault: Fault | None) -> Reply:
    """GET Session Photos."""
    return json_reply(shapes.photos(store.find(key)))


def get_notes(store: Store, request: Request, key: str, fault: Fault | None) -> Reply:
    """GET Session Notes (its shape is assumed)."""
    return json_reply(shapes.notes(store.find(key)))


def get_results(store: Store, request: Request, key: str, fault: Fault | None) -> Reply:
    """GET Session Results: only once the session is complete (the code 400 is assumed)."""
    session = store.find(key)
    if session.status != "COMPLETE":
        return message(400, "Session is not yet completed.")
    return json_reply(shapes.results(session, store.switches))


def put(store: Store, request: Request, key: str, fault: Fault | None) -> Reply:
    """PUT Update Session: a partial merge, within the rules."""
    session = store.find(key)
    body = _object(request.body)
    if isinstance(body, Reply):
        return body
    ruling = store.put(key, body, request.request_id, fault)
    if ruling.words is not None:
        return json_reply(ruling.words, ruling.status)
    return json_reply(shapes.session_document(session, store.switches, "PUT"))


def delete(store: Store, request: Request, key: str, fault: Fault | None) -> Reply:
    """DELETE Session: only one that nobody has touched."""
    session = store.find(key)
    if not may_delete(session):
        return message(400, f"Session {key} has been started and cannot be deleted.")
    del store.sessions[key]
    store.record("DELETE", session, None, session.version, request.request_id, fault)
    return message(200, f"Session {key} has been successfully removed.")


def create(store: Store, request: Request, key: str, fault: Fault | None) -> Reply:
    """POST Create Session. An empty body is fine; `sms` needs its `to`."""
    body = _object(request.body or b"{}")
    if isinstance(body, Reply):
        return body
    plain, contact, reference = _apart(body)
    checked = check(plain)
    if not isinstance(contact, dict | None) or (contact is not None and not _has_names(contact)):
        checked.errors["session.contact"] = ["The session.contact needs both names."]
    if not isinstance(reference, dict | None):
        checked.errors["session.reference"] = ["The session.reference must be an object."]
    if ruling := complaint(checked, store.switches):
        return json_reply(ruling.words, ruling.status)
    if isinstance(plain.get("sms"), dict) and "sms.to" not in checked.fields:
        return message(400, "Missing required fields.")
    made = Session(store.new_key(), stamp(store.clock()), contact=contact, reference=reference)
    made.fields = {**KEY_DEFAULTS, **checked.fields}
    made.updated_at = made.created_at
    if made.has_section("sms"):
        send_text(made)
    made.keep_origin()
    store.add(made)
    store.record("POST", made, body, 0, request.request_id, fault)
    return json_reply(shapes.session_document(made, store.switches, "POST"))


def _object(body: bytes) -> dict[str, Any] | Reply:
    """Decode a body that must be an object, or give the 400 that says it is not."""
    try:
        decoded = strict_json(body)
    except ValueError:
        return message(400, "The request body is not valid JSON.")
    if not isinstance(decoded, dict):
        return message(400, "The request body must be an object.")
    return decoded


def _apart(body: dict[str, Any]) -> tuple[dict[str, Any], Any, Any]:
    """Split off what only create takes: contact, reference, and a null `to_name`."""
    plain = dict(body)
    session, sms = body.get("session"), body.get("sms")
    if isinstance(sms, dict):
        plain["sms"] = {n: v for n, v in sms.items() if not (n == "to_name" and v is None)}
    if not isinstance(session, dict):
        return plain, None, None
    nested = ("contact", "reference")
    plain["session"] = {name: value for name, value in session.items() if name not in nested}
    return plain, session.get("contact"), session.get("reference")


def _has_names(contact: Mapping[str, Any]) -> bool:
    names = (contact.get("first_name"), contact.get("last_name"))
    return all(isinstance(name, str) and name for name in names)


def resend(store: Store, request: Request, key: str, fault: Fault | None) -> Reply:
    """POST Resend SMS (v2): once, within 7 days, for a text that had been accepted."""
    session = store.find(key)
    body = _object(request.body or b"{}")
    if isinstance(body, Reply):
        return body
    age = store.clock() - moment_of(session.created_at)
    if words := _why_no_resend(session, age):
        facts = {"session_key": key, "session_status": session.status}
        return json_reply({"status": "error", "message": words, **facts}, 400)
    before = session.version
    session.resent = True
    session.texts_sent += 1
    session.version += 1
    store.record("POST", session, body, before, request.request_id, fault)
    return json_reply(
        {
            "status": "success",
            "message": "SMS resend has been processed",
            "session_key": key,
            "phone": body.get("phone") or session.fields["sms.to"],
            "session_age_days": age.days,
            "days_remaining": RESEND_DAYS - age.days,
        }
    )


def _why_no_resend(session: Session, age: timedelta) -> str:
    """Give PAVE's words against a resend, or "". Only the first text is documented."""
    if session.status in FINALIZED:
        return "Session is already finalized and cannot be resent"
    if session.status == "EXPIRED" or age > timedelta(days=RESEND_DAYS):
        return "Session has expired and cannot be resent"
    if delivery_class(session) != "accepted":
        return "The original SMS was not delivered and cannot be resent"
    return "Session has already been resent" if session.resent else ""
