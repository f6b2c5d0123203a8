"""Is a request's value of the right kind? PAVE documents no answer; this is Laravel's 422."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from sessions_ui.pave.sandbox.state.session import OWNED, SECTIONS

THEMES: Final = ("LITE", "PRO", "CAPT")


@dataclass
class Checked:
    """A request's fields, sorted: good ones, PAVE's own, unknown ones, and what is wrong."""

    fields: dict[str, Any] = field(default_factory=dict)
    owned: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    errors: dict[str, list[str]] = field(default_factory=dict)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value.strip()) > 0 and len(value) <= 2000


def _is_url(value: Any) -> bool:
    if not _is_text(value):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _matches(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _is_year(value: Any) -> bool:
    return not isinstance(value, bool) and re.fullmatch(r"[12][0-9]{3}", str(value)) is not None


def _is_count(value: Any) -> bool:
    return not isinstance(value, bool) and re.fullmatch(r"[0-9]{1,9}", str(value)) is not None


def _is_phone(value: Any) -> bool:
    shape = re.compile(r"\+?[0-9 ().-]{7,24}")
    return (
        isinstance(value, str)
        and shape.fullmatch(value) is not None
        and 7 <= len(re.sub(r"\D", "", value)) <= 15
    )


Check = tuple[Callable[[Any], bool], str]
TEXT: Final[Check] = (_is_text, "must be a string.")
CHECKS: Final[Mapping[str, Check]] = {
    "session.theme": (lambda value: value in THEMES, "is invalid."),
    "session.redirect_url": (_is_url, "must be a valid URL."),
    "session.language": (_matches(r"[A-Za-z]{2}([-_][A-Za-z]{2})?"), "is invalid."),
    "vehicle.vin": (_matches(r"[A-HJ-NPR-Za-hj-npr-z0-9]{17}"), "must be a VIN of 17 characters."),
    "vehicle.year": (_is_year, "must be 4 digits."),
    "vehicle.odom_reading": (_is_count, "must be an integer."),
    "sms.to": (_is_phone, "must be a phone number."),
    "sms.from": (_is_phone, "must be a phone number."),
}
NUMBERS: Final = frozenset({"vehicle.year", "vehicle.odom_reading"})


def check(body: Mapping[str, Any]) -> Checked:
    """Sort a decoded request body. Values come out as PAVE keeps them: numbers as int."""
    found = Checked()
    for top, part in body.items():
        if top not in SECTIONS:
            owned = any(top in names for names in OWNED.values())
            (found.owned if owned else found.unknown).append(top)
        elif isinstance(part, dict):
            for name, value in part.items():
                _sort(found, top, name, value)
        else:
            found.errors[top] = [f"The {top} must be an object."]
    return found


def _sort(found: Checked, section: str, name: str, value: Any) -> None:
    key = f"{section}.{name}"
    if name in OWNED[section]:
        found.owned.append(key)
    elif name not in SECTIONS[section]:
        found.unknown.append(key)
    else:
        is_good, complaint = CHECKS.get(key, TEXT)
        if is_good(value):
            found.fields[key] = int(value) if key in NUMBERS else value
        else:
            found.errors[key] = [f"The {key} {complaint}"]


def laravel_errors(errors: Mapping[str, list[str]]) -> dict[str, Any]:
    """Give the body of a 422 as PAVE's framework writes it: first message, then all of them."""
    first = next(iter(errors.values()))[0]
    more = sum(len(each) for each in errors.values()) - 1
    tail = f" (and {more} more error{'s' if more > 1 else ''})" if more else ""
    return {"message": first + tail, "errors": dict(errors)}
