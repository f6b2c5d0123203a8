"""What the audit pages draw with: entry numbers, and a time as evidence."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from urllib.parse import quote

from django import template
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from .markup import joined, markup

register = template.Library()

SELECTED, NO_GAP = markup(" selected"), markup("")
SAMPLE = "000"  # fits an entry's number and a session's key


@register.filter
def humanize_id(number: int) -> str:
    """An entry's number with commas, as in #918,204."""
    return f"{number:,}"


@register.filter
def of(found: Mapping[int, object], key: int) -> object:
    """What was found for this number; None for nothing, or where nothing was looked up."""
    return found.get(key) if found else None


def _exact(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d} {moment.tzname()}"


@register.simple_tag
def stamp(moment: datetime) -> SafeString:
    """A time to the millisecond, local with its date and zone, and under it in UTC."""
    local, utc = timezone.localtime(moment), moment.astimezone(UTC)
    machine = utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return format_html(
        '<time datetime="{}">{}</time><span class="sub">{}</span>',
        machine, _exact(local), _exact(utc),
    )  # fmt: skip


@cache
def _around(name: str, prefix: str) -> list[str]:
    return reverse(name, args=[SAMPLE]).split(SAMPLE)


@register.simple_tag
def address(name: str, argument: object) -> str:
    """``{% url %}`` with one argument, the pattern looked up once: a list has a hundred of them."""
    before, after = _around(name, get_script_prefix())
    return f"{before}{quote(str(argument))}{after}"


@register.simple_tag
def options(offered: Iterable[tuple[str, str]], chosen: str) -> SafeString:
    """The options of a select: value and words of each, the chosen one selected."""
    pattern = '<option value="{}"{}>{}</option>'
    return joined(
        NO_GAP,
        (
            markup(pattern, value, SELECTED if value == chosen else "", words)
            for value, words in offered
        ),
    )
