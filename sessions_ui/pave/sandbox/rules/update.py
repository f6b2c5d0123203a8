"""Apply one PUT to one session within the rules, or refuse it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sessions_ui.pave.sandbox.session import ACCEPTED, Session, phone_digits

from .editability import refusal
from .switches import Switches
from .validation import Validated, laravel_errors, validate

Fields = dict[str, Any]


@dataclass
class UpdateResult:
    """The outcome of one PUT: what changed and what was refused; `error` is an error's body."""

    status: int = 200
    error: dict[str, Any] | None = None
    applied: bool = False
    changed: Fields = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def update(
    session: Session,
    body: dict[str, Any],
    switches: Switches,
    now: datetime,
    distort: Callable[[Fields], Fields] | None = None,
) -> UpdateResult:
    """Merge a partial update into `session`, or leave it untouched and say why (PUT Update).

    `distort` changes the fields just before they are applied, for injected faults.
    """
    validated = validate(body)
    if rejection := reject(validated, switches):
        return rejection
    names = [*validated.fields, *validated.read_only]
    refused = {name: message for name in names if (message := refusal(session, name))}
    if refused and switches.mode == "strict":
        return UpdateResult(400, {"message": next(iter(refused.values()))}, refused=refused)
    wanted = {key: value for key, value in validated.fields.items() if key not in refused}
    changed = _apply(session, distort(wanted) if distort else wanted, now)
    return UpdateResult(applied=True, changed=changed, refused=refused)


def reject(validated: Validated, switches: Switches) -> UpdateResult | None:
    """Refuse a request by its form alone: unknown names (by switch), then invalid values."""
    if validated.unknown and switches.unknown_keys == "refuse":
        return UpdateResult(400, {"message": f"Unknown attribute {validated.unknown[0]}."})
    if switches.refuse_capt and validated.fields.get("session.theme") == "CAPT":
        message = "The session.theme is not enabled for this account."
        validated.errors["session.theme"] = [message]
    return UpdateResult(422, laravel_errors(validated.errors)) if validated.errors else None


def _apply(session: Session, wanted: Fields, now: datetime) -> Fields:
    changed = {key: value for key, value in wanted.items() if session.fields.get(key) != value}
    number = changed.get("sms.to")
    is_new_number = number and phone_digits(number) != phone_digits(session.fields.get("sms.to"))
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
