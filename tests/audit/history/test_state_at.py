"""Test the state of a session at a moment: its possible statuses and locks, and a test by a model.

The model: random sequences of edits, of changes by others and of the customer's steps go through
the real pages and a real sandbox, on a clock of the test's own. Then moments are picked at random,
and the state at each is compared with what the sandbox really held.
"""

import random
from bisect import bisect_right
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import time_machine
from django.utils import timezone

from sessions_ui.audit.history.facts import Certainty
from sessions_ui.audit.history.state_at import state_at
from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.rules.policy import Situation, verdict
from sessions_ui.domain.snapshot import Snapshot
from sessions_ui.pave.sandbox.rules.customer import Refused
from sessions_ui.services.sessions.history import session_state_at
from tests.pages import Agent, Page

from .builders import NOON, THEME, observed_facts


@pytest.mark.parametrize(
    ("looks", "statuses", "locks"),
    [
        # observed before and after, the same
        ([(-1, "IDLE", None, "30 failed"), (1, "IDLE", None, "30 failed")], "IDLE",
         {THEME: "EDITABLE", "sms.to": "EDITABLE"}),
        ([(-1, "IDLE", None, "201"), (1, "IDLE", None, "201")], "IDLE",
         {THEME: "EDITABLE", "sms.to": "SMS_NOT_FAILED"}),
        # started in between: PAVE says when
        ([(-1, "IDLE", None, "201"), (1, "STARTED", 0.5, "201")], "IDLE", {THEME: "EDITABLE"}),
        ([(-1, "IDLE", None, "201"), (1, "STARTED", -0.5, "201")], "STARTED",
         {THEME: "STARTED", "session.language": "EDITABLE"}),
        ([(-1, "IDLE", None, "201"), (1, "STARTED", 0, "201")], "IDLE STARTED",
         {THEME: "UNKNOWN", "session.language": "EDITABLE"}),
        # every status between two others is possible
        ([(-1, "PROCESS", -3, "201"), (1, "COMPLETE", -3, "201")],
         "PROCESS QC_PASSED CONFIRM COMPLETE", {THEME: "UNKNOWN", "session.language": "UNKNOWN"}),
        ([(-1, "STARTED", -3, "201"), (1, "EXPIRED", -3, "201")],
         "STARTED PROCESS QC_PASSED CONFIRM EXPIRED", {THEME: "UNKNOWN"}),
        # not observed before: a session begins as IDLE
        ([(1, "IDLE", None, "201")], "IDLE", {THEME: "EDITABLE"}),
        ([(1, "STARTED", 0.5, "201")], "IDLE", {THEME: "EDITABLE"}),
        # not observed since
        ([(-1, "COMPLETE", -3, "201")], "COMPLETE EXPIRED INVALID", {THEME: "UNKNOWN"}),
        # a status that PAVE's manual does not name
        ([(-1, "PAUSED", None, "201"), (1, "PAUSED", None, "201")], "PAUSED",
         {THEME: "UNKNOWN_STATUS"}),
        # no fact at all
        ([], "IDLE STARTED PROCESS QC_PASSED CONFIRM COMPLETE EXPIRED INVALID",
         {THEME: "UNKNOWN", "sms.to": "UNKNOWN"}),
        # the delivery changed in between
        ([(-1, "IDLE", None, "30 failed"), (1, "IDLE", None, "201")], "IDLE",
         {THEME: "EDITABLE", "sms.by": "EDITABLE", "sms.to": "UNKNOWN"}),
    ],
)  # fmt: skip
def test_locks_are_known_as_far_as_the_observations_reach(looks, statuses, locks):
    state = state_at(observed_facts(*looks), "A-1", NOON)
    assert list(state.statuses) == statuses.split()
    codes = {
        field.spec.key: (field.verdict.reason or "EDITABLE") if field.verdict else "UNKNOWN"
        for field in state.fields
    }
    assert {key: str(codes[key]) for key in locks} == locks


def test_every_delivery_is_possible_where_none_was_observed():
    observed = observed_facts((-1, "IDLE", None, ""), (1, "IDLE", None, ""))
    facts = [fact for fact in observed if fact.key != "sms.delivery_status"]
    state = state_at(facts, "A-1", NOON)
    reasons = {
        field.spec.key: {str(judged.reason) for judged in field.verdicts} for field in state.fields
    }
    assert reasons["sms.to"] == {"None", "SMS_UNKNOWN", "SMS_NOT_FAILED"}
    assert reasons["sms.by"] == {"None"}


def test_an_open_edit_locks_every_field():
    facts = observed_facts((-1, "IDLE", None, "201"), (1, "IDLE", None, "201"))
    state = state_at(facts, "A-1", NOON, pending=[7])
    assert {str(field.verdict.reason) for field in state.fields} == {"EDIT_PENDING"}


# --- compared with the sandbox's journal ---

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PLAIN_FIELDS = ("session.client_id", "sms.by", "sms.to_name", "vehicle.int_col", "vehicle.trim")
NUMBERS = count(1)
CUSTOMER_STEPS = ("start", "photo", "pass", "confirm", "complete", "expire", "invalid")
TEXT_MESSAGE_STEPS = ("fail-text", "deliver-text", "forget-text")


@pytest.fixture
def clock(monkeypatch):
    """One clock for the dashboard, the sandbox and the database."""
    with time_machine.travel(BEGIN) as traveller:
        monkeypatch.setattr("sessions_ui.audit.log.insert.database_clock", timezone.now)
        yield traveller


class Scenario:
    """One session with a random course, and what the sandbox held after each step."""

    def __init__(self, seed, clock, agent, sandbox, key):
        self.random, self.clock = random.Random(seed), clock  # noqa: S311
        self.agent, self.sandbox, self.key = agent, sandbox, key
        self.first = dict(sandbox.state.session(key)["fields"])
        self.documents = [(timezone.now(), sandbox.state.document(key))]

    def run(self, steps):
        """Take so many random steps, each a while after the one before."""
        actions = [self.edit] * 5 + [self.change_elsewhere] * 3 + [self.read] * 3
        actions += [self.text_message_step, self.customer_step, self.edit_without_answer]
        for _ in range(steps):
            self.clock.shift(timedelta(seconds=self.random.choice((3, 40, 900, 7200))))
            self.random.choice(actions)()
            self.documents.append((timezone.now(), self.sandbox.state.document(self.key)))
        self.clock.shift(timedelta(seconds=600))

    def typed(self):
        keys = self.random.sample(PLAIN_FIELDS, self.random.randint(1, 3))
        return {CATALOGUE[key].input_name: f"Word {next(NUMBERS)}" for key in keys}

    def edit(self):
        self.agent.client.force_login(self.agent.person)
        page = self.agent.open()
        review = self.agent.post({**page.inputs(), **self.typed()}, "review")
        if b"data-payload" in review.content:
            self.agent.send(Page(review))

    def edit_without_answer(self):
        """PAVE takes the edit, but its answer gets lost: it is settled at the next read."""
        self.sandbox.state.fault("reset_after", method="PUT")
        self.edit()
        self.sandbox.state.clear_faults()

    def change_elsewhere(self):
        key = self.random.choice(PLAIN_FIELDS)
        self.sandbox.state.poke(self.key, key, f"Word {next(NUMBERS)}")

    def read(self):
        self.agent.client.force_login(self.agent.person)
        self.agent.open()

    def customer_step(self):
        with suppress(Refused):  # most steps are not possible now
            self.sandbox.state.act(self.key, self.random.choice(CUSTOMER_STEPS))

    def text_message_step(self):
        self.sandbox.state.act(self.key, self.random.choice(TEXT_MESSAGE_STEPS))

    def moments(self, number):
        """So many moments between the steps, and that of every step; none before the first."""
        last = (timezone.now() - BEGIN).total_seconds()
        picked = [BEGIN + timedelta(seconds=self.random.uniform(0, last)) for _ in range(number)]
        return [*picked, *(at for at, _ in self.documents)]

    def actual_at(self, at):
        """What PAVE held at a moment: its document after the last step until then."""
        _, document = self.documents[bisect_right(self.documents, at, key=lambda pair: pair[0]) - 1]
        return Snapshot(self.key, document, at)

    def journal_values(self, at):
        """The values at a moment by other means: the sandbox's journal up to it."""
        values = dict(self.first)
        for row in self.sandbox.state.journal():
            applied_at = datetime.fromisoformat(row["at"])
            if row["kind"] == "application" and row["applied"] and applied_at <= at:
                values |= row["values"]
        return values

    def texts_between(self, key, known):
        """All that PAVE held in a field from the fact before a moment to the fact after it."""
        low = known.before.at if known.before else BEGIN
        high = known.after.at if known.after else timezone.now()
        inside = [document for at, document in self.documents if low < at <= high]
        return {Snapshot(self.key, document, high).text(key) for document in inside} | {
            self.actual_at(low).text(key)
        }


@pytest.fixture
def scenario(clock, client, alice, sandbox):
    """Give a function that runs the scenario of a seed to its end."""

    def run(seed, steps=14):
        session = {"theme": "PRO", "language": "EN", "client_id": "First"}
        key = sandbox.state.create(status="IDLE", delivery="failed", session=session)
        agent = Agent(client, alice, key)
        agent.person = alice
        made = Scenario(seed, clock, agent, sandbox, key)
        made.run(steps)
        return made

    return run


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(6))
def test_the_state_at_a_moment_is_what_pave_held_then(scenario, seed):
    session, claims = scenario(seed), 0
    for at in session.moments(25):
        state = session_state_at(session.key, at).state
        actual, journal = session.actual_at(at), session.journal_values(at)
        situation = Situation(actual)
        for field in state.fields:
            key, known = field.spec.key, field.known
            same, held = field.spec.kind.same, actual.text(key)
            details = f"{key} at {at}: {known} but {held!r}"
            assert same(held, journal.get(key, "")), "the test's own two truths disagree"
            if known.settled or (known.certainty is Certainty.ASSUMED and known.before):
                claims += 1
                assert same(known.text, held), details
            elif known.texts:
                between = session.texts_between(key, known)
                assert {known.texts[0], known.texts[-1]} <= between, details
            delivered = actual.delivery_text in state.delivery.texts
            if field.verdict and not state.pending and delivered:
                assert field.verdict.reason == verdict(field.spec, situation).reason, (at, key)
        assert actual.raw_status in state.statuses, (at, state.status)
    assert claims > 300
