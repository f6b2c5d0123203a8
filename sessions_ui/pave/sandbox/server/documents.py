"""Build PAVE's answers: flat where requests nest, with the types and formats of its samples."""

from typing import Any, Final

from sessions_ui.pave.sandbox.fields import ANSWER_PATHS, FIELDS, Field
from sessions_ui.pave.sandbox.rules.switches import Switches
from sessions_ui.pave.sandbox.session import Session, offset_timestamp, parse_time

ACCOUNT: Final = {
    "username": "sandbox",
    "first_name": "Sandbox",
    "last_name": "Motors",
    "email": "service@sandbox.example",
    "phone": None,
}


def session_document(session: Session, switches: Switches, call: str = "GET") -> dict[str, Any]:
    """Build the flat session object that `call` answers: POST creates, GET reads, PUT updates."""
    document: dict[str, Any] = {
        "session_key": session.session_key,
        **_shown_fields(session, switches, ANSWER_PATHS["session"]),
        "active": session.active,
        "status": session.status,
        "inspect_started_at": _time(session.inspect_started_at, switches, call),
        "inspect_ended_at": _time(session.inspect_ended_at, switches, call),
        "created_at": session.created_at,
        "updated_at": session.updated_at,
        "options": _options(session, switches),
    }
    if session.has_section("vehicle"):
        vehicle = _shown_fields(session, switches, ANSWER_PATHS["vehicle"])
        document["vehicle"] = {**session.decoded, **vehicle}
    if call == "POST":
        account = session.session_key.partition("-")[0].lower()
        document["capture_url"] = f"https://{account}.vehiclecapture.com/{session.session_key}"
    return document


def field_holder(document: dict[str, Any], key: str) -> dict[str, Any]:
    """Return the object of an answer in which field `key` is shown, empty when there is none."""
    section = key.partition(".")[0]
    path = FIELDS[key].path if key in FIELDS else ANSWER_PATHS.get(section, ())
    holder = document
    for name in path:
        holder = holder.get(name, {})
    return holder


def _shown_fields(session: Session, switches: Switches, path: tuple[str, ...]) -> dict[str, Any]:
    """Return what the object at `path` of an answer shows of the fields."""
    return {
        field.name: _shown_value(session, switches, field)
        for field in FIELDS.shown_in(path)
        if field.key in session.fields or field.blank is not None
    }


def _shown_value(session: Session, switches: Switches, field: Field) -> Any:
    if field.key not in session.fields:
        return field.blank
    value = field.kind.show(session.fields[field.key])
    if switches.upper_transmission and field.key == "vehicle.transmission":
        return str(value).upper()
    return value


def _time(text: str, switches: Switches, call: str) -> str | None:
    if text or switches.empty_time == "blank":
        return text
    # PAVE's samples show an empty string in the answer of an update, null everywhere else.
    return "" if switches.empty_time == "as_sampled" and call == "PUT" else None


def _options(session: Session, switches: Switches) -> dict[str, Any]:
    options = _shown_fields(session, switches, ("options",))
    if session.has_section("sms"):
        options["sms"] = _shown_fields(session, switches, ANSWER_PATHS["sms"])
        if switches.show_delivery and session.delivery_status is not None:
            options["sms"]["delivery_status"] = session.delivery_status
            options["sms"]["delivery_message"] = session.delivery_message
    if session.contact is not None:
        options["contact"] = session.contact
    if session.reference is not None:
        options["reference"] = session.reference
    return options


def photos(session: Session) -> list[dict[str, Any]]:
    """Build the bare array of photos taken so far, in capture order."""
    return [dict(photo) for photo in session.photos]


def notes(session: Session) -> list[dict[str, Any]]:
    """Build the session's notes. The shape is an assumption: PAVE's page was not recovered."""
    return [dict(note) for note in session.notes]


def results(session: Session, switches: Switches) -> dict[str, Any]:
    """Build the results of a completed session, which are also its `SESSION:COMPLETE` event."""
    document = session_document(session, switches)
    document.pop("vehicle", None)
    for name in ("created_at", "updated_at", "inspect_started_at", "inspect_ended_at"):
        document[name] = offset_timestamp(document[name] or "") or None
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
    duration = parse_time(session.inspect_ended_at) - parse_time(session.inspect_started_at)
    return int(duration.total_seconds())


def _results_vehicle(session: Session) -> dict[str, Any]:
    vehicle = {**session.decoded, **session.section("vehicle")}
    return {
        "id": vehicle.pop("vehicle_id", None),
        "session_key": session.session_key,
        "vrm": None,
        **vehicle,
    }
