"""Render the small parts of every page: icons, states, times, values and differences.

Everything goes through ``markup``, so text from PAVE or from a person is always escaped.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.safestring import SafeString

from sessions_ui.audit.entries.rows import MAX_SHOWN_CHANGES, Change
from sessions_ui.domain.catalogue import FieldSpec
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.domain.status import Delivery, Status
from sessions_ui.domain.values.kinds import Kind
from sessions_ui.domain.values.masking import mask as masked
from sessions_ui.domain.values.text_diff import Parts, parts_of
from sessions_ui.domain.values.timestamps import iso_utc
from sessions_ui.html import joined, markup

register = template.Library()

MONOSPACED = frozenset({Kind.VIN, Kind.PHONE, Kind.NUMBER})
DASH = "\N{EN DASH}"
AFTER_SLASH = re.compile(r"(?<![:/]/)(?<=/)(?=[^/])")  # but not inside the "//" of a URL
BREAK, NO_GAP = markup("<wbr>"), markup("")
WAS = '<del><span class="visually-hidden">was </span>{}</del>'
NOW = '<ins><span class="visually-hidden">now </span>{}</ins>'
WAS_AND_NOW = f'{WAS} <span aria-hidden="true">\N{RIGHTWARDS ARROW}</span> {NOW}'
EMPTY = markup('<span class="empty">empty</span>')
JUST_NOW = 5  # seconds
# The sandbox's own words for the delivery of a text message.
SANDBOX_DELIVERIES = {
    "accepted": Delivery.OK,
    "failed": Delivery.ERROR,
    "absent": Delivery.UNKNOWN,
}
# Each unit of age: up to how many seconds it is used, how many seconds it has, and its name.
UNITS = ((60, 1, "s"), (3600, 60, "min"), (172_800, 3600, "h"), (None, 86_400, "days"))

# Typed, because markup equals the same text that is not markup, and only the latter is escaped.
render_once = lru_cache(typed=True)


@register.simple_tag
@render_once
def icon(name: str) -> SafeString:
    """An icon of the sprite; hidden from screen readers, which read the word beside it."""
    return markup(
        '<svg class="i" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("sessions_ui/icons.svg"),
        name,
    )


@register.simple_tag
@render_once
def state(tone: str, icon_name: str, label: str, code: str = "", chip: bool = False) -> SafeString:
    """A state: icon, word and colour, and PAVE's own code where there is one."""
    return markup(
        '<span class="state{} {}">{}<span>{}</span>{}</span>',
        " chip" if chip else "",
        tone,
        icon(icon_name),
        label,
        markup(" <code>{}</code>", code) if code else "",
    )


@register.simple_tag
def status_chip(status: Status | str | None, raw_status: str = "", chip: bool = True) -> SafeString:
    """A session's status with PAVE's code; or "Unknown status" outside its manual."""
    known = status if isinstance(status, Status) else Status.of(status or raw_status)
    if known is None:
        return state("warn", "question", "Unknown status", raw_status or status or "", chip)
    return state(known.tone, known.icon, known.label, known.value, chip)


@register.simple_tag
def sandbox_text(word: str) -> SafeString:
    """The delivery of a sandbox session's text message."""
    delivery = SANDBOX_DELIVERIES.get(word)
    if delivery is None:
        return state("dead", "dash", "No text message")
    return state(delivery.tone, delivery.icon, delivery.label)


@register.simple_tag
def outcome_state(outcome: Outcome | str, chip: bool = False) -> SafeString:
    """The outcome of an edit."""
    shown = Outcome(outcome)
    return state(shown.tone, shown.icon, shown.label, chip=chip)


def _time(moment: datetime, words: str) -> SafeString:
    return markup('<time datetime="{}">{}</time>', iso_utc(moment), words)


def _day(moment: datetime) -> str:
    """``Today``, ``Yesterday``, ``Nov 22`` or, in another year, ``Nov 22, 2025``."""
    today = timezone.now().astimezone(moment.tzinfo).date()
    near = {today: "Today", today - timedelta(days=1): "Yesterday"}.get(moment.date())
    this_year = moment.year == today.year
    return near or f"{moment:%b} {moment.day}" + ("" if this_year else f", {moment.year}")


@register.simple_tag
def when(moment: datetime | None) -> SafeString:
    """A time in the local zone, to the second, with the zone; machine-readable in UTC."""
    if moment is None:
        return markup('<span class="muted">{}</span>', DASH)
    local = timezone.localtime(moment)
    return _time(moment, f"{_day(local)}, {local:%H:%M:%S} {local.tzname()}")


@register.simple_tag
def when_utc(moment: datetime | None) -> SafeString:
    """The same time in UTC, with its day where that is not the local one."""
    if moment is None:
        return markup('<span class="muted">{}</span>', DASH)
    utc = moment.astimezone(UTC)
    other_day = utc.date() != timezone.localtime(moment).date()
    day = f"{utc:%b} {utc.day}, " if other_day else ""
    return _time(moment, f"{day}{utc:%H:%M:%S} UTC")


@register.simple_tag
def ago(moment: datetime | None) -> str:
    """``12 s ago``, ``5 min ago``, ``3 days ago``. Too vague without an exact time beside it."""
    if moment is None:
        return ""
    seconds = int((timezone.now() - moment).total_seconds())
    if seconds < JUST_NOW:
        return "just now"
    size, unit = next((s, u) for most, s, u in UNITS if most is None or seconds < most)
    return f"{seconds // size} {unit} ago"


def _render_part(text: str, differs: bool, kind: Kind | None) -> str:
    body = joined(BREAK, AFTER_SLASH.split(text)) if kind is Kind.URL else text
    return markup("<b>{}</b>", body) if differs else body


def _render_value(kind: Kind | None, parts: Parts) -> SafeString:
    if not parts:
        return EMPTY
    body = joined(NO_GAP, (_render_part(*part, kind) for part in parts))
    return markup('<span class="mono">{}</span>', body) if kind in MONOSPACED else body


@register.simple_tag
def value(spec: FieldSpec, text: str) -> SafeString:
    """One value: monospaced where it is compared, with line breaks after a URL's slashes."""
    return _render_value(spec.kind, parts_of(spec.kind, text, text)[0])


@register.simple_tag
def mask(spec: FieldSpec, text: str) -> SafeString:
    """One value for a list: masked where the field is personal."""
    return _render_value(spec.kind, parts_of(None, masked(spec, text), "")[0])


@register.simple_tag
def diff_was(spec: FieldSpec, was: str, now: str) -> SafeString:
    """The value before, with the part that differs underlined."""
    return markup(WAS, _render_value(spec.kind, parts_of(spec.kind, was, now)[0]))


@register.simple_tag
def diff_now(spec: FieldSpec, was: str, now: str) -> SafeString:
    """The value after, with the part that differs underlined."""
    return markup(NOW, _render_value(spec.kind, parts_of(spec.kind, was, now)[1]))


@register.simple_tag
def diff(spec: FieldSpec, was: str, now: str) -> SafeString:
    """The values before and after in one line."""
    before, after = parts_of(spec.kind, was, now)
    return markup(WAS_AND_NOW, _render_value(spec.kind, before), _render_value(spec.kind, after))


def _render_change(change: Change) -> SafeString:
    differs = markup(' <span class="muted">{}</span>', change.differs) if change.differs else ""
    values = diff(change.spec, change.was, change.now)
    return markup("<dt>{}</dt><dd>{}{}</dd>", change.spec.label, values, differs)


@register.simple_tag
def diffs(changes: Sequence[Change]) -> SafeString:
    """The first fields of an edit for a list: the values before and after, and how masked ones
    differ.

    Not a template: a page of the audit has 150 of these, and this takes a third of the time.
    """
    rows = map(_render_change, changes[:MAX_SHOWN_CHANGES])
    return markup('<dl class="diffs">{}</dl>', joined(NO_GAP, rows))
