"""How settings.py judges one environment variable: the checks, and the words when one fails."""

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


def matches(pattern: str, words: str) -> Check:
    """Give a check that a string, or every item of a list, fits the whole pattern."""

    def check(value: str | list[str]) -> None:
        items = value if isinstance(value, list) else [value]
        if not all(re.fullmatch(pattern, item) for item in items):
            raise ValidationError(words)

    return check


def at_least(least: float, words: str) -> Check:
    """Give a check that a number, or every number of a list, is not below `least`."""

    def check(value: float | list[float]) -> None:
        numbers = value if isinstance(value, list) else [value]
        if any(number < least for number in numbers):
            raise ValidationError(words)

    return check


def database_url(value: str) -> None:
    """Refuse a database URL that cannot be read; the URL itself, which may hold a password, is
    never repeated.
    """
    try:
        if value:
            dj_database_url.parse(value)
    except ValueError:
        raise ValidationError("cannot be read as a database URL") from None


def pave_url(*, development: bool) -> Check:
    """Give a check for PAVE's address: scheme and host; http only to loopback in development."""

    def check(value: str) -> None:
        try:
            url = urlsplit(value)
            host, _ = url.hostname, url.port
        except ValueError:
            raise ValidationError("is not an address") from None
        if url.scheme == "http" and not (development and _loopback(host)):
            raise ValidationError("must start with https://")
        if url.scheme not in {"http", "https"} or not host or url.username is not None:
            raise ValidationError("must be scheme and host, such as https://openapi.paveapi.com")
        if url.path.strip("/") or url.query or url.fragment:
            raise ValidationError("must end after the host: the client adds /v1/ itself")
        if not is_base_url(value.rstrip("/")):
            raise ValidationError("must name a host that can be called")

    return check


def secret(env: Env, name: str, fallback: str, *, development: bool, optional: bool = False) -> str:
    """Read a secret. Without `development` it must not be the fallback, and must be there unless
    it is optional, which gives "".

    White space around it is cut: a secret that was read from a file ends with a new line.
    """

    def check(value: str) -> None:
        if not value.strip() and not optional:
            raise ValidationError("is empty")
        if not development and value.strip() == fallback:
            raise ValidationError("is the development value; give it one of your own")

    default: Any = fallback if development else "" if optional else ...
    return (env.str(name, default, validate=check) or "").strip()


def seal(env: Env, more: Mapping[str, str]) -> None:
    """End the reading: raise ImproperlyConfigured, one sentence naming every bad variable.

    `more` is what is wrong between variables: the name and the words that follow it.
    """
    bad: dict[str, str] = {}
    try:
        env.seal()
    except EnvValidationError as error:
        found = cast("dict[str, list[object]]", error.error_messages)
        bad = {name: _predicate(messages[0]) for name, messages in found.items()}
    bad = {**more, **bad}
    if bad:
        named = "; ".join(f"{name} {words}" for name, words in bad.items())
        raise ImproperlyConfigured(f"PAVE Admin cannot start: {named}.")


def _loopback(host: str | None) -> bool:
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"


def _predicate(message: object) -> str:
    # Of a list that cannot be read, environs tells the place of the bad item, a number.
    words = message.rstrip(".") if isinstance(message, str) else "Not a valid list"
    if words == "Environment variable not set":
        return "is not set"
    return words if words[:1].islower() else f"cannot be used ({words.lower()})"
