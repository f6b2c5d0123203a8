"""Render the pages about a session's past: days, evidence, and links between edits."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from sessions_ui.audit.entries.reverts import reversible_fields, reverted_edit_id
from sessions_ui.audit.entries.rows import EntryRow
from sessions_ui.audit.history.facts import Certainty, Fact, KnownValue, Source
from sessions_ui.audit.history.state_at import FieldState
from sessions_ui.domain.status import classify_delivery
from sessions_ui.domain.values.masking import ERASED, difference
from sessions_ui.domain.values.timestamps import iso_utc
from sessions_ui.html import joined, markup

from .ui import mask, state, when

register = template.Library()
register.filter(reversible_fields)

FACT_SENTENCES = {
    Source.SENT: "PAVE held it when {} was sent",
    Source.TOOK: "PAVE took it with {}",
    Source.READ_BACK: "PAVE showed it with {}",
    Source.REFUSED: "PAVE held it when {} was refused",
    Source.SEEN: "PAVE showed it",
    Source.PRESENT: "PAVE’s latest word",
}
# In each sentence {0} is the fact before the moment, {1} the one after it, {2} PAVE's time stamp.
NO_FACT = "Not known: nothing is on record, and PAVE cannot be asked now."
IN_FLIGHT = "Not known: our own edit was on its way. The first {0}, the other {1}."
CHANGED_UNSEEN = (
    "Not known: the first {0}, the other {1}; it changed in between, where nobody looked."
)
ASSUMED_FROM_BEFORE = "{0}; nothing later is on record."
ASSUMED_FROM_AFTER = "{1}; nothing earlier is on record."
SHOWN_THEN = "{0}."
SHOWN_TWICE = "{0}; the same again: {1}."
BY_STAMP = "{1}; by PAVE’s own stamp nothing changed since {2}."


@register.simple_tag
def day(moment: datetime) -> SafeString:
    """A day in the local time zone: ``Today, Monday, Nov 23``; with the year if it is another."""
    local = timezone.localtime(moment)
    today = timezone.localtime().date()
    near = {today: "Today, ", today - timedelta(days=1): "Yesterday, "}.get(local.date(), "")
    year = "" if local.year == today.year else f", {local.year}"
    words = f"{near}{local:%A, %b} {local.day}{year}"
    return markup('<time datetime="{}">{}</time>', local.date().isoformat(), words)


@register.simple_tag
def delivery_state(text: str) -> SafeString:
    """The delivery of a text message as a state, with PAVE's own words."""
    delivery = classify_delivery(text)
    return state(delivery.tone, delivery.icon, delivery.label, text)


@register.filter
def iso(moment: datetime) -> str:
    """A moment for a query string: UTC, to the microsecond."""
    return iso_utc(moment, "microseconds")


@register.filter
def just_before(moment: datetime) -> datetime:
    """The last moment before this one that a query string can express."""
    return moment - timedelta(microseconds=1)


@register.simple_tag
def value_at_moment(field: FieldState) -> SafeString:
    """A field's value at a moment, masked where it is personal; the values before and after where
    the facts differ, with how they differ."""
    known = field.known
    if not known.texts:
        return _muted("Not known")
    values = [_masked_value(field, text) for text in known.texts]
    if len(values) == 1:
        return markup("{}{}", values[0], _assumption(known))
    texts = [text or "" for text in known.texts]
    differs = difference(*texts) if field.spec.personal and all(texts) else ""
    two = '{} <span class="muted">before,</span> {} <span class="muted">after</span>'
    return markup(two + '<span class="sub">{}</span>', *values, differs)


def _assumption(known: KnownValue) -> SafeString:
    if known.certainty is not Certainty.ASSUMED:
        return markup("")
    return markup('<span class="sub">Only seen {}</span>', "earlier" if known.before else "later")


def _muted(word: str) -> SafeString:
    return markup('<span class="muted">{}</span>', word)


def _masked_value(field: FieldState, text: str | None) -> SafeString:
    if text is None:
        return _muted(ERASED)
    return mask(field.spec, text) if text else _muted("Empty")


@register.simple_tag(takes_context=True)
def evidence(context: template.Context, known: KnownValue) -> SafeString:
    """The facts behind a value at a moment as a sentence, with links to the entries."""
    before, after = known.before, known.after
    return markup(
        _evidence_sentence(known),
        _fact_clause(context, before) if before else "",
        _fact_clause(context, after) if after else "",
        when(after.stamp) if after and after.stamp else "",
    )


def _evidence_sentence(known: KnownValue) -> str:
    if not known.texts:
        return NO_FACT
    if known.certainty is Certainty.UNKNOWN:
        return IN_FLIGHT if known.in_flight else CHANGED_UNSEEN
    if known.certainty is Certainty.ASSUMED:
        return ASSUMED_FROM_BEFORE if known.before else ASSUMED_FROM_AFTER
    if known.before is None:
        return BY_STAMP
    return SHOWN_TWICE if known.after else SHOWN_THEN


def _fact_clause(context: template.Context, fact: Fact) -> SafeString:
    link = "" if fact.edit_id is None else _edit_link(context, fact.edit_id)
    return markup("{}, {}", markup(FACT_SENTENCES[fact.source], link), when(fact.at))


def _edit_link(context: template.Context, edit_id: int) -> SafeString:
    """The number of an edit as a link to its page, or to the history for those who may not read
    the audit."""
    if context["perms"]["sessions_ui"]["read_audit"]:
        url = reverse("audit_entry", args=[edit_id])
    else:
        history = reverse("session_history", args=[context["session_key"]])
        url = f"{history}?before={edit_id + 1}#entry-{edit_id}"
    return markup('<a class="mono" href="{}">#{}</a>', url, f"{edit_id:,}")


@register.simple_tag(takes_context=True)
def revert_links(
    context: template.Context, row: EntryRow, reverted: Mapping[int, Sequence[int]]
) -> SafeString:
    """Links from an edit to the edit that it reverts, and to those that revert it."""
    origin = reverted_edit_id(row.entry)
    linked = [("Reverts", origin)] if origin else []
    linked += [("Reverted by", edit_id) for edit_id in reverted.get(row.entry.id, ())]
    links = (
        markup("<span>{} {}</span>", words, _edit_link(context, edit_id))
        for words, edit_id in linked
    )
    return joined(markup(" "), links)
