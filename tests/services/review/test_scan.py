"""Test that scanning raises and closes flags, and misses no entry."""

import pytest
from django.db import connection
from django.utils import timezone

from sessions_ui.models import AuditEntry, Edit, Flag, JobCursor, Kind
from sessions_ui.services.edits.close import close_edit
from sessions_ui.services.jobs.reconcile import reconcile_edits
from sessions_ui.services.review import scan as scan_module
from sessions_ui.services.review.scan import scan_audit, unscanned_ids
from tests.audit.authors import (
    ALICE,
    CAROL,
    KEY,
    edit,
    ended,
    intent,
    not_yet_committed,
    note,
    refusal,
    resolved,
    sent,
    waits,
)

pytestmark = pytest.mark.django_db


def waiting():
    return sorted(Flag.objects.filter(closed_at=None).values_list("entry_id", "cause"))


def ending(outcome, results=None, *, changes=None, **facts):
    edit_id = intent(changes)
    sent(edit_id, changes)
    ended(edit_id, outcome, results, **facts)
    return edit_id


def test_each_cause_is_found_in_the_audit():
    well = ending("confirmed", {"session.theme": ("applied", "PRO")}, http_status=200)
    unknown, unresolved, late = ending("unknown"), ending("unknown"), ending("unknown")
    resolved(unresolved, "unresolved")
    resolved(late, "not_in_effect")
    resolved(late, "late_applied")
    refused = ending("refused", http_status=400, error_code="http_400")
    ignored = ending("not_in_effect", {"session.theme": ("ignored", "LITE")}, http_status=200)
    taken = ending(
        "confirmed", {"session.theme": ("applied", "PRO")}, http_status=200, status="STARTED"
    )
    more = ending("confirmed", http_status=200, detail={"collateral": ["vehicle.vin"]})
    ours = refusal()
    assert scan_audit() == 8
    assert waiting() == sorted(
        [
            (unknown, "unknown"),
            (unresolved, "unresolved"),
            (late, "late_applied"),
            (refused, "drift_refused"),
            (ignored, "drift_refused"),
            (taken, "drift_taken"),
            (more, "collateral"),
            (ours, "refused_by_policy"),
        ]
    )
    assert well not in dict(waiting())


def test_a_flag_has_the_author_and_the_moment_of_its_entry():
    edit_id = ending("unknown")
    scan_audit()
    flag = Flag.objects.get()
    end = AuditEntry.objects.get(op=edit_id, kind=Kind.OUTCOME)
    assert (flag.actor_id, flag.session_key, flag.raised_at) == (ALICE.id, KEY, end.ts)
    assert flag.raised_by == "PAVE Admin"


def test_a_second_scan_changes_nothing(monkeypatch):
    monkeypatch.setattr(scan_module, "CHUNK", 3)
    for outcome in ("unknown", "refused_by_policy", "confirmed"):
        ending(outcome)
    assert scan_audit() == 2
    kept = list(Flag.objects.values())
    assert scan_audit() == 0
    JobCursor.objects.all().delete()  # from the beginning again
    assert scan_audit() == 0
    assert list(Flag.objects.values()) == kept


def test_only_new_entries_are_scanned(django_assert_max_num_queries):
    for _ in range(5):
        edit()
    scan_audit()
    assert unscanned_ids() == 0
    with django_assert_max_num_queries(2):
        assert scan_audit() == 0
    new = ending("unknown")
    assert unscanned_ids() == 3
    assert scan_audit() == 1
    assert waiting() == [(new, "unknown")]


def test_a_scan_stops_when_its_time_is_over_and_continues_later(monkeypatch):
    monkeypatch.setattr(scan_module, "CHUNK", 2)  # intent and outcome of one edit
    edits = [ending("unknown") for _ in range(3)]
    assert scan_audit(seconds=-1) == 1
    assert scan_audit(seconds=-1) == 1
    assert scan_audit() == 1
    assert waiting() == [(one, "unknown") for one in edits]


def test_a_later_outcome_closes_the_flag():
    edit_id = ending("unknown")
    scan_audit()
    resolved(edit_id, "in_effect")
    scan_audit()
    flag = Flag.objects.get()
    assert flag.closed_at is not None
    assert (flag.closed_by, flag.closing) == ("", "Settled by itself: In effect")


def test_a_worse_outcome_replaces_the_cause():
    edit_id = ending("unknown")
    scan_audit()
    resolved(edit_id, "unresolved")
    scan_audit()
    assert waiting() == [(edit_id, "unresolved")]


def test_an_edit_settled_between_two_scans_is_never_flagged():
    edit_id = ending("unknown")
    resolved(edit_id, "in_effect")
    scan_audit()
    assert not Flag.objects.exists()


def test_a_flag_about_drift_stays_when_the_outcome_changes():
    edit_id = ending("not_in_effect", {"session.theme": ("ignored", "LITE")}, http_status=200)
    scan_audit()
    resolved(edit_id, "late_applied")
    scan_audit()
    assert waiting() == [(edit_id, "drift_refused"), (edit_id, "late_applied")]


def test_closing_an_edit_closes_its_flag():
    edit_id = ending("unknown")
    resolved(edit_id, "unresolved")
    now = timezone.now()
    Edit.objects.create(
        entry_id=edit_id,
        session_key=KEY,
        actor_id=ALICE.id,
        actor_label=ALICE.label,
        nonce="n" * 43,
        values_digest="",
        state="unresolved",
        changes={},
        created_at=now,
        sent_at=now,
        lease_until=now,
    )
    scan_audit()
    assert waiting() == [(edit_id, "unresolved")]
    assert close_edit(
        actor=CAROL, entry_id=edit_id, outcome="unresolved", note="Nobody can say any more."
    )
    scan_audit()
    assert waiting() == []
    assert Flag.objects.get().closing == "Closed by Carol Weber: Not settled"


def test_a_reviewed_cause_is_not_raised_again():
    edit_id = ending("unknown")
    scan_audit()
    Flag.objects.update(closed_at=timezone.now(), closed_by="Carol Weber")
    JobCursor.objects.all().delete()
    assert scan_audit() == 0
    resolved(edit_id, "in_effect")
    scan_audit()
    assert Flag.objects.get().closed_by == "Carol Weber"


def test_notes_and_accesses_are_not_flagged():
    note(edit(), "audit.flagged", "By a person")
    note(action="watch.made")
    assert scan_audit() == 0


def test_an_unreadable_entry_does_not_stop_the_scan():
    AuditEntry.objects.filter(id=refusal()).update(outcome="nonsense")
    AuditEntry.objects.filter(op=ending("unknown"), kind=Kind.OUTCOME).update(body="[")
    after = refusal()
    assert scan_audit() == 1
    assert waiting() == [(after, "refused_by_policy")]


def test_flags_of_purged_entries_are_closed():
    first = refusal()
    scan_audit()
    refusal()
    AuditEntry.objects.filter(id=first).delete()
    scan_audit()
    assert first not in dict(waiting())
    assert Flag.objects.get(entry_id=first).closing == "The entry was taken out of the record."


def test_reconciling_scans_the_audit():
    edit_id = ending("unknown")
    reconcile_edits()
    assert waiting() == [(edit_id, "unknown")]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite's writers queue anyway")
@pytest.mark.django_db(transaction=True)
def test_an_entry_that_is_committed_late_is_not_missed():
    with not_yet_committed(refusal) as late:
        newer = refusal()  # a larger number, committed first
        waits(scan_audit)
    scan_audit()
    assert [entry_id for entry_id, _ in waiting()] == [*late, newer]
