"""Check redirect URLs: the addresses that a customer may be sent to after an inspection.

Django's own validator lets ``https://127.0.0.1/`` and ``https://user:pw@evil.example/`` through, so
the rule is written out here. Only a changed value is checked.
"""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

LONGEST = 2000
_INSIDE = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa", "onion")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_SECOND_PARSER = re.compile(
    r"https://([^/?#@\\]+?)(?::443)?(?:[/?#].*)?", re.IGNORECASE | re.DOTALL
)


def redirect_error(text: str, allowed_hosts: Collection[str] = ()) -> str:
    """Say why this URL cannot be a redirect, in a sentence that helps; ``""`` if it can.

    ``allowed_hosts``: hosts a redirect may name (sub-domains included); empty = any public one.
    """
    url = text.strip()
    return _shape_error(url) or _host_error(url, allowed_hosts)


def _shape_error(url: str) -> str:
    if len(url) > LONGEST:
        return f"This address has {len(url)} characters; {LONGEST:,} is the most."
    if re.search(r"[\s\\\x00-\x20\x7f-\x9f\u2028\u2029]", url):
        return "An address has no spaces, line breaks or backslashes. Take them out."
    if not url.lower().startswith("https://"):
        return "The address must start with https://, so that the customer's browser is safe."
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "This is not a complete web address. Copy it once more from the browser."
    if "@" in parts.netloc:
        return (
            "The address must not carry a user name or password. Take out what stands before the @."
        )
    if port not in (None, 443):
        return "The address must not name a port. Take out the colon and the number after the host."
    return ""


def _host_error(url: str, allowed_hosts: Collection[str]) -> str:
    host = (urlsplit(url).hostname or "").rstrip(".")
    if not host:
        return "The address names no host, such as dealer.ca."
    if not host.isascii():
        return _foreign_letters(host)
    labels = host.split(".")
    if len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)) or labels[-1].isdigit():
        return f"“{host}” is not a public host name, such as dealer.ca."
    again = _SECOND_PARSER.fullmatch(url)
    if again is None or again[1].lower().rstrip(".") != host:
        return "This address can be read in two ways. Copy it once more from the browser."
    if labels[-1] in _INSIDE or not re.search(r"[a-z]", labels[-1]) or labels[-1].startswith("0x"):
        return f"“{host}” is an internal name; a customer's phone cannot reach it."
    if allowed_hosts and not any(host == a or host.endswith(f".{a}") for a in allowed_hosts):
        return f"“{host}” is not among the hosts allowed here: {', '.join(sorted(allowed_hosts))}."
    return ""


def _foreign_letters(host: str) -> str:
    try:
        written = host.encode("idna").decode("ascii")
    except UnicodeError:
        return "The host has characters that no web address can have."
    return (
        "The host has letters outside a to z and may look like another. "
        f"Its plain form is “{written}”: write that if it is the one you mean."
    )
