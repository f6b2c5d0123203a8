"""Create, change, pause, resume and remove watch rules, each with a note in the audit.

A rule applies to entries after its last change, so nothing is flagged in retrospect.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone

from sessions_ui.audit.entries.rows import parse_detail
from sessions_ui.audit.log.record import record_note
from sessions_ui.audit.review.watch_rules import ActiveRule
from sessions_ui.domain.actor import SYSTEM, Actor
from sessions_ui.domain.rules.error_messages import ACCESS
from sessions_ui.domain.rules.review_causes import WATCH
from sessions_ui.domain.rules.watch_rules import KINDS, Numbers, rule_sentence, rule_title
from sessions_ui.domain.values.ids import LARGEST_ID
from sessions_ui.models import AuditEntry, Flag, Kind, WatchRule

MADE, CHANGED, REMOVED = "watch.made", "watch.changed", "watch.removed"
PAUSED = "Paused"
CHANGES_SHOWN = 20
DEFAULT_RULES: tuple[tuple[str, Numbers], ...] = (
    ("same_field", {"field": "sms.to", "times": 2, "hours": 24}),
    ("busy_person", {"edits": 20, "hours": 1}),
    ("new_host", {}),
)


class RuleResult(StrEnum):
    """The result of a request to change a rule. Nothing was changed unless it is DONE."""

    DONE = "done"
    SAME = "same"
    TAKEN = "taken"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class ListedRule:
    """A rule for its page, with its sentence and the numbers of its open flags and of all its
    flags."""

    rule: WatchRule
    sentence: str
    waiting: int
    raised: int


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A note about a change of a rule."""

    entry: AuditEntry
    rule: str
    was: str
    now: str

    @property
    def verb(self) -> str:
        """The change, in words such as "made a watch rule"."""
        return ACCESS[self.entry.action]


def read_active_rules() -> list[ActiveRule]:
    """The rules to scan by."""
    rules = WatchRule.objects.filter(active=True, kind__in=KINDS)
    return [ActiveRule(rule.id, rule.kind, rule.name, rule.numbers, rule.since) for rule in rules]


def list_rules() -> list[ListedRule]:
    """All rules, active ones first."""
    flags = Flag.objects.filter(cause__startswith=f"{WATCH}:").values_list("cause")
    open_flags = Count("pk", filter=Q(closed_at__isnull=True))
    rows = flags.annotate(waiting=open_flags, raised=Count("pk"))
    counts = {cause: (waiting, raised) for cause, waiting, raised in rows}
    return [
        ListedRule(
            rule,
            rule_sentence(rule.kind, rule.numbers),
            *counts.get(f"{WATCH}:{rule.id}", (0, 0)),
        )
        for rule in WatchRule.objects.order_by("-active", "name")
    ]


def list_rule_changes() -> Sequence[RuleChange]:
    """The latest changes of rules, newest first."""
    notes = AuditEntry.objects.filter(kind=Kind.NOTE, op__isnull=True)
    notes = notes.filter(action__in=(MADE, CHANGED, REMOVED)).order_by("-id")[:CHANGES_SHOWN]
    details = [(note, parse_detail(note)) for note in notes]
    return [
        RuleChange(note, detail.get("rule", ""), detail.get("was", ""), detail.get("now", ""))
        for note, detail in details
    ]


def find_rule(rule_id: int) -> WatchRule | None:
    """The rule with this id."""
    return WatchRule.objects.filter(pk=rule_id).first() if rule_id <= LARGEST_ID else None


def create_rule(*, actor: Actor, kind: str, numbers: Numbers) -> WatchRule | None:
    """Create a rule of one of KINDS; None if the same rule exists."""
    title = rule_title(kind, numbers)
    try:
        with transaction.atomic():
            note = _record_change(actor, MADE, title, now=rule_sentence(kind, numbers))
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


def change_rule(*, actor: Actor, rule_id: int, numbers: Numbers) -> RuleResult:
    """Change the numbers of a rule. TAKEN: another rule has these numbers."""
    try:
        with transaction.atomic():
            rule = _lock_rule(rule_id)
            if rule is None or dict(numbers) == rule.numbers:
                return RuleResult.SAME if rule else RuleResult.GONE
            was = _describe(rule)
            rule.name, rule.numbers = rule_title(rule.kind, numbers), dict(numbers)
            return _save_change(actor, rule, was)
    except IntegrityError:
        return RuleResult.TAKEN


def set_rule_active(*, actor: Actor, rule_id: int, active: bool) -> RuleResult:
    """Pause or resume a rule. A resumed rule applies to later entries only."""
    with transaction.atomic():
        rule = _lock_rule(rule_id)
        if rule is None or rule.active == active:
            return RuleResult.SAME if rule else RuleResult.GONE
        was = _describe(rule)
        rule.active = active
        return _save_change(actor, rule, was)


def remove_rule(*, actor: Actor, rule_id: int) -> RuleResult:
    """Remove a rule. Its flags stay."""
    with transaction.atomic():
        rule = _lock_rule(rule_id)
        if rule is None:
            return RuleResult.GONE
        _record_change(actor, REMOVED, rule.name, was=_describe(rule))
        rule.delete()
        return RuleResult.DONE


def ensure_default_rules() -> int:
    """Create DEFAULT_RULES if there was never any rule; gives the number of new rules.

    For the demo: in production managers decide what is watched.
    """
    notes = AuditEntry.objects.filter(kind=Kind.NOTE, op__isnull=True, action=MADE)
    if WatchRule.objects.exists() or notes.exists():
        return 0
    rules = [create_rule(actor=SYSTEM, kind=kind, numbers=n) for kind, n in DEFAULT_RULES]
    return sum(rule is not None for rule in rules)


def _lock_rule(rule_id: int) -> WatchRule | None:
    return WatchRule.objects.select_for_update().filter(pk=rule_id).first()


def _describe(rule: WatchRule) -> str:
    sentence = rule_sentence(rule.kind, rule.numbers)
    return sentence if rule.active else f"{PAUSED}: {sentence}"


def _save_change(actor: Actor, rule: WatchRule, was: str) -> RuleResult:
    rule.since = _record_change(actor, CHANGED, rule.name, was=was, now=_describe(rule)).id
    rule.save()
    return RuleResult.DONE


def _record_change(actor: Actor, action: str, rule: str, **sentences: str) -> AuditEntry:
    detail = {"rule": rule, **sentences}
    return record_note(actor=actor, action=action, about=None, detail=detail)
