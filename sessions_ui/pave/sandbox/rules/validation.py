"""Validate a request's values. PAVE documents no error body, so the 422 is written as Laravel's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sessions_ui.pave.sandbox.fields import FIELDS, READ_ONLY


@dataclass
class Validated:
    """A request's fields: accepted values, read-only and unknown names, and errors by field."""

    fields: dict[str, Any] = field(default_factory=dict)
    read_only: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    errors: dict[str, list[str]] = field(default_factory=dict)


def validate(body: Mapping[str, Any]) -> Validated:
    """Sort a decoded request body. Values come out as PAVE keeps them: numbers as int."""
    validated = Validated()
    for name, value in body.items():
        if name not in FIELDS.sections:
            is_read_only = any(name in names for names in READ_ONLY.values())
            (validated.read_only if is_read_only else validated.unknown).append(name)
        elif isinstance(value, dict):
            for field_name, field_value in value.items():
                _add_field(validated, name, field_name, field_value)
        else:
            validated.errors[name] = [f"The {name} must be an object."]
    return validated


def _add_field(validated: Validated, section: str, name: str, value: Any) -> None:
    key = f"{section}.{name}"
    if name in READ_ONLY.get(section, ()):
        validated.read_only.append(key)
    elif key not in FIELDS:
        validated.unknown.append(key)
    elif FIELDS[key].kind.is_valid(value):
        validated.fields[key] = FIELDS[key].kind.store(value)
    else:
        validated.errors[key] = [f"The {key} {FIELDS[key].kind.complaint}"]


def laravel_errors(errors: Mapping[str, list[str]]) -> dict[str, Any]:
    """Build the body of a 422 as PAVE's framework does: the first message, then all of them."""
    first = next(iter(errors.values()))[0]
    more = sum(len(messages) for messages in errors.values()) - 1
    tail = f" (and {more} more error{'s' if more > 1 else ''})" if more else ""
    return {"message": first + tail, "errors": dict(errors)}
