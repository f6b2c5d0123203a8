"""Watch rules: what each kind catches, once and not backwards; who changes them, on record."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.utils import timezone

from sessions_ui.domain.actor import SYSTEM
from sessions_ui.domain.rules.watch_rules import KINDS, rule_sentence, rule_title
from sessions_ui.forms.watch_rule import WatchForm
from sessions_ui.models import AuditEntry, Flag, JobCursor, Kind, WatchRule
from sessions_ui.services.review.scan import scan_audit
from sessions_ui.services.review.watch_rules import (
    change_rule,
    create_rule,
    ensure_default_rules,
    remove_rule,
    set_rule_active,
)
from tests.audit.authors import (
    ALICE,
    BOB,
    CAROL,
    PHONE,
    THEME,
    edit,
    ended,
    intent,
    refusal,
    resolved,
    sent,
)
from tests.pages import words

pytestmark = pytest.mark.django_db
OTHER = "NGF-4TB8WZ1HQC"
TWICE = {"field": "sms.to", "times": 2, "hours": 24}


def rule(kind="same_field", numbers=TWICE):
    return create_rule(actor=CAROL, kind=kind, numbers=numbers)


def caught():
    scan_audit()
    return sorted(Flag.objects.filter(cause__startswith="watch").values_list("entry_id", flat=True))


def moved(entry_id, **back):
    """The whole edit, some time ago."""
    for entry in AuditEntry.objects.filter(id=entry_id) | AuditEntry.objects.filter(op=entry_id):
        AuditEntry.objects.filter(id=entry.id).update(ts=entry.ts - timedelta(**back))
    return entry_id


def notes():
    found = AuditEntry.objects.filter(kind=Kind.NOTE).order_by("id")
    return [(one.action, json.loads(one.detail)) for one in found]


# --- the kinds -----------------------------------------------------------------------------------


def test_a_phone_that_is_changed_twice_within_a_day_is_flagged_once():
    made = rule()
    edit(PHONE)
    second = edit(PHONE)
    assert caught() == [second]
    assert caught() == [second]
    flag = Flag.objects.get()
    assert (flag.cause, flag.note) == (f"watch:{made.id}", "Phone number changed 2 times in 24 h")
    third = edit(PHONE)
    assert caught() == [second, third]


@pytest.mark.parametrize(
    ("between", "flagged"), [({"hours": 23, "minutes": 59}, True), ({"hours": 24}, False)]
)
def test_only_changes_within_the_hours_count(between, flagged):
    rule()
    first = edit(PHONE)
    moved(first, **between, seconds=1)
    second = edit(PHONE)
    assert caught() == ([second] if flagged else [])


def test_only_the_same_field_of_the_same_session_counts():
    rule()
    edit(PHONE)
    edit(THEME)
    edit({"sms.to_name": ("", "Daniel")})
    edit(PHONE, key=OTHER)
    assert caught() == []


def test_only_what_was_changed_counts():
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
    assert caught() == []
    resolved(unknown, "in_effect", {"sms.to": ("in_effect", "647-555-0148")})
    assert caught() == [unknown]


def test_two_steps_of_one_edit_are_one_change():
    rule()
    edit_id = intent(PHONE)
    ended(edit_id, "confirmed", {"sms.to": ("applied", "647-555-0148")})
    resolved(edit_id, "in_effect", {"sms.to": ("in_effect", "647-555-0148")})
    assert caught() == []


def test_the_edit_that_passes_the_number_is_flagged_and_not_those_after_it():
    rule("busy_person", {"edits": 3, "hours": 1})
    ids = [intent(actor=ALICE) for _ in range(3)]
    intent(actor=BOB)
    assert caught() == []
    ids += [intent(actor=ALICE) for _ in range(3)]
    assert caught() == [ids[3]]


def test_a_person_in_a_hurry_is_flagged_again_after_a_pause():
    rule("busy_person", {"edits": 2, "hours": 1})
    early = [moved(intent(actor=ALICE), hours=2) for _ in range(4)]
    late = [intent(actor=ALICE) for _ in range(4)]
    assert caught() == [early[2], late[2]]


def test_refusals_and_reads_are_no_edits_of_a_person_in_a_hurry():
    rule("busy_person", {"edits": 2, "hours": 1})
    for _ in range(4):
        refusal(actor=ALICE)
    intent(actor=ALICE)
    assert caught() == []


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
    assert caught() == ([edit_id] if flagged else [])


def redirected(was, now, outcome="confirmed"):
    return edit({"session.redirect_url": (was, now)}, outcome)


def test_a_host_that_was_not_seen_before_is_flagged():
    rule("new_host", {})
    home = "https://dealer.example.com"
    assert caught() == []
    first = redirected("", f"{home}/thanks")
    assert caught() == [first]
    for known in (f"{home}/other", f"{home}?x=1", home, f"{home.upper()}/y"):
        redirected(f"{home}/thanks", known)
    assert caught() == [first]
    strange = redirected(home, "https://dealer.example.com.evil.example/thanks")
    assert caught() == [first, strange]


def test_a_host_that_pave_held_before_is_known():
    rule("new_host", {})
    redirected("https://a.example/one", "https://a.example/two")
    assert caught() == []


def test_a_host_that_was_only_asked_for_is_not_flagged():
    rule("new_host", {})
    redirected("", "https://new.example/", "refused")
    assert caught() == []


@pytest.mark.parametrize("host", ["x" * 50 + ".example.com", "x" * 31 + ".ca"])
def test_a_long_host_is_known_again(host):
    rule("new_host", {})
    first = redirected("", f"https://{host}/{'y' * 80}")
    redirected("", f"https://{host}/{'z' * 80}")
    assert caught() == [first]


# --- once, and not backwards ---------------------------------------------------------------------


def test_a_rule_does_not_judge_what_was_there_before_it():
    edit(PHONE)
    edit(PHONE)
    rule()
    assert caught() == []
    third = edit(PHONE)  # what was before counts as what happened before
    assert caught() == [third]


def test_a_changed_rule_works_from_then_on():
    made = rule(numbers={**TWICE, "times": 5})
    ids = [edit(PHONE) for _ in range(3)]
    change_rule(actor=CAROL, rule_id=made.id, numbers=TWICE)
    JobCursor.objects.all().delete()
    assert caught() == []
    ids.append(edit(PHONE))
    assert caught() == ids[-1:]


def test_a_paused_rule_watches_nothing_and_does_not_catch_up():
    made = rule()
    edit(PHONE)
    set_rule_active(actor=CAROL, rule_id=made.id, active=False)
    edit(PHONE)
    set_rule_active(actor=CAROL, rule_id=made.id, active=True)
    assert caught() == []
    last = edit(PHONE)
    assert caught() == [last]


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
    assert caught() == [second]
    remove_rule(actor=CAROL, rule_id=made.id)
    edit(PHONE)
    assert caught() == [second]


def test_a_rule_that_cannot_be_read_stops_no_sweep():
    WatchRule.objects.create(
        name="old", kind="gone", numbers={}, made_by="x", made_at=timezone.now()
    )
    WatchRule.objects.create(
        name="odd", kind="same_field", numbers={}, made_by="x", made_at=timezone.now()
    )
    rule()
    edit(PHONE)
    assert caught() == []
    second = edit(PHONE)
    assert caught() == [second]


# --- the record of the rules ---------------------------------------------------------------------


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


def test_what_changes_nothing_is_not_on_record():
    made = rule()
    assert rule() is None
    assert change_rule(actor=CAROL, rule_id=made.id, numbers=dict(TWICE)) == "same"
    assert set_rule_active(actor=CAROL, rule_id=made.id, active=True) == "same"
    other = rule(numbers={**TWICE, "times": 3})
    assert change_rule(actor=CAROL, rule_id=other.id, numbers=TWICE) == "taken"
    assert remove_rule(actor=CAROL, rule_id=made.id + 99) == "gone"
    assert [action for action, _ in notes()] == ["watch.made", "watch.made"]
    assert WatchRule.objects.count() == 2


def test_the_usual_rules_are_made_once_and_not_again_after_they_were_removed():
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


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_each_kind_reads_as_a_rule_with_its_usual_numbers(kind):
    usual = {ask.name: ask.usual for ask in kind.asks}
    form = WatchForm(kind, usual)
    assert form.is_valid(), form.errors
    sentence = rule_sentence(kind.code, form.cleaned_data)
    assert sentence.endswith(".")
    for ask in kind.asks:
        words = ask.choices[str(ask.usual)] if ask.choices else str(ask.usual)
        assert words in sentence
    assert len(rule_title(kind.code, form.cleaned_data)) <= 80


def test_a_rule_s_title_always_fits_its_column():
    for kind in KINDS.values():
        most = {a.name: max(a.choices, key=lambda c: len(a.choices[c])) if a.choices else a.high
                for a in kind.asks}  # fmt: skip
        assert len(rule_title(kind.code, most)) <= 80


# --- the pages -----------------------------------------------------------------------------------


@pytest.fixture
def manager(client, carol):
    client.force_login(carol)
    return client


def test_a_manager_makes_changes_pauses_and_removes_a_rule(manager):
    assert "Nothing is watched for yet" in words(manager.get("/audit/watches/"))
    posted = {"kind": "same_field", "field": "sms.to", "times": "2", "hours": "24"}
    page = manager.post("/audit/watches/", posted, follow=True)
    made = WatchRule.objects.get()
    assert made.numbers == TWICE
    for said in ("The rule watches from now on", "Watching", "None waiting",
                 "Phone number of one session is changed 2 times or more within 24 hours.",
                 "made a watch rule"):  # fmt: skip
        assert said in words(page)
    again = manager.post("/audit/watches/", posted, follow=True)
    assert "There is this very rule already" in words(again)
    address = f"/audit/watches/{made.id}/"
    shown = BeautifulSoup(manager.get(address).text, "html.parser")
    assert shown.select_one('[name="times"]')["value"] == "2"
    changed = {**posted, "times": "4", "action": "change"}
    assert "was Phone number of one session is changed 2 times" in words(
        manager.post(address, changed, follow=True)
    )
    assert WatchRule.objects.get().numbers["times"] == 4
    assert "Paused" in words(manager.post(address, {"action": "pause"}, follow=True))
    assert "Watching" in words(manager.post(address, {"action": "resume"}, follow=True))
    gone = manager.post(address, {"action": "remove"}, follow=True)
    assert "The rule is removed" in words(gone)
    assert manager.get(address).status_code == 404
    assert manager.post(address, {"action": "pause"}).status_code == 404


def test_numbers_out_of_their_range_are_refused_with_words(manager):
    for bad in ({"times": "1"}, {"times": "x"}, {"times": ""}, {"hours": "9999"}, {"field": "x"}):
        posted = {"kind": "same_field", "field": "sms.to", "times": "2", "hours": "24", **bad}
        answer = manager.post("/audit/watches/", posted)
        assert answer.status_code == 422, bad
        assert "Write a whole number" in answer.text or "Choose one" in answer.text
    hours = {"kind": "off_hours", "since": "9", "until": "9", "days": "5"}
    assert "has to be later" in manager.post("/audit/watches/", hours).text
    assert manager.post("/audit/watches/", {"kind": "nonsense"}).status_code == 404
    assert not WatchRule.objects.exists()
    assert notes() == []


def test_a_rule_that_raised_flags_says_how_many(manager):
    rule()
    edit(PHONE)
    edit(PHONE)
    scan_audit()
    assert "1 waiting" in words(manager.get("/audit/watches/"))
    assert "Phone number changed 2 times in 24 h" in words(
        manager.get("/audit/review/?cause=watch")
    )


def test_the_note_of_a_rule_has_a_page(manager):
    made = rule()
    change_rule(actor=CAROL, rule_id=made.id, numbers={**TWICE, "times": 3})
    note = AuditEntry.objects.get(action="watch.changed").id
    page = words(manager.get(f"/audit/{note}/"))
    assert "changed a watch rule" in page
    assert "Was: Phone number of one session is changed 2 times" in page
    assert "Now: Phone number of one session is changed 3 times" in page


def test_a_kind_that_is_no_longer_known_is_shown_and_can_be_removed(manager):
    old = WatchRule.objects.create(
        name="old", kind="gone", numbers={}, made_by="x", made_at=timezone.now()
    )
    assert "no longer known" in words(manager.get("/audit/watches/"))
    address = f"/audit/watches/{old.id}/"
    assert manager.get(address).status_code == 200
    assert manager.post(address, {"action": "change"}).status_code == 422
    manager.post(address, {"action": "remove"})
    assert not WatchRule.objects.exists()


@pytest.mark.parametrize(
    ("name", "status"),
    [("alice", 403), ("carol", 200), ("dora", 403), ("nora", 403), (None, 302)],
)
def test_the_rules_are_for_managers(client, request, name, status):
    made = rule()
    if name:
        client.force_login(request.getfixturevalue(name))
    for address in ("/audit/watches/", f"/audit/watches/{made.id}/"):
        assert client.get(address).status_code == status
        assert client.delete(address).status_code == (405 if status == 200 else status)
    posted = {"kind": "new_host"}
    assert client.post("/audit/watches/", posted).status_code == (
        302 if name == "carol" else status
    )
    client.post(f"/audit/watches/{made.id}/", {"action": "remove"})
    kinds = set(WatchRule.objects.values_list("kind", flat=True))
    assert kinds == ({"new_host"} if name == "carol" else {"same_field"})


def test_a_number_that_no_rule_can_have_is_not_found(manager):
    for strange in (0, 2**63, 10**30):
        assert manager.get(f"/audit/watches/{strange}/").status_code == 404
