"""What needs a look is found in the record: each cause, once, and never past what is committed."""

import pytest
from django.db import connection
from django.utils import timezone

from sessions_ui.domain.rules.outcomes import FieldResult, Outcome
from sessions_ui.domain.rules.review_causes import (
    CAUSES,
    Ending,
    causes_of,
    locked_in,
    review_cause,
)
from sessions_ui.models import AuditEntry, Edit, Flag, JobCursor, Kind
from sessions_ui.services.edits.close import close_edit
from sessions_ui.services.jobs.reconcile import reconcile_edits
from sessions_ui.services.review import scan as sweeping
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


# --- the table ---------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", Outcome)
def test_only_what_is_doubtful_needs_a_look(outcome):
    expected = {
        Outcome.UNKNOWN: {"unknown"},
        Outcome.UNRESOLVED: {"unresolved"},
        Outcome.LATE_APPLIED: {"late_applied"},
        Outcome.REFUSED_BY_POLICY: {"refused_by_policy"},
    }
    assert causes_of(Ending(outcome)) == expected.get(outcome, set())


def test_an_edit_that_a_person_closed_needs_no_look():
    assert causes_of(Ending(Outcome.UNRESOLVED, closed=True)) == set()


@pytest.mark.parametrize(
    ("http_status", "drift"),
    [(400, True), (409, True), (422, True), (401, False), (403, False), (404, False), (429, False)],
)
def test_pave_s_refusal_of_what_was_sent_is_drift_but_not_of_who_sent_it(http_status, drift):
    end = Ending(Outcome.REFUSED, answered=True, http_status=http_status)
    assert ("drift_refused" in causes_of(end)) == drift


def test_a_field_that_pave_left_as_it_was_is_drift_only_by_its_own_answer():
    results = {"session.theme": FieldResult.IGNORED}
    end = Ending(Outcome.PARTIAL, answered=True, http_status=200, results=results)
    assert causes_of(end) == {"drift_refused"}
    assert causes_of(Ending(Outcome.PARTIAL, results=results)) == set()


@pytest.mark.parametrize(
    ("key", "status", "drift"),
    [
        ("session.theme", "IDLE", False),
        ("session.theme", "STARTED", True),
        ("session.language", "STARTED", False),
        ("session.language", "COMPLETE", True),
        ("sms.to", "IDLE", False),
        ("vehicle.vin", "EXPIRED", True),
        ("vehicle.vin", "SOMETHING_NEW", True),
        ("vehicle.vin", "", False),
    ],
)
def test_a_field_that_pave_took_in_a_status_that_locks_it_is_drift(key, status, drift):
    end = Ending(
        Outcome.CONFIRMED, answered=True, status=status, results={key: FieldResult.APPLIED}
    )
    assert ("drift_taken" in causes_of(end)) == drift
    ignored = Ending(
        Outcome.PARTIAL, answered=True, status=status, results={key: FieldResult.ALTERED}
    )
    assert "drift_taken" not in causes_of(ignored)


def test_a_status_locks_no_less_than_the_rules_say():
    assert locked_in("IDLE") == frozenset()
    assert "session.redirect_url" not in locked_in("STARTED")
    assert locked_in("INVALID") == locked_in("NO_SUCH_STATUS")


def test_every_cause_has_its_words():
    for code, look in CAUSES.items():
        assert look.code == code
        assert all((look.label, look.means, look.then, look.icon))
    assert review_cause("watch:7") is CAUSES["watch"]
    assert review_cause("of a table that was").code == "flagged"


# --- the sweep ---------------------------------------------------------------------------------


def test_each_cause_is_found_in_the_record():
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


def test_a_flag_tells_whose_edit_it_is_and_since_when():
    edit_id = ending("unknown")
    scan_audit()
    flag = Flag.objects.get()
    end = AuditEntry.objects.get(op=edit_id, kind=Kind.OUTCOME)
    assert (flag.actor_id, flag.session_key, flag.raised_at) == (ALICE.id, KEY, end.ts)
    assert flag.raised_by == "PAVE Admin"


def test_a_second_sweep_changes_nothing(monkeypatch):
    monkeypatch.setattr(sweeping, "CHUNK", 3)
    for outcome in ("unknown", "refused_by_policy", "confirmed"):
        ending(outcome)
    assert scan_audit() == 2
    kept = list(Flag.objects.values())
    assert scan_audit() == 0
    JobCursor.objects.all().delete()  # from the beginning again
    assert scan_audit() == 0
    assert list(Flag.objects.values()) == kept


def test_what_is_new_is_looked_at_and_nothing_else(django_assert_max_num_queries):
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


def test_a_sweep_stops_when_its_time_is_over_and_goes_on_next_time(monkeypatch):
    monkeypatch.setattr(sweeping, "CHUNK", 2)  # intent and outcome of one edit
    edits = [ending("unknown") for _ in range(3)]
    assert scan_audit(seconds=-1) == 1
    assert scan_audit(seconds=-1) == 1
    assert scan_audit() == 1
    assert waiting() == [(one, "unknown") for one in edits]


def test_an_outcome_that_changes_closes_its_flag_by_itself():
    edit_id = ending("unknown")
    scan_audit()
    resolved(edit_id, "in_effect")
    scan_audit()
    flag = Flag.objects.get()
    assert flag.closed_at is not None
    assert (flag.closed_by, flag.closing) == ("", "Settled by itself: In effect")


def test_an_outcome_that_got_worse_gives_way_to_the_new_cause():
    edit_id = ending("unknown")
    scan_audit()
    resolved(edit_id, "unresolved")
    scan_audit()
    assert waiting() == [(edit_id, "unresolved")]


def test_an_edit_that_was_settled_between_two_sweeps_was_never_waiting():
    edit_id = ending("unknown")
    resolved(edit_id, "in_effect")
    scan_audit()
    assert not Flag.objects.exists()


def test_a_flag_of_what_pave_did_stays_when_the_outcome_changes():
    edit_id = ending("not_in_effect", {"session.theme": ("ignored", "LITE")}, http_status=200)
    scan_audit()
    resolved(edit_id, "late_applied")
    scan_audit()
    assert waiting() == [(edit_id, "drift_refused"), (edit_id, "late_applied")]


def test_what_a_person_closes_is_closed_here_too():
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


def test_what_was_reviewed_is_not_raised_again():
    edit_id = ending("unknown")
    scan_audit()
    Flag.objects.update(closed_at=timezone.now(), closed_by="Carol Weber")
    JobCursor.objects.all().delete()
    assert scan_audit() == 0
    resolved(edit_id, "in_effect")
    scan_audit()
    assert Flag.objects.get().closed_by == "Carol Weber"


def test_notes_and_reads_need_no_look():
    note(edit(), "audit.flagged", "By a person")
    note(action="watch.made")
    assert scan_audit() == 0


def test_an_entry_that_cannot_be_read_stops_no_sweep():
    AuditEntry.objects.filter(id=refusal()).update(outcome="nonsense")
    AuditEntry.objects.filter(op=ending("unknown"), kind=Kind.OUTCOME).update(body="[")
    after = refusal()
    assert scan_audit() == 1
    assert waiting() == [(after, "refused_by_policy")]


def test_flags_of_entries_that_were_taken_out_are_let_go():
    first = refusal()
    scan_audit()
    refusal()
    AuditEntry.objects.filter(id=first).delete()
    scan_audit()
    assert first not in dict(waiting())
    assert Flag.objects.get(entry_id=first).closing == "The entry was taken out of the record."


def test_the_reconcile_loop_sweeps():
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
