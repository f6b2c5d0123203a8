"""The watch rules: made, changed, paused, resumed, removed; each time with a note in the audit.

A rule judges what is recorded after its last change, so nothing is flagged backwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone

from sessions_ui.audit.entries.rows import parse_detail
from sessions_ui.audit.log.record import record_note
from sessions_ui.audit.review.watch_rules import Rule
from sessions_ui.domain.actor import SYSTEM, Actor
from sessions_ui.domain.rules.error_messages import ACCESS
from sessions_ui.domain.rules.review_causes import WATCH
from sessions_ui.domain.rules.watch_rules import KINDS, Numbers, rule_sentence, rule_title
from sessions_ui.domain.values.ids import LARGEST_ID
from sessions_ui.models import AuditEntry, Flag, Kind, WatchRule

MADE, CHANGED, REMOVED = "watch.made", "watch.changed", "watch.removed"
PAUSED = "Paused"
SHOWN = 20
USUAL: tuple[tuple[str, Numbers], ...] = (
    ("same_field", {"field": "sms.to", "times": 2, "hours": 24}),
    ("busy_person", {"edits": 20, "hours": 1}),
    ("new_host", {}),
)


class Done(StrEnum):
    """What became of asking for a change; nothing was changed or recorded unless it is DONE."""

    DONE = "done"
    SAME = "same"
    TAKEN = "taken"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class RuleShown:
    """A rule for its page: as a sentence, and how many of its flags wait and ever were."""

    watch: WatchRule
    sentence: str
    waiting: int
    raised: int


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One note of what was done with the rules."""

    entry: AuditEntry
    rule: str
    was: str
    now: str

    @property
    def verb(self) -> str:
        """What was done: "made a watch rule"."""
        return ACCESS[self.entry.action]


def rules_active() -> list[Rule]:
    """The rules that the sweep judges by."""
    found = WatchRule.objects.filter(active=True, kind__in=KINDS)
    return [Rule(one.id, one.kind, one.name, one.numbers, one.since) for one in found]


def rules_shown() -> list[RuleShown]:
    """Every rule, active ones first, with its flags counted."""
    flags = Flag.objects.filter(cause__startswith=f"{WATCH}:").values_list("cause")
    left = Count("pk", filter=Q(closed_at__isnull=True))
    counts = {cause: told for cause, *told in flags.annotate(left=left, ever=Count("pk"))}
    return [
        RuleShown(one, rule_sentence(one.kind, one.numbers), *counts.get(cause_of(one), (0, 0)))
        for one in WatchRule.objects.order_by("-active", "name")
    ]


def cause_of(watch: WatchRule) -> str:
    """The cause under which a rule's flags stand."""
    return f"{WATCH}:{watch.id}"


def rule_changes() -> Sequence[RuleChange]:
    """What was done with the rules lately, newest first."""
    notes = AuditEntry.objects.filter(kind=Kind.NOTE, op__isnull=True)
    notes = notes.filter(action__in=(MADE, CHANGED, REMOVED)).order_by("-id")[:SHOWN]
    told = [(note, parse_detail(note)) for note in notes]
    return [
        RuleChange(note, facts.get("rule", ""), facts.get("was", ""), facts.get("now", ""))
        for note, facts in told
    ]


def rule_find(watch_id: int) -> WatchRule | None:
    """The rule with this number."""
    return WatchRule.objects.filter(pk=watch_id).first() if watch_id <= LARGEST_ID else None


def rule_make(*, actor: Actor, kind: str, numbers: Numbers) -> WatchRule | None:
    """Make a rule of one of KINDS. None: there is the same rule already."""
    title = rule_title(kind, numbers)
    try:
        with transaction.atomic():
            note = _note(actor, MADE, title, now=rule_sentence(kind, numbers))
            return WatchRule.objects.create(
                name=title,
                kind=kind,
                numbers=dict(numbers),
                made_by=actor.label,
                made_at=timezone.now(),
                since=note.id,
            )
    except IntegrityError:
        return None


def rule_change(*, actor: Actor, watch_id: int, numbers: Numbers) -> Done:
    """Give a rule other numbers. TAKEN: another rule has them already."""
    try:
        with transaction.atomic():
            watch = _locked(watch_id)
            if watch is None or dict(numbers) == watch.numbers:
                return Done.SAME if watch else Done.GONE
            was = _said(watch)
            watch.name, watch.numbers = rule_title(watch.kind, numbers), dict(numbers)
            return _changed(actor, watch, was)
    except IntegrityError:
        return Done.TAKEN


def rule_set_active(*, actor: Actor, watch_id: int, active: bool) -> Done:
    """Pause a rule, or let it watch again from now on."""
    with transaction.atomic():
        watch = _locked(watch_id)
        if watch is None or watch.active == active:
            return Done.SAME if watch else Done.GONE
        was = _said(watch)
        watch.active = active
        return _changed(actor, watch, was)


def rule_remove(*, actor: Actor, watch_id: int) -> Done:
    """Remove a rule; the flags that it raised stay."""
    with transaction.atomic():
        watch = _locked(watch_id)
        if watch is None:
            return Done.GONE
        _note(actor, REMOVED, watch.name, was=_said(watch))
        watch.delete()
        return Done.DONE


def rules_usual_ensure() -> int:
    """Make the usual rules where there was never any; how many. For trying out: in production a
    manager decides what is watched."""
    notes = AuditEntry.objects.filter(kind=Kind.NOTE, op__isnull=True, action=MADE)
    if WatchRule.objects.exists() or notes.exists():
        return 0
    return sum(rule_make(actor=SYSTEM, kind=kind, numbers=n) is not None for kind, n in USUAL)


def _locked(watch_id: int) -> WatchRule | None:
    return WatchRule.objects.select_for_update().filter(pk=watch_id).first()


def _said(watch: WatchRule) -> str:
    words = rule_sentence(watch.kind, watch.numbers)
    return words if watch.active else f"{PAUSED}: {words}"


def _changed(actor: Actor, watch: WatchRule, was: str) -> Done:
    watch.since = _note(actor, CHANGED, watch.name, was=was, now=_said(watch)).id
    watch.save()
    return Done.DONE


def _note(actor: Actor, action: str, rule: str, **told: str) -> AuditEntry:
    return record_note(actor=actor, action=action, about=None, detail={"rule": rule, **told})
