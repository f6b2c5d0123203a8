"""What the pages about the past draw with: days, what is known of a moment, which edits belong
together."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from sessions_ui.audit.masking import ERASED, difference
from sessions_ui.audit.moment import FieldThen
from sessions_ui.audit.replay import Certainty, Fact, Known, Source
from sessions_ui.audit.reverting import fields_taken, origin_of
from sessions_ui.audit.rows import Row
from sessions_ui.domain.status import classify_delivery

from .pave import mask, state, when

register = template.Library()
register.filter(fields_taken)

FACTS = {
    Source.SENT: "PAVE held it when {} was sent",
    Source.TOOK: "PAVE took it with {}",
    Source.READ_BACK: "PAVE showed it with {}",
    Source.REFUSED: "seen when {} was refused",
    Source.SEEN: "seen",
    Source.PRESENT: "PAVE’s latest word",
}
KNOWN = {
    Certainty.NOTHING: "Not known: nothing is on record, and PAVE cannot be asked now.",
    Certainty.EXACT: "{before}.",
    Certainty.BOTH: "{before}; the same again: {after}.",
    Certainty.STAMPED: "{after}; by PAVE’s own stamp nothing changed since {stamp}.",
    Certainty.BEFORE: "{before}; nothing later is on record.",
    Certainty.AFTER: "{after}; nothing earlier is on record.",
    Certainty.BETWEEN: "Not known: the first {before}, the other {after}; it changed in between, "
    "where nobody looked.",
    Certainty.ON_ITS_WAY: "Not known: our own edit was on its way. The first {before}, the other "
    "{after}.",
}


ONE_SIDED = {
    Certainty.AFTER: format_html('<span class="sub">{}</span>', "Only seen later"),
    Certainty.BEFORE: format_html('<span class="sub">{}</span>', "Only seen earlier"),
}


@register.simple_tag
def day(moment: datetime) -> SafeString:
    """A day in the house's zone: ``Today, Monday, Nov 23``; with the year where it is another."""
    local = timezone.localtime(moment)
    today = timezone.localtime().date()
    near = {today: "Today, ", today - timedelta(days=1): "Yesterday, "}.get(local.date(), "")
    year = "" if local.year == today.year else f", {local.year}"
    words = f"{near}{local:%A, %b} {local.day}{year}"
    return format_html('<time datetime="{}">{}</time>', local.date().isoformat(), words)


@register.simple_tag
def delivery_state(text: str) -> SafeString:
    """What PAVE reported of a text message's delivery, with its own words."""
    known = classify_delivery(text)
    return state(known.tone, known.icon, known.label, text)


@register.filter
def iso(moment: datetime) -> str:
    """A moment as an address holds it: UTC, to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


@register.filter
def just_before(moment: datetime) -> datetime:
    """The last moment before this one that an address can tell from it."""
    return moment - timedelta(microseconds=1)


@register.simple_tag
def then_value(field: FieldThen) -> SafeString:
    """A field's value at a moment, masked where it is personal; both where it is not known which,
    with how they differ."""
    if not field.known.texts:
        return _muted("Not known")
    shown = [_masked(field, text) for text in field.known.texts]
    if len(shown) == 1:
        return format_html("{}{}", shown[0], ONE_SIDED.get(field.known.certainty, ""))
    two = '{} <span class="muted">before,</span> {} <span class="muted">after</span>'
    texts = [text or "" for text in field.known.texts]
    differs = difference(*texts) if field.spec.personal and all(texts) else ""
    return format_html(two + '<span class="sub">{}</span>', *shown, differs)


def _muted(word: str) -> SafeString:
    return format_html('<span class="muted">{}</span>', word)


def _masked(field: FieldThen, text: str | None) -> SafeString:
    if text is None:
        return _muted(ERASED)
    return mask(field.spec, text) if text else _muted("Empty")


@register.simple_tag(takes_context=True)
def how_known(context: template.Context, known: Known) -> SafeString:
    """Where a value of the past is known from, with links to the entries that show it."""
    before, after = (_told(context, fact) for fact in (known.before, known.after))
    stamp = when(known.after.stamp) if known.after and known.after.stamp else ""
    words = format_html(KNOWN[known.certainty], before=before, after=after, stamp=stamp)
    return format_html("{}{}", str(words)[:1].upper(), SafeString(str(words)[1:]))


def _told(context: template.Context, fact: Fact | None) -> SafeString:
    if fact is None:
        return SafeString("")
    words = format_html(FACTS[fact.source], _linked(context, fact.edit_id))
    return format_html("{}, {}", words, when(fact.at))


def _linked(context: template.Context, edit_id: int | None) -> SafeString:
    """The number of an edit, leading to its page or, for who may not read that, to the history."""
    if edit_id is None:
        return SafeString("")
    if context["perms"]["sessions_ui"]["read_audit"]:
        place = reverse("audit_entry", args=[edit_id])
    else:
        history = reverse("session_history", args=[context["session_key"]])
        place = f"{history}?before={edit_id + 1}#entry-{edit_id}"
    return format_html('<a class="mono" href="{}">#{}</a>', place, f"{edit_id:,}")


@register.simple_tag(takes_context=True)
def kinship(
    context: template.Context, row: Row, reverted: Mapping[int, Sequence[int]]
) -> SafeString:
    """Which edit an edit takes back, and which take it back, with links to them."""
    origin = origin_of(row.entry)
    told = [("Reverts", origin)] if origin else []
    told += [("Reverted by", edit_id) for edit_id in reverted.get(row.entry.id, ())]
    linked = ((words, _linked(context, edit_id)) for words, edit_id in told)
    return format_html_join(" ", "<span>{} {}</span>", linked)
