"""Render the rows of the audit's list, entry numbers, and times to the millisecond.

Rows are rendered in Python because a page has fifty of them, and a template takes twice as long.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from urllib.parse import quote

from django import template
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from sessions_ui.audit.entries.rows import EntryRow
from sessions_ui.domain.rules.error_messages import DEEDS
from sessions_ui.domain.values.timestamps import iso_utc
from sessions_ui.html import joined, markup
from sessions_ui.models import AuditEntry, Kind
from sessions_ui.services.review.status import ReviewStatus

from .ui import DASH, diffs, outcome_state, state, when

register = template.Library()

EMPTY = markup("")
_ROW = (
    '<tr role="row" data-entry-id="{}"{}><td role="cell" class="nowrap">{}<span class="sub">'
    '<a class="muted mono" href="{}">#{}</a></span></td>\n'
    '<td role="cell"><span class="break"><strong>{}</strong> {}{}</span>{}{}</td>\n'
    '<td role="cell" class="half" data-label="Why">{}{}</td>\n'
    '<td role="cell" class="half" data-label="Outcome">{}{}</td></tr>\n'
)
_SESSION = ' of <a class="key" href="{}">{}</a>'
_MORE_LINK = '<a class="small" href="{}">and {} more field{}</a>'
_MORE = '<p class="muted small">and {} more field{}</p>'
_PAVE_MESSAGE = '<p class="muted small break">PAVE said: “{}”</p>'
_REMARK = '<p class="muted small break">{}</p>'
_TICKET = '<span class="sub mono break">{}</span>'
_READ_ONLY = markup('<span class="muted">Read only</span>')
_ON_RECORD = markup('<span class="muted">On record</span>')
_PLACEHOLDER = "000"  # is both an entry number and a session key


@register.filter
def humanize_id(number: int) -> str:
    """An entry's number with commas, as in #918,204."""
    return f"{number:,}"


def _to_the_millisecond(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d} {moment.tzname()}"


@register.simple_tag
def stamp(moment: datetime) -> SafeString:
    """A time to the millisecond, local with its date and zone, and under it in UTC."""
    local, utc = timezone.localtime(moment), moment.astimezone(UTC)
    return format_html(
        '<time datetime="{}">{}</time><span class="sub">{}</span>',
        iso_utc(moment), _to_the_millisecond(local), _to_the_millisecond(utc),
    )  # fmt: skip


@cache
def _split_url(name: str, prefix: str) -> list[str]:
    # `reverse` depends on the script prefix, so that the cache has to know it, too.
    return reverse(name, args=[_PLACEHOLDER]).split(_PLACEHOLDER)


@register.simple_tag
def address(name: str, argument: object) -> str:
    """The URL of a view with one argument, as of ``{% url %}``, but the pattern is looked up only
    once: a list has a hundred of these."""
    before, after = _split_url(name, get_script_prefix())
    return f"{before}{quote(str(argument))}{after}"


@register.simple_tag
def changes(row: EntryRow, linked: bool = True) -> SafeString:
    """The first fields of an edit, how many more there are, and PAVE's message or the cause.

    ``linked``: with a link to the entry's page, for people who may read it.
    """
    parts = [diffs(row.changes)] if row.changes else []
    if row.more:
        plural = "" if row.more == 1 else "s"
        url = address("audit_entry", row.entry.id)
        parts.append(
            markup(_MORE_LINK, url, row.more, plural) if linked else markup(_MORE, row.more, plural)
        )
    if row.pave_message:
        parts.append(markup(_PAVE_MESSAGE, row.pave_message))
    if row.cause:
        parts.append(markup(_REMARK, row.cause))
    return joined(EMPTY, parts)


def _without_outcome(entry: AuditEntry) -> SafeString:
    read_only = entry.kind == Kind.ACCESS and entry.action not in DEEDS
    return _READ_ONLY if read_only else _ON_RECORD


@register.simple_tag
def audit_row(row: EntryRow, reviews: Mapping[int, ReviewStatus]) -> SafeString:
    """One row of the list: when, who did what, why, and the outcome and review."""
    entry, outcome, review = row.entry, row.outcome, reviews.get(row.entry.id)
    key = entry.session_key
    return markup(
        _ROW,
        entry.id,
        markup(' data-outcome="{}"', outcome.value) if outcome else EMPTY,
        when(entry.ts),
        address("audit_entry", entry.id),
        humanize_id(entry.id),
        entry.actor_label,
        row.verb,
        markup(_SESSION, address("session", key), key) if key else EMPTY,
        markup(_REMARK, row.about) if row.about else EMPTY,
        changes(row),
        row.reason or DASH,
        markup(_TICKET, entry.ticket) if entry.ticket else EMPTY,
        outcome_state(outcome) if outcome else _without_outcome(entry),
        markup('<span class="sub">{}</span>', state(review.tone, review.icon, review.label))
        if review
        else EMPTY,
    )
