"""What the pages about the past draw with: the day above a list."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def day(moment: datetime) -> SafeString:
    """A day in the house's zone: ``Today, Monday, Nov 23``; with the year where it is another."""
    local = timezone.localtime(moment)
    today = timezone.localtime().date()
    near = {today: "Today, ", today - timedelta(days=1): "Yesterday, "}.get(local.date(), "")
    year = "" if local.year == today.year else f", {local.year}"
    words = f"{near}{local:%A, %b} {local.day}{year}"
    return format_html('<time datetime="{}">{}</time>', local.date().isoformat(), words)
