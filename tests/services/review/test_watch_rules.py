"""Test that watch rules apply to later entries only, and that each change of a rule is recorded."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from sessions_ui.domain.actor import SYSTEM
from sessions_ui.models import AuditEntry, Flag, JobCursor, Kind, WatchRule
from sessions_ui.services.review.scan import scan_audit
from sessions_ui.services.review.watch_rules import (
    change_rule,
    ensure_default_rules,
    remove_rule,
    set_rule_active,
)
from tests.audit.authors import (
    CAROL,
    PHONE,
    edit,
)
from tests.review import TWICE, flagged_ids, rule

pytestmark = pytest.mark.django_db


def notes():
    found = AuditEntry.objects.filter(kind=Kind.NOTE).order_by("id")
    return [(one.action, json.loads(one.detail)) for one in found]


def test_a_rule_does_not_apply_to_earlier_entries():
    edit(PHONE)
    edit(PHONE)
    rule()
    assert flagged_ids() == []
    third = edit(PHONE)  # what was before counts as what happened before
    assert flagged_ids() == [third]


def test_a_changed_rule_applies_to_later_entries_only():
    made = rule(numbers={**TWICE, "times": 5})
    ids = [edit(PHONE) for _ in range(3)]
    change_rule(actor=CAROL, rule_id=made.id, numbers=TWICE)
    JobCursor.objects.all().delete()
    assert flagged_ids() == []
    ids.append(edit(PHONE))
    assert flagged_ids() == ids[-1:]


def test_a_paused_rule_flags_nothing_and_does_not_catch_up():
    made = rule()
    edit(PHONE)
    set_rule_active(actor=CAROL, rule_id=made.id, active=False)
    edit(PHONE)
    set_rule_active(actor=CAROL, rule_id=made.id, active=True)
    assert flagged_ids() == []
    last = edit(PHONE)
    assert flagged_ids() == [last]


def test_a_flag_that_was_reviewed_is_not_raised_again():
    rule()
    edit(PHONE)
    edit(PHONE)
    scan_audit()
    Flag.objects.update(closed_at=timezone.now(), closed_by="Carol Weber")
    JobCursor.objects.all().delete()
    scan_audit()
    assert not Flag.objects.filter(closed_at=None).exists()


def test_the_flags_of_a_removed_rule_stay():
    made = rule()
    edit(PHONE)
    second = edit(PHONE)
    assert flagged_ids() == [second]
    remove_rule(actor=CAROL, rule_id=made.id)
    edit(PHONE)
    assert flagged_ids() == [second]


def test_every_change_of_a_rule_is_a_note():
    made = rule()
    change_rule(actor=CAROL, rule_id=made.id, numbers={**TWICE, "times": 3})
    set_rule_active(actor=CAROL, rule_id=made.id, active=False)
    remove_rule(actor=CAROL, rule_id=made.id)
    two = "Phone number of one session is changed 2 times or more within 24 hours."
    three = two.replace("2 times", "3 times")
    names = ["Phone number changed 2 times in 24 h", "Phone number changed 3 times in 24 h"]
    assert notes() == [
        ("watch.made", {"rule": names[0], "now": two}),
        ("watch.changed", {"rule": names[1], "was": two, "now": three}),
        ("watch.changed", {"rule": names[1], "was": three, "now": f"Paused: {three}"}),
        ("watch.removed", {"rule": names[1], "was": f"Paused: {three}"}),
    ]


def test_a_request_that_changes_nothing_is_not_recorded():
    made = rule()
    assert rule() is None
    assert change_rule(actor=CAROL, rule_id=made.id, numbers=dict(TWICE)) == "same"
    assert set_rule_active(actor=CAROL, rule_id=made.id, active=True) == "same"
    other = rule(numbers={**TWICE, "times": 3})
    assert change_rule(actor=CAROL, rule_id=other.id, numbers=TWICE) == "taken"
    assert remove_rule(actor=CAROL, rule_id=made.id + 99) == "gone"
    assert [action for action, _ in notes()] == ["watch.made", "watch.made"]
    assert WatchRule.objects.count() == 2


def test_the_default_rules_are_created_once():
    assert ensure_default_rules() == 3
    assert ensure_default_rules() == 0
    for one in WatchRule.objects.all():
        remove_rule(actor=CAROL, rule_id=one.id)
    assert ensure_default_rules() == 0
    assert AuditEntry.objects.filter(action="watch.made", actor_label=SYSTEM.label).count() == 3


def test_only_the_demo_comes_with_rules(settings):
    assert not WatchRule.objects.exists()
    settings.DEVELOPMENT = True
    call_command("demo", stdout=StringIO())
    assert WatchRule.objects.count() == 3
