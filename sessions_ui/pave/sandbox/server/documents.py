"""PAVE's answers: flat where requests nest, with the types and forms of its samples."""

from typing import Any, Final

from sessions_ui.pave.sandbox.state.session import Session, moment_of, offset_stamp
from sessions_ui.pave.sandbox.state.switches import Switches

ACCOUNT: Final = {
    "username": "sandbox",
    "first_name": "Sandbox",
    "last_name": "Motors",
    "email": "service@sandbox.example",
    "phone": None,
}


def session_document(session: Session, switches: Switches, call: str = "GET") -> dict[str, Any]:
    """Give the flat session object of create (`POST`), read (`GET`) or update (`PUT`)."""
    document: dict[str, Any] = {
        "session_key": session.session_key,
        "theme": session.fields.get("session.theme", "PRO"),
        "active": session.active,
        "status": session.status,
        "redirect_url": session.fields.get("session.redirect_url", ""),
        "inspect_started_at": _time(session.inspect_started_at, switches, call),
        "inspect_ended_at": _time(session.inspect_ended_at, switches, call),
        "created_at": session.created_at,
        "updated_at": session.updated_at,
        "language": session.fields.get("session.language", "EN"),
        "options": _options(session, switches),
    }
    if session.has_section("vehicle"):
        document["vehicle"] = _vehicle(session, switches)
    if call == "POST":
        account = session.session_key.partition("-")[0].lower()
        document["capture_url"] = f"https://{account}.vehiclecapture.com/{session.session_key}"
    return document


def _time(text: str, switches: Switches, call: str) -> str | None:
    if text or switches.empty_time == "blank":
        return text
    return "" if switches.empty_time == "as_sampled" and call == "PUT" else None


def _options(session: Session, switches: Switches) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if "session.client_id" in session.fields:
        options["client_id"] = session.fields["session.client_id"]
    if session.has_section("sms"):
        sms = session.section("sms")
        if switches.show_delivery and session.delivery_status is not None:
            sms["delivery_status"] = session.delivery_status
            sms["delivery_message"] = session.delivery_message
        options["sms"] = sms
    if session.contact is not None:
        options["contact"] = session.contact
    if session.reference is not None:
        options["reference"] = session.reference
    return options


def _vehicle(session: Session, switches: Switches) -> dict[str, Any]:
    vehicle = {**session.decoded, **session.section("vehicle")}
    if isinstance(vehicle.get("odom_reading"), int):
        vehicle["odom_reading"] = f"{vehicle['odom_reading']:,}"
    if switches.upper_transmission and "transmission" in vehicle:
        vehicle["transmission"] = str(vehicle["transmission"]).upper()
    return vehicle


def photos(session: Session) -> list[dict[str, Any]]:
    """Give the bare array of photos taken so far, in capture order."""
    return [dict(photo) for photo in session.photos]


def notes(session: Session) -> list[dict[str, Any]]:
    """Give the session's notes. The shape is an assumption: PAVE's page was not recovered."""
    return [dict(note) for note in session.notes]


def results(session: Session, switches: Switches) -> dict[str, Any]:
    """Give the results of a completed session, which are also its `SESSION:COMPLETE` event."""
    document = session_document(session, switches)
    document.pop("vehicle", None)
    for name in ("created_at", "updated_at", "inspect_started_at", "inspect_ended_at"):
        document[name] = offset_stamp(document[name] or "") or None
    document["language"] = document["language"].lower()
    return {
        "event": "SESSION:COMPLETE",
        "session": {
            **document,
            "capture_duration": _seconds(session) * 2 // 5,
            "inspect_duration": _seconds(session),
            "user_account": ACCOUNT,
            "source": {"type": "api", "properties": {"api_name": "Sandbox"}},
            "vehicle": _results_vehicle(session),
            "photos": photos(session),
            "inspection": {"damages": [], "grade": None},
        },
    }


def _seconds(session: Session) -> int:
    if not session.inspect_started_at or not session.inspect_ended_at:
        return 0
    took = moment_of(session.inspect_ended_at) - moment_of(session.inspect_started_at)
    return int(took.total_seconds())


def _results_vehicle(session: Session) -> dict[str, Any]:
    vehicle = {**session.decoded, **session.section("vehicle")}
    return {
        "id": vehicle.pop("vehicle_id", None),
        "session_key": session.session_key,
        "vrm": None,
        **vehicle,
    }
