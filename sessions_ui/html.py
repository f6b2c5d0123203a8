"""HTML from Python: the one place where text becomes markup, so the one place that escapes.

Django's ``format_html`` minds lazy texts, which we have none of, and takes three times as long; a
list of the audit is made of a thousand such pieces.
"""

from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString


def _escaped(part: object) -> str:
    return part if isinstance(part, SafeString) else escape(str(part))


def markup(pattern: str, *parts: object) -> SafeString:
    """A pattern of ours with ``{}`` for each part; whatever is not markup itself is escaped."""
    return SafeString(pattern.format(*map(_escaped, parts)))


def joined(between: SafeString, parts: Iterable[object]) -> SafeString:
    """The parts with something between them, each escaped where it is not markup itself."""
    return SafeString(between.join(map(_escaped, parts)))
