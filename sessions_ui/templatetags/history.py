"""What the pages about the past draw with: days, what is known of a moment, which edits belong
together."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from sessions_ui.audit.entries.reverts import fields_taken, origin_of
from sessions_ui.audit.entries.rows import EntryRow
from sessions_ui.audit.history.facts import Certainty, Fact, Known, Source
from sessions_ui.audit.history.state_at import FieldThen
from sessions_ui.domain.status import classify_delivery
from sessions_ui.domain.values.masking import ERASED, difference
from sessions_ui.domain.values.timestamps import iso_utc
from sessions_ui.html import joined, markup

from .ui import mask, state, when

register = template.Library()
register.filter(fields_taken)

FACTS = {
    Source.SENT: "PAVE held it when {} was sent",
    Source.TOOK: "PAVE took it with {}",
    Source.READ_BACK: "PAVE showed it with {}",
    Source.REFUSED: "PAVE held it when {} was refused",
    Source.SEEN: "PAVE showed it",
    Source.PRESENT: "PAVE’s latest word",
}
KNOWN = {
    Certainty.NOTHING: "Not known: nothing is on record, and PAVE cannot be asked now.",
    Certainty.EXACT: "{0}.",
    Certainty.BOTH: "{0}; the same again: {1}.",
    Certainty.STAMPED: "{1}; by PAVE’s own stamp nothing changed since {2}.",
    Certainty.BEFORE: "{0}; nothing later is on record.",
    Certainty.AFTER: "{1}; nothing earlier is on record.",
    Certainty.BETWEEN: "Not known: the first {0}, the other {1}; it changed in between, "
    "where nobody looked.",
    Certainty.ON_ITS_WAY: "Not known: our own edit was on its way. The first {0}, the other {1}.",
}


ONE_SIDED = {
    Certainty.AFTER: markup('<span class="sub">{}</span>', "Only seen later"),
    Certainty.BEFORE: markup('<span class="sub">{}</span>', "Only seen earlier"),
}


@register.simple_tag
def day(moment: datetime) -> SafeString:
    """A day in the house's zone: ``Today, Monday, Nov 23``; with the year where it is another."""
    local = timezone.localtime(moment)
    today = timezone.localtime().date()
    near = {today: "Today, ", today - timedelta(days=1): "Yesterday, "}.get(local.date(), "")
    year = "" if local.year == today.year else f", {local.year}"
    words = f"{near}{local:%A, %b} {local.day}{year}"
    return markup('<time datetime="{}">{}</time>', local.date().isoformat(), words)


@register.simple_tag
def delivery_state(text: str) -> SafeString:
    """What PAVE reported of a text message's delivery, with its own words."""
    known = classify_delivery(text)
    return state(known.tone, known.icon, known.label, text)


@register.filter
def iso(moment: datetime) -> str:
    """A moment as an address holds it: UTC, to the microsecond."""
    return iso_utc(moment, "microseconds")


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
        return markup("{}{}", shown[0], ONE_SIDED.get(field.known.certainty, ""))
    two = '{} <span class="muted">before,</span> {} <span class="muted">after</span>'
    texts = [text or "" for text in field.known.texts]
    differs = difference(*texts) if field.spec.personal and all(texts) else ""
    return markup(two + '<span class="sub">{}</span>', *shown, differs)


def _muted(word: str) -> SafeString:
    return markup('<span class="muted">{}</span>', word)


def _masked(field: FieldThen, text: str | None) -> SafeString:
    if text is None:
        return _muted(ERASED)
    return mask(field.spec, text) if text else _muted("Empty")


@register.simple_tag(takes_context=True)
def how_known(context: template.Context, known: Known) -> SafeString:
    """Where a value of the past is known from, with links to the entries that show it."""
    before, after = (_told(context, fact) for fact in (known.before, known.after))
    stamp = when(known.after.stamp) if known.after and known.after.stamp else ""
    return markup(KNOWN[known.certainty], before, after, stamp)


def _told(context: template.Context, fact: Fact | None) -> SafeString:
    if fact is None:
        return markup("")
    words = markup(FACTS[fact.source], _linked(context, fact.edit_id))
    return markup("{}, {}", words, when(fact.at))


def _linked(context: template.Context, edit_id: int | None) -> SafeString:
    """The number of an edit, leading to its page or, for who may not read that, to the history."""
    if edit_id is None:
        return markup("")
    if context["perms"]["sessions_ui"]["read_audit"]:
        place = reverse("audit_entry", args=[edit_id])
    else:
        history = reverse("session_history", args=[context["session_key"]])
        place = f"{history}?before={edit_id + 1}#entry-{edit_id}"
    return markup('<a class="mono" href="{}">#{}</a>', place, f"{edit_id:,}")


@register.simple_tag(takes_context=True)
def kinship(
    context: template.Context, row: EntryRow, reverted: Mapping[int, Sequence[int]]
) -> SafeString:
    """Which edit an edit takes back, and which take it back, with links to them."""
    origin = origin_of(row.entry)
    told = [("Reverts", origin)] if origin else []
    told += [("Reverted by", edit_id) for edit_id in reverted.get(row.entry.id, ())]
    linked = (markup("<span>{} {}</span>", words, _linked(context, one)) for words, one in told)
    return joined(markup(" "), linked)
