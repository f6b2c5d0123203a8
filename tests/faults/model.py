"""A small model of one session, played against the real house by Hypothesis.

The model is a dict of what PAVE holds, whether the customer has started, and whether an edit is
open. Each step must come to what the model says; after each step the checker looks at everything
about the session, and at the end of a play all is settled and looked at once more.
"""

import os
from dataclasses import replace
from datetime import timedelta
from unittest import mock

import hypothesis
from django.conf import settings as house
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
from .person import Person
from .points import finished
from .steps import Steps, counted
from .truth import facts_read
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
    """One play, on a session of its own in `world`, which is set before the first."""

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
        """A process dies while it submits; what PAVE holds then, only PAVE knows."""

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
        """Seldom, since nothing can be edited afterwards."""
        if chance == 12 and not self.started:
            self.world.pave.act(self.key, "start")
            self.started = True

    @rule()
    def sweep(self):
        """The clock jumps past lease and settle time, and reconcile comes by twice."""
        later = timezone.now() + timedelta(seconds=self.world.lease + self.world.settle + 1)
        with mock.patch.object(timezone, "now", return_value=later):
            reconcile_edits()
            reconcile_edits()
        self._see_slot()
        assert not self.open

    @precondition(lambda self: self.open)
    @rule()
    def forgotten(self):
        """When reconcile comes by, PAVE does not know the session for a moment: nobody can say what
        became of an edit that was sent."""
        was = {one.entry_id: one.state for one in self._edits() if one.settled_at is None}
        self.world.pave.fault("not_found", method="GET", key=self.key)
        self.sweep()
        self.world.pave.clear_faults()
        now = {one.entry_id: one.state for one in self._edits() if one.entry_id in was}
        expected = {"intent": "not_sent", "sent": "unresolved", "unknown": "unresolved"}
        assert now == {entry: expected[state] for entry, state in was.items()}

    def _edits(self):
        return Edit.objects.filter(session_key=self.key).order_by("entry_id")

    def _waiting(self):
        return self._edits().filter(state="unresolved", closed_at=None).first()

    @precondition(lambda self: self._waiting())
    @rule(is_known=st.booleans())
    def close(self, is_known):
        """A manager finds out what is so, and closes the edit; nobody else may, and only once."""
        edit = self._waiting()
        wanted = edit.changes["vehicle.trim"][1]
        so = "in_effect" if wanted == self.held else "not_in_effect"
        outcome = so if is_known else "unresolved"
        assert Person(self.world, "bob", self.key).close(edit.entry_id, outcome).status == 403
        for said in (outcome, "in_effect"):
            assert Person(self.world, "carol", self.key).close(edit.entry_id, said).status == 302
        edit.refresh_from_db()
        assert (edit.state, bool(edit.closed_at)) == (outcome, True)
        assert Person(self.world, "alice", self.key).open(edit.entry_id).outcome == outcome

    @invariant()
    def nothing_is_broken(self):
        found = check(facts_read(self.world, only={self.key}), ended=False)
        assert not found, "\n".join(map(str, found))

    def teardown(self):
        self.world.pave.clear_faults()
        self.sweep()


def slowed():
    """Give this world the clock of real life: here time goes by only when the model says so."""
    os.environ |= {"PAVE_SETTLE_SECONDS": "60", "PAVE_LEASE_SECONDS": "90"}
    house.PAVE_SETTLE_SECONDS, house.PAVE_LEASE_SECONDS = 60.0, 90.0
    house.PAVE_SECOND_LOOKS = ()
    house.PAVE = replace(house.PAVE, read_timeout=15.0, get_deadline=15.0, put_deadline=15.0)


def run(world, seed, plays, steps):
    """Let Hypothesis play; gives (plays, violations, words)."""
    slowed()
    Play.world, world.jumps = world, True
    told = hypothesis.settings(
        max_examples=plays,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    trouble = []
    try:
        run_state_machine_as_test(hypothesis.seed(seed)(Play), settings=told)
    except (AssertionError, hypothesis.errors.Flaky) as broken:
        trouble = [Violation("model", None, str(broken), getattr(broken, "__notes__", []))]
    JobLock.objects.update(until=timezone.now())  # it was taken in the future
    number, found, _ = finished(world, plays, "", every=9)
    return (
        number,
        trouble + found,
        f"{plays} plays of up to {steps} steps, {Edit.objects.count()} edits,"
        f" {Edit.objects.filter(closed_at__isnull=False).count()} closed by a person",
    )


def sized(world, asked):
    """Run with what was asked for on the command line."""
    plays, steps = SIZES[asked.size]
    return run(world, asked.seed, asked.count or plays, steps)
