"""What the audit pages draw with: entry numbers, and a time as evidence."""

from datetime import UTC, datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def humanize_id(number: int) -> str:
    """An entry's number with commas, as in #918,204."""
    return f"{number:,}"


def _clock(moment: datetime, zone: str | None) -> str:
    return f"{moment:%H:%M:%S}.{moment.microsecond // 1000:03d} {zone}"


@register.simple_tag
def stamp(moment: datetime) -> SafeString:
    """A time to the millisecond, local with its date and zone, and under it in UTC."""
    local, utc = timezone.localtime(moment), moment.astimezone(UTC)
    machine = utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return format_html(
        '<time datetime="{}">{:%Y-%m-%d} {}</time><span class="sub">{:%Y-%m-%d} {}</span>',
        machine, local, _clock(local, local.tzname()), utc, _clock(utc, "UTC"),
    )  # fmt: skip
