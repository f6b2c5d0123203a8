"""The tags of the templates: icons, states, times and differences.

Everything goes through ``markup``, so whatever PAVE or a person wrote is escaped.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.safestring import SafeString

from sessions_ui.audit.entries.rows import SHOWN, Change
from sessions_ui.domain.catalogue import FieldSpec
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.domain.status import Delivery, Status
from sessions_ui.domain.values.kinds import Kind
from sessions_ui.domain.values.masking import mask as masked
from sessions_ui.domain.values.text_diff import Parts, parts_of
from sessions_ui.domain.values.timestamps import iso_utc
from sessions_ui.html import joined, markup

register = template.Library()

MONO = frozenset({Kind.VIN, Kind.PHONE, Kind.NUMBER})
NOTHING = "\N{EN DASH}"
AFTER_SLASH = re.compile(r"(?<![:/]/)(?<=/)(?=[^/])")  # not inside the "//" of a URL
BREAK, NO_GAP = markup("<wbr>"), markup("")
WAS = '<del><span class="visually-hidden">was </span>{}</del>'
NOW = '<ins><span class="visually-hidden">now </span>{}</ins>'
WAS_AND_NOW = f'{WAS} <span aria-hidden="true">\N{RIGHTWARDS ARROW}</span> {NOW}'
EMPTY = markup('<span class="empty">empty</span>')
JUST_NOW = 5  # seconds
# The sandbox's own words for what became of a text message.
SANDBOX_TEXTS = {
    "accepted": Delivery.OK,
    "failed": Delivery.ERROR,
    "absent": Delivery.UNKNOWN,
}
# The longest of each unit, in seconds, and how many seconds one of it has.
UNITS = ((60, 1, "s"), (3600, 60, "min"), (172_800, 3600, "h"), (None, 86_400, "days"))

# By type too: a text that is markup already equals the same text that is not.
drawn_once = lru_cache(typed=True)


@register.simple_tag
@drawn_once
def icon(name: str) -> SafeString:
    """An icon of the sprite; hidden from screen readers, for the word beside it says it."""
    return markup(
        '<svg class="i" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("sessions_ui/icons.svg"),
        name,
    )


@register.simple_tag
@drawn_once
def state(tone: str, icon_name: str, label: str, code: str = "", chip: bool = False) -> SafeString:
    """A state: icon, word and colour, with PAVE's own code beside it where there is one."""
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
    """A session's status with PAVE's code; one that PAVE's manual does not name is called so."""
    known = status if isinstance(status, Status) else Status.of(status or raw_status)
    if known is None:
        return state("warn", "question", "Unknown status", raw_status or status or "", chip)
    return state(known.tone, known.icon, known.label, known.value, chip)


@register.simple_tag
def sandbox_text(word: str) -> SafeString:
    """What became of a sandbox session's text message."""
    known = SANDBOX_TEXTS.get(word)
    if known is None:
        return state("dead", "dash", "No text message")
    return state(known.tone, known.icon, known.label)


@register.simple_tag
def outcome_state(outcome: Outcome | str, chip: bool = False) -> SafeString:
    """What became of an edit."""
    known = Outcome(outcome)
    return state(known.tone, known.icon, known.label, chip=chip)


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
    """A time in the house's zone, to the second, with the zone; the machine's form in UTC."""
    if moment is None:
        return markup('<span class="muted">{}</span>', NOTHING)
    local = timezone.localtime(moment)
    return _time(moment, f"{_day(local)}, {local:%H:%M:%S} {local.tzname()}")


@register.simple_tag
def when_utc(moment: datetime | None) -> SafeString:
    """The same time in UTC, for evidence; with its day where that is not the local one."""
    if moment is None:
        return markup('<span class="muted">{}</span>', NOTHING)
    utc = moment.astimezone(UTC)
    other_day = utc.date() != timezone.localtime(moment).date()
    day = f"{utc:%b} {utc.day}, " if other_day else ""
    return _time(moment, f"{day}{utc:%H:%M:%S} UTC")


@register.simple_tag
def ago(moment: datetime | None) -> str:
    """``12 s ago``, ``5 min ago``, ``3 days ago``. Only beside an exact time."""
    if moment is None:
        return ""
    seconds = int((timezone.now() - moment).total_seconds())
    if seconds < JUST_NOW:
        return "just now"
    size, unit = next((s, u) for most, s, u in UNITS if most is None or seconds < most)
    return f"{seconds // size} {unit} ago"


def _piece(text: str, differs: bool, kind: Kind | None) -> str:
    body = joined(BREAK, AFTER_SLASH.split(text)) if kind is Kind.URL else text
    return markup("<b>{}</b>", body) if differs else body


def _value(kind: Kind | None, parts: Parts) -> SafeString:
    if not parts:
        return EMPTY
    body = joined(NO_GAP, (_piece(*part, kind) for part in parts))
    return markup('<span class="mono">{}</span>', body) if kind in MONO else body


@register.simple_tag
def value(spec: FieldSpec, text: str) -> SafeString:
    """One value as the page spells it: mono where it is compared, breaks after a URL's slashes."""
    return _value(spec.kind, parts_of(spec.kind, text, text)[0])


@register.simple_tag
def mask(spec: FieldSpec, text: str) -> SafeString:
    """One value as lists show it: masked where the field is personal."""
    return _value(spec.kind, parts_of(None, masked(spec, text), "")[0])


@register.simple_tag
def diff_was(spec: FieldSpec, was: str, now: str) -> SafeString:
    """The value before, the differing part underlined."""
    return markup(WAS, _value(spec.kind, parts_of(spec.kind, was, now)[0]))


@register.simple_tag
def diff_now(spec: FieldSpec, was: str, now: str) -> SafeString:
    """The value after, the differing part underlined."""
    return markup(NOW, _value(spec.kind, parts_of(spec.kind, was, now)[1]))


@register.simple_tag
def diff(spec: FieldSpec, was: str, now: str) -> SafeString:
    """Was and now in one line."""
    before, after = parts_of(spec.kind, was, now)
    return markup(WAS_AND_NOW, _value(spec.kind, before), _value(spec.kind, after))


def _row(change: Change) -> SafeString:
    told = markup(' <span class="muted">{}</span>', change.differs) if change.differs else ""
    shown = diff(change.spec, change.was, change.now)
    return markup("<dt>{}</dt><dd>{}{}</dd>", change.spec.label, shown, told)


@register.simple_tag
def diffs(changes: Sequence[Change]) -> SafeString:
    """The first fields of an edit, as a list shows them: was and now, and how masked ones differ.
    Not a template: a page of the audit has 150 of these, and this takes a third of the time."""
    return markup('<dl class="diffs">{}</dl>', joined(NO_GAP, map(_row, changes[:SHOWN])))
