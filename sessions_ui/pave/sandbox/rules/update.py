"""One PUT weighed against one session: what is wrong with it, what is refused, what is applied."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sessions_ui.pave.sandbox.state.faults import Fault
from sessions_ui.pave.sandbox.state.session import ACCEPTED, Session, digits
from sessions_ui.pave.sandbox.state.switches import Switches

from .editability import refusal
from .validation import Checked, check, laravel_errors


@dataclass
class Ruling:
    """The end of one PUT: status, PAVE's words when refused, and what changed."""

    status: int = 200
    words: dict[str, Any] | None = None
    applied: bool = False
    changed: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def update(
    session: Session, body: dict[str, Any], switches: Switches, fault: Fault | None, now: datetime
) -> Ruling:
    """Merge a partial update into `session`, or leave it untouched and say why (PUT Update)."""
    checked = check(body)
    if ruling := complaint(checked, switches):
        return ruling
    names = [*checked.fields, *checked.owned]
    refused = {name: words for name in names if (words := refusal(session, name))}
    if refused and switches.mode == "strict":
        return Ruling(400, {"message": next(iter(refused.values()))}, refused=refused)
    wanted = {key: value for key, value in checked.fields.items() if key not in refused}
    changed = _apply(session, _distorted(wanted, fault), now)
    return Ruling(applied=True, changed=changed, refused=refused)


def complaint(checked: Checked, switches: Switches) -> Ruling | None:
    """Judge a request by its form alone: unknown names (by switch), then wrong values."""
    if checked.unknown and switches.unknown_keys == "refuse":
        return Ruling(400, {"message": f"Unknown attribute {checked.unknown[0]}."})
    if switches.refuse_capt and checked.fields.get("session.theme") == "CAPT":
        checked.errors["session.theme"] = ["The session.theme is not enabled for this account."]
    return Ruling(422, laravel_errors(checked.errors)) if checked.errors else None


def _apply(session: Session, wanted: dict[str, Any], now: datetime) -> dict[str, Any]:
    changed = {key: new for key, new in wanted.items() if session.fields.get(key) != new}
    number = changed.get("sms.to")
    is_new_number = number and digits(number) != digits(session.fields.get("sms.to"))
    session.fields.update(changed)
    if is_new_number:
        send_text(session)
    if changed:
        session.touch(now)
    return changed


def send_text(session: Session) -> None:
    """Pretend to send the text with the link, and have the provider accept it."""
    session.texts_sent += 1
    session.delivery_status, session.delivery_message = ACCEPTED


def _distorted(wanted: dict[str, Any], fault: Fault | None) -> dict[str, Any]:
    """Give what a `weigh` fault makes of the fields before they are applied."""
    if fault is None or fault.when != "weigh":
        return wanted
    named = fault.params["field"]
    if fault.kind == "ignored":
        return {key: value for key, value in wanted.items() if named not in ("", key)}
    if fault.kind == "altered":
        hit = named or next(iter(wanted), "")
        other = fault.params["value"]
        return {
            key: (_third(value) if other is None else other) if key == hit else value
            for key, value in wanted.items()
        }
    return {**wanted, named: fault.params["value"]}


def _third(value: Any) -> Any:
    return value + 1 if isinstance(value, int) else f"{value}/"
