"""Time travel equals replay: what a page says of a moment against the sandbox's own journal.

Random sequences of edits, of changes behind our back and of the customer's steps go through the
real pages and a real sandbox, on a clock of the test's own. Then moments are picked at random.
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
from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.rules.policy import Situation, verdict
from sessions_ui.domain.snapshot import Snapshot
from sessions_ui.pave.sandbox.rules.customer import Refused
from sessions_ui.services.sessions.history import session_past
from tests.pages import Agent, Page

pytestmark = pytest.mark.django_db(transaction=True)

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CLAIMED = {Certainty.EXACT, Certainty.BOTH, Certainty.STAMPED, Certainty.BEFORE}
WORDS = {"vehicle.trim", "vehicle.int_col", "session.client_id", "sms.to_name", "sms.by"}
NEW = count(1)
ACTIONS = ("start", "photo", "pass", "confirm", "complete", "expire", "invalid")
TEXTS = ("fail-text", "deliver-text", "forget-text")


@pytest.fixture
def clock(monkeypatch):
    """A clock for everybody: house, sandbox and database."""
    with time_machine.travel(BEGIN) as traveller:
        monkeypatch.setattr("sessions_ui.audit.log.insert.database_clock", timezone.now)
        yield traveller


class Play:
    """One session under way, with what was true after each step."""

    def __init__(self, seed, clock, agent, sandbox, key):
        self.dice, self.clock = random.Random(seed), clock  # noqa: S311
        self.agent, self.sandbox, self.key = agent, sandbox, key
        self.truth = [(timezone.now(), sandbox.state.document(key))]

    def run(self, steps):
        """Take so many steps, each a while after the one before."""
        acts = [self.edit] * 5 + [self.poke] * 3 + [self.look] * 3 + [self.text]
        acts += [self.customer, self.lost]
        for _ in range(steps):
            self.clock.shift(timedelta(seconds=self.dice.choice((3, 40, 900, 7200))))
            self.dice.choice(acts)()
            self.truth.append((timezone.now(), self.sandbox.state.document(self.key)))
        self.clock.shift(timedelta(seconds=600))

    def typed(self):
        keys = self.dice.sample(sorted(WORDS), self.dice.randint(1, 3))
        return {CATALOGUE[key].input_name: f"Word {next(NEW)}" for key in keys}

    def edit(self):
        self.agent.client.force_login(self.agent.person)
        page = self.agent.open()
        review = self.agent.post({**page.inputs(), **self.typed()}, "review")
        if b"data-payload" in review.content:
            self.agent.send(self.agent.read(review))

    def lost(self):
        """PAVE takes the edit, and its answer gets lost; it is settled when somebody looks."""
        self.sandbox.state.fault("reset_after", method="PUT")
        self.edit()
        self.sandbox.state.clear_faults()

    def poke(self):
        key = self.dice.choice(sorted(WORDS))
        self.sandbox.state.poke(self.key, key, f"Word {next(NEW)}")

    def look(self):
        self.agent.client.force_login(self.agent.person)
        self.agent.open()

    def customer(self):
        with suppress(Refused):  # most are not possible now
            self.sandbox.state.act(self.key, self.dice.choice(ACTIONS))

    def text(self):
        self.sandbox.state.act(self.key, self.dice.choice(TEXTS))

    def moments(self, number):
        """Moments between the steps and at them, none before the first."""
        last = (timezone.now() - BEGIN).total_seconds()
        picked = [BEGIN + timedelta(seconds=self.dice.uniform(0, last)) for _ in range(number)]
        return [*picked, *(at for at, _ in self.truth)]

    def true_at(self, at):
        """What PAVE held at a moment: its document after the last step until then."""
        _, document = self.truth[bisect_right(self.truth, at, key=lambda pair: pair[0]) - 1]
        return Snapshot(self.key, document, at)

    def folded(self, at):
        """The values at a moment by an independent fold: the sandbox's journal up to it."""
        values = dict(self.first)
        for row in self.sandbox.state.journal():
            then = datetime.fromisoformat(row["at"])
            if row["kind"] == "application" and row["applied"] and then <= at:
                values |= row["values"]
        return values

    def texts_between(self, key, known):
        """All that PAVE held in a field from the look before a moment to the look after it."""
        low = known.before.at if known.before else BEGIN
        high = known.after.at if known.after else timezone.now()
        inside = [document for at, document in self.truth if low < at <= high]
        return {Snapshot(self.key, one, high).text(key) for one in inside} | {
            self.true_at(low).text(key)
        }


@pytest.fixture
def play(clock, client, alice, sandbox):
    """Give a function that plays one seed to its end."""

    def played(seed, steps=14):
        session = {"theme": "PRO", "language": "EN", "client_id": "First"}
        key = sandbox.state.create(status="IDLE", delivery="failed", session=session)
        agent = Agent(client, alice, key)
        agent.person, agent.read = alice, Page
        one = Play(seed, clock, agent, sandbox, key)
        one.first = dict(sandbox.state.session(key)["fields"])
        one.run(steps)
        return one

    return played


def why(play, at, key, known):
    return f"{key} at {at}: {known} but {play.true_at(at).text(key)!r}"


@pytest.mark.parametrize("seed", range(6))
def test_what_is_said_of_a_moment_is_what_pave_held_then(play, seed):
    one, claims = play(seed), 0
    for at in one.moments(25):
        moment = session_past(session_key=one.key, at=at).moment
        true, folded = one.true_at(at), one.folded(at)
        situation = Situation(true)
        for field in moment.fields:
            key, known = field.spec.key, field.known
            same = field.spec.kind.same
            held = true.text(key)
            assert same(held, folded.get(key, "")), "the test's own two truths disagree"
            if known.certainty in CLAIMED:
                claims += 1
                assert same(known.text, held), why(one, at, key, known)
            elif known.texts:
                between = one.texts_between(key, known)
                assert {known.texts[0], known.texts[-1]} <= between, why(one, at, key, known)
            delivered = true.delivery_text in moment.delivery.texts
            if field.verdict and not moment.pending and delivered:
                assert field.verdict.reason == verdict(field.spec, situation).reason, (at, key)
        assert true.raw_status in moment.statuses, (at, moment.status)
    assert claims > 300
