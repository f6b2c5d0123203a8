"""Read and check the environment variables of settings.py, and name those that are bad."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvValidationError, ValidationError

from sessions_ui.pave.config import is_base_url

Check = Callable[[Any], None]


def matches(pattern: str, message: str) -> Check:
    """A check that a string, or every item of a list, matches the whole pattern."""

    def check(value: str | list[str]) -> None:
        items = value if isinstance(value, list) else [value]
        if not all(re.fullmatch(pattern, item) for item in items):
            raise ValidationError(message)

    return check


def at_least(least: float, message: str) -> Check:
    """A check that a number, or every number of a list, is not below ``least``."""

    def check(value: float | list[float]) -> None:
        numbers = value if isinstance(value, list) else [value]
        if any(number < least for number in numbers):
            raise ValidationError(message)

    return check


def database_url(value: str) -> None:
    """Raise ValidationError for a database URL that cannot be parsed, without repeating it, as it
    may hold a password."""
    try:
        if value:
            dj_database_url.parse(value)
    except ValueError:
        raise ValidationError("cannot be read as a database URL") from None


def pave_url(*, development: bool) -> Check:
    """A check for PAVE's address: scheme and host; http only to loopback in development."""

    def check(value: str) -> None:
        try:
            url = urlsplit(value)
            host, _ = url.hostname, url.port
        except ValueError:
            raise ValidationError("is not an address") from None
        if url.scheme == "http" and not (development and _is_loopback(host)):
            raise ValidationError("must start with https://")
        if url.scheme not in {"http", "https"} or not host or url.username is not None:
            raise ValidationError("must be scheme and host, such as https://openapi.paveapi.com")
        if url.path.strip("/") or url.query or url.fragment:
            raise ValidationError("must end after the host: the client adds /v1/ itself")
        if not is_base_url(value.rstrip("/")):
            raise ValidationError("must name a host that can be called")

    return check


def read_secret(
    env: Env, name: str, fallback: str, *, development: bool, optional: bool = False
) -> str:
    """Read a secret. Outside ``development`` the fallback is refused, and a missing one, unless it
    is optional, which gives ``""``.

    Surrounding white space is cut: a secret that was read from a file ends with a new line.
    """

    def check(value: str) -> None:
        if not value.strip() and not optional:
            raise ValidationError("is empty")
        if not development and value.strip() == fallback:
            raise ValidationError("is the development value; give it one of your own")

    default: Any = fallback if development else "" if optional else ...
    return (env.str(name, default, validate=check) or "").strip()


def check_all(env: Env, conflicts: Mapping[str, str]) -> None:
    """Raise ImproperlyConfigured with one sentence that names every bad variable; no more can be
    read from ``env`` afterwards.

    ``conflicts`` are variables that contradict others: name, and what is wrong with it.
    """
    bad: dict[str, str] = {}
    try:
        env.seal()
    except EnvValidationError as error:
        messages = cast("dict[str, list[object]]", error.error_messages)
        bad = {name: _predicate(of_name[0]) for name, of_name in messages.items()}
    bad = {**conflicts, **bad}
    if bad:
        sentence = "; ".join(f"{name} {problem}" for name, problem in bad.items())
        raise ImproperlyConfigured(f"PAVE Admin cannot start: {sentence}.")


def _is_loopback(host: str | None) -> bool:
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"


def _predicate(message: object) -> str:
    """What follows the variable's name in the sentence."""
    # For a list that cannot be read, environs gives the position of the bad item, a number.
    words = message.rstrip(".") if isinstance(message, str) else "Not a valid list"
    if words == "Environment variable not set":
        return "is not set"
    return words if words[:1].islower() else f"cannot be used ({words.lower()})"
