"""Play a small model of one session against the real dashboard, with Hypothesis.

The model is what PAVE holds, whether the customer has started, and whether an edit is open. Each
step must end as the model says; after each step the checker looks at everything about the session,
and at the end of a play everything is settled and checked once more.
"""

import os
from dataclasses import replace
from datetime import timedelta
from unittest import mock

import hypothesis
from django.conf import settings
from django.utils import timezone
from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from sessions_ui.models import Edit, JobLock
from sessions_ui.services.jobs.reconcile import reconcile_edits

from .checker import Violation, check
from .facts import read_facts
from .person import Person
from .points import finish
from .steps import Steps, counted
from .world import wait

SIZES = {"short": (4, 8), "hour": (40, 25), "long": (300, 50)}
EXPECTED = {
    "": "confirmed",
    "reset_before": "unknown",
    "reset_after": "in_effect",
    "error_before": "unknown",
    "error_after": "in_effect",
    "html": "in_effect",
    "truncated": "in_effect",
    "refused": "refused",
    "busy": "refused",
    "denied": "refused",
    "ignored": "not_in_effect",
}
APPLIED = ("confirmed", "in_effect")
VALUES = st.sampled_from(["LX", "Sport", "Touring", "EX-L"])
PEOPLE = st.sampled_from(["alice", "bob"])


class Play(RuleBasedStateMachine):
    """One play, on a session of its own in `world`, which is set before the first play."""

    world = None

    def __init__(self):
        super().__init__()
        self.key = self.world.session()
        self.held, self.started, self.open = "EX", False, False
        self.pages = {}

    @rule(name=PEOPLE)
    def look(self, name):
        self.pages[name] = (Person(self.world, name, self.key).open(), self.held)

    @rule(name=PEOPLE, value=VALUES, fault=st.sampled_from(list(EXPECTED)), twice=st.booleans())
    def submit(self, name, value, fault, twice):
        person = Person(self.world, name, self.key)
        page, held = self.pages.pop(name, None) or (person.open(), self.held)
        review = person.review(page, {"vehicle.trim": value})
        may = not self.open and not self.started and self.held == held != value
        assert review.is_review == may, review.text[:300]
        if not may:
            return
        if fault:
            self.world.pave.fault(fault, key=self.key)
        sent = person.send(review, {"vehicle.trim": value})
        if twice:
            again = person.send(review, {"vehicle.trim": value}, label="again")
            assert again.sent_to == sent.sent_to
        self._became(sent.sent_to, EXPECTED[fault], value)

    def _became(self, entry, outcome, value):
        state = Edit.objects.get(entry_id=entry).state
        assert state == outcome, f"{state}, not {outcome}"
        self.open = outcome == "unknown"
        if outcome in APPLIED:
            self.held = value

    @rule(value=VALUES, at=st.integers(1, 40))
    def crash(self, value, at):
        """Let a process die while it submits; only PAVE knows what it holds then."""

        def work():
            person = Person(self.world, "alice", self.key)
            review = person.review(person.open(), {"vehicle.trim": value})
            if review.is_review:
                with counted(Steps(at, brief=True)):
                    person.send(review, {"vehicle.trim": value})

        wait(self.world.fork(work))
        self.held = self.world.pave.session(self.key)["fields"]["vehicle.trim"]
        self._see_slot()

    def _see_slot(self):
        waiting = Edit.objects.filter(session_key=self.key, settled_at__isnull=True)
        self.open = waiting.exists()

    @rule(value=VALUES)
    def other_writer(self, value):
        self.world.pave.poke(self.key, "vehicle.trim", value)
        self.held = value

    @rule(chance=st.integers(1, 12))
    def customer_starts(self, chance):
        """Let the customer start: seldom, since nothing can be edited afterwards."""
        if chance == 12 and not self.started:
            self.world.pave.act(self.key, "start")
            self.started = True

    @rule()
    def sweep(self):
        """Move the clock past lease and settle time, and reconcile twice."""
        later = timezone.now() + timedelta(seconds=self.world.lease + self.world.settle + 1)
        with mock.patch.object(timezone, "now", return_value=later):
            reconcile_edits()
            reconcile_edits()
        self._see_slot()
        assert not self.open

    @precondition(lambda self: self.open)
    @rule()
    def forgotten(self):
        """Let PAVE not know the session while reconcile runs: an edit that was sent then has no
        known outcome."""
        before = {edit.entry_id: edit.state for edit in self._edits() if edit.settled_at is None}
        self.world.pave.fault("not_found", method="GET", key=self.key)
        self.sweep()
        self.world.pave.clear_faults()
        now = {edit.entry_id: edit.state for edit in self._edits() if edit.entry_id in before}
        expected = {"intent": "not_sent", "sent": "unresolved", "unknown": "unresolved"}
        assert now == {entry: expected[state] for entry, state in before.items()}

    def _edits(self):
        return Edit.objects.filter(session_key=self.key).order_by("entry_id")

    def _waiting(self):
        return self._edits().filter(state="unresolved", closed_at=None).first()

    @precondition(lambda self: self._waiting())
    @rule(is_known=st.booleans())
    def close(self, is_known):
        """Let a manager find out and close the edit; nobody else may, and only once."""
        edit = self._waiting()
        wanted = edit.changes["vehicle.trim"][1]
        verdict = "in_effect" if wanted == self.held else "not_in_effect"
        outcome = verdict if is_known else "unresolved"
        assert Person(self.world, "bob", self.key).close(edit.entry_id, outcome).status == 403
        for claimed in (outcome, "in_effect"):
            assert Person(self.world, "carol", self.key).close(edit.entry_id, claimed).status == 302
        edit.refresh_from_db()
        assert (edit.state, bool(edit.closed_at)) == (outcome, True)
        assert Person(self.world, "alice", self.key).open(edit.entry_id).outcome == outcome

    @invariant()
    def nothing_is_broken(self):
        violations = check(read_facts(self.world, only={self.key}), ended=False)
        assert not violations, "\n".join(map(str, violations))

    def teardown(self):
        self.world.pave.clear_faults()
        self.sweep()


def use_real_times():
    """Set the real deadlines: here time passes only when the model says so."""
    os.environ |= {"PAVE_SETTLE_SECONDS": "60", "PAVE_LEASE_SECONDS": "90"}
    settings.PAVE_SETTLE_SECONDS, settings.PAVE_LEASE_SECONDS = 60.0, 90.0
    settings.PAVE_SECOND_LOOKS = ()
    settings.PAVE = replace(settings.PAVE, read_timeout=15.0, get_deadline=15.0, put_deadline=15.0)


def run(world, seed, plays, steps):
    """Let Hypothesis play; give (plays, violations, words)."""
    use_real_times()
    Play.world, world.jumps = world, True
    options = hypothesis.settings(
        max_examples=plays,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    trouble = []
    try:
        run_state_machine_as_test(hypothesis.seed(seed)(Play), settings=options)
    except (AssertionError, hypothesis.errors.Flaky) as broken:
        trouble = [Violation("model", None, str(broken), getattr(broken, "__notes__", []))]
    JobLock.objects.update(until=timezone.now())  # it was taken with the clock ahead
    number, violations, _ = finish(world, plays, "", every=9)
    return (
        number,
        trouble + violations,
        f"{plays} plays of up to {steps} steps, {Edit.objects.count()} edits,"
        f" {Edit.objects.filter(closed_at__isnull=False).count()} closed by a person",
    )


def run_part(world, options):
    """Run this part with the options of the command line."""
    plays, steps = SIZES[options.size]
    return run(world, options.seed, options.count or plays, steps)
