"""What the audit pages draw with: the rows of a list, entry numbers, and a time as evidence.

The rows are drawn here and not by templates: a page has fifty, and this takes half the time.
"""

from collections.abc import Iterable, Mapping
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

SELECTED, NO_GAP = markup(" selected"), markup("")
_ROW = (
    '<tr role="row" data-entry-id="{}"{}><td role="cell" class="nowrap">{}<span class="sub">'
    '<a class="muted mono" href="{}">#{}</a></span></td>\n'
    '<td role="cell"><span class="break"><strong>{}</strong> {}{}</span>{}{}</td>\n'
    '<td role="cell" class="half" data-label="Why">{}{}</td>\n'
    '<td role="cell" class="half" data-label="Outcome">{}{}</td></tr>\n'
)
_OF_SESSION = ' of <a class="key" href="{}">{}</a>'
_MORE_LINKED = '<a class="small" href="{}">and {} more field{}</a>'
_MORE = '<p class="muted small">and {} more field{}</p>'
_SAID = '<p class="muted small break">PAVE said: “{}”</p>'
_TOLD = '<p class="muted small break">{}</p>'
_TICKET = '<span class="sub mono break">{}</span>'
_READ = markup('<span class="muted">Read only</span>')
_ON_RECORD = markup('<span class="muted">On record</span>')
SAMPLE = "000"  # fits an entry's number and a session's key


@register.filter
def humanize_id(number: int) -> str:
    """An entry's number with commas, as in #918,204."""
    return f"{number:,}"


def _exact(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d} {moment.tzname()}"


@register.simple_tag
def stamp(moment: datetime) -> SafeString:
    """A time to the millisecond, local with its date and zone, and under it in UTC."""
    local, utc = timezone.localtime(moment), moment.astimezone(UTC)
    return format_html(
        '<time datetime="{}">{}</time><span class="sub">{}</span>',
        iso_utc(moment), _exact(local), _exact(utc),
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


@register.simple_tag
def changes(row: EntryRow, linked: bool = True) -> SafeString:
    """The first fields of an edit, how many more there are, and what PAVE or we said of it.
    ``linked``: with the way to the entry's own page, for who may read that."""
    parts = [diffs(row.changes)] if row.changes else []
    if row.more:
        words = row.more, "" if row.more == 1 else "s"
        there = address("audit_entry", row.entry.id)
        parts.append(markup(_MORE_LINKED, there, *words) if linked else markup(_MORE, *words))
    if row.pave_message:
        parts.append(markup(_SAID, row.pave_message))
    if row.cause:
        parts.append(markup(_TOLD, row.cause))
    return joined(NO_GAP, parts)


def _without_outcome(entry: AuditEntry) -> SafeString:
    read = entry.kind == Kind.ACCESS and entry.action not in DEEDS
    return _READ if read else _ON_RECORD


@register.simple_tag
def audit_row(row: EntryRow, signs: Mapping[int, ReviewStatus]) -> SafeString:
    """One row of the list: when, who did what, why, and what became of it."""
    entry, outcome, sign = row.entry, row.outcome, signs.get(row.entry.id)
    key = entry.session_key
    return markup(
        _ROW,
        entry.id,
        markup(' data-outcome="{}"', outcome.value) if outcome else NO_GAP,
        when(entry.ts),
        address("audit_entry", entry.id),
        humanize_id(entry.id),
        entry.actor_label,
        row.verb,
        markup(_OF_SESSION, address("session", key), key) if key else NO_GAP,
        markup(_TOLD, row.about) if row.about else NO_GAP,
        changes(row),
        row.reason or DASH,
        markup(_TICKET, entry.ticket) if entry.ticket else NO_GAP,
        outcome_state(outcome) if outcome else _without_outcome(entry),
        markup('<span class="sub">{}</span>', state(sign.tone, sign.icon, sign.label))
        if sign
        else NO_GAP,
    )
