"""Test what each kind of watch rule triggers on."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from sessions_ui.models import AuditEntry, Flag, WatchRule
from tests.audit.authors import (
    ALICE,
    BOB,
    PHONE,
    THEME,
    edit,
    ended,
    intent,
    refusal,
    resolved,
    sent,
)
from tests.review import flagged_ids, move_back, rule

pytestmark = pytest.mark.django_db


OTHER = "NGF-4TB8WZ1HQC"


def test_a_phone_number_changed_twice_in_a_day_is_flagged_once():
    made = rule()
    edit(PHONE)
    second = edit(PHONE)
    assert flagged_ids() == [second]
    assert flagged_ids() == [second]
    flag = Flag.objects.get()
    assert (flag.cause, flag.note) == (f"watch:{made.id}", "Phone number changed 2 times in 24 h")
    third = edit(PHONE)
    assert flagged_ids() == [second, third]


@pytest.mark.parametrize(
    ("between", "flagged"), [({"hours": 23, "minutes": 59}, True), ({"hours": 24}, False)]
)
def test_only_changes_within_the_hours_count(between, flagged):
    rule()
    first = edit(PHONE)
    move_back(first, **between, seconds=1)
    second = edit(PHONE)
    assert flagged_ids() == ([second] if flagged else [])


def test_only_the_same_field_of_the_same_session_counts():
    rule()
    edit(PHONE)
    edit(THEME)
    edit({"sms.to_name": ("", "Daniel")})
    edit(PHONE, key=OTHER)
    assert flagged_ids() == []


def test_only_changes_that_took_effect_count():
    rule()
    edit(PHONE)
    edit(PHONE, "refused")
    refusal(PHONE)
    intent(PHONE)
    unknown = intent(PHONE)
    sent(unknown, PHONE)
    ended(unknown, "unknown")
    kept = intent({**PHONE, **THEME})
    ended(kept, "partial", {"sms.to": ("ignored", ""), "session.theme": ("applied", "PRO")})
    assert flagged_ids() == []
    resolved(unknown, "in_effect", {"sms.to": ("in_effect", "647-555-0148")})
    assert flagged_ids() == [unknown]


def test_two_steps_of_one_edit_are_one_change():
    rule()
    edit_id = intent(PHONE)
    ended(edit_id, "confirmed", {"sms.to": ("applied", "647-555-0148")})
    resolved(edit_id, "in_effect", {"sms.to": ("in_effect", "647-555-0148")})
    assert flagged_ids() == []


def test_only_the_edit_that_exceeds_the_number_is_flagged():
    rule("busy_person", {"edits": 3, "hours": 1})
    ids = [intent(actor=ALICE) for _ in range(3)]
    intent(actor=BOB)
    assert flagged_ids() == []
    ids += [intent(actor=ALICE) for _ in range(3)]
    assert flagged_ids() == [ids[3]]


def test_a_busy_person_is_flagged_again_after_a_pause():
    rule("busy_person", {"edits": 2, "hours": 1})
    early = [move_back(intent(actor=ALICE), hours=2) for _ in range(4)]
    late = [intent(actor=ALICE) for _ in range(4)]
    assert flagged_ids() == [early[2], late[2]]


def test_refusals_do_not_count_as_edits_of_a_busy_person():
    rule("busy_person", {"edits": 2, "hours": 1})
    for _ in range(4):
        refusal(actor=ALICE)
    intent(actor=ALICE)
    assert flagged_ids() == []


@pytest.mark.parametrize(
    ("local", "days", "flagged"),
    [
        ("2026-11-23 06:59", "5", True),  # a Monday
        ("2026-11-23 07:00", "5", False),
        ("2026-11-23 20:59", "5", False),
        ("2026-11-23 21:00", "5", True),
        ("2026-11-28 12:00", "5", True),  # a Saturday
        ("2026-11-28 12:00", "6", False),
        ("2026-11-29 12:00", "6", True),  # a Sunday
        ("2026-11-29 12:00", "7", False),
        ("2026-07-06 06:59", "5", True),  # in summer time
        ("2026-07-06 07:00", "5", False),
    ],
)
def test_working_hours_are_local(local, days, flagged):
    rule("off_hours", {"since": 7, "until": 21, "days": days})
    edit_id = edit()
    at = timezone.make_aware(datetime.fromisoformat(local)).astimezone(UTC)
    AuditEntry.objects.filter(id=edit_id).update(ts=at)
    assert flagged_ids() == ([edit_id] if flagged else [])


def redirected(was, now, outcome="confirmed"):
    return edit({"session.redirect_url": (was, now)}, outcome)


def test_a_new_host_is_flagged():
    rule("new_host", {})
    home = "https://dealer.example.com"
    assert flagged_ids() == []
    first = redirected("", f"{home}/thanks")
    assert flagged_ids() == [first]
    for known in (f"{home}/other", f"{home}?x=1", home, f"{home.upper()}/y"):
        redirected(f"{home}/thanks", known)
    assert flagged_ids() == [first]
    strange = redirected(home, "https://dealer.example.com.evil.example/thanks")
    assert flagged_ids() == [first, strange]


def test_the_host_that_pave_held_before_is_not_new():
    rule("new_host", {})
    redirected("https://a.example/one", "https://a.example/two")
    assert flagged_ids() == []


def test_a_host_that_pave_refused_is_not_flagged():
    rule("new_host", {})
    redirected("", "https://new.example/", "refused")
    assert flagged_ids() == []


@pytest.mark.parametrize("host", ["x" * 50 + ".example.com", "x" * 31 + ".ca"])
def test_a_long_host_is_recognized(host):
    rule("new_host", {})
    first = redirected("", f"https://{host}/{'y' * 80}")
    redirected("", f"https://{host}/{'z' * 80}")
    assert flagged_ids() == [first]


def test_an_unreadable_rule_does_not_stop_the_scan():
    WatchRule.objects.create(
        name="old", kind="gone", numbers={}, made_by="x", made_at=timezone.now()
    )
    WatchRule.objects.create(
        name="odd", kind="same_field", numbers={}, made_by="x", made_at=timezone.now()
    )
    rule()
    edit(PHONE)
    assert flagged_ids() == []
    second = edit(PHONE)
    assert flagged_ids() == [second]
