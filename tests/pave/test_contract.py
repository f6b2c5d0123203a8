"""Our policy against the sandbox's own rules, cell by cell, over a real socket.

Both were written from PAVE's manual, neither from the other. For every field, status, delivery and
start sign the sandbox is asked to change the field, and must do it exactly where the policy says
that it is editable. A wrong rule on either side fails its own cells and no others.
"""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from sessions_ui.domain.catalogue import CATALOGUE, FieldSpec, Rule
from sessions_ui.domain.rules import policy
from sessions_ui.domain.rules.policy import Situation, Status, verdict
from sessions_ui.domain.snapshot import Snapshot, payload
from sessions_ui.domain.values.kinds import Kind
from sessions_ui.pave.client import PaveClient, PaveConfig, Secret
from sessions_ui.pave.errors import PaveRefused
from sessions_ui.pave.sandbox import start_sandbox
from sessions_ui.pave.sandbox.rules import editability as rules
from sessions_ui.pave.sandbox.server import signing

STATUSES = (*(status.value for status in Status), "ON_HOLD")
DELIVERIES = ("failed", "accepted", "absent", "none")
SITUATIONS = list(product(STATUSES, DELIVERIES, (False, True)))


@pytest.fixture(scope="module")
def pretend():
    """One sandbox for all cells; every cell makes a session of its own."""
    sandbox = start_sandbox(port=0, state_path=None, seed=False)
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def pave(pretend):
    """The real client, pointed at it."""
    config = PaveConfig(
        base_url=pretend.base_url,
        username="sandbox",
        api_key="00000000-0000-4000-8000-000000000001",
        api_secret=Secret(signing.API_SECRET),
        rate=0,
    )
    return PaveClient(config)


def cases(catalogue=CATALOGUE):
    """The fields to try: whatever the catalogue says is writable."""
    return catalogue.writable


def read(pave, key):
    return Snapshot.parse(pave.session_get(key).document, key, datetime.now(UTC))


def pave_takes(pave, key, spec, before):
    """Whether PAVE really changes the field when asked, whatever it answers."""
    wanted = next(one for one in spec.examples if not spec.kind.same(one, before.text(spec.key)))
    try:
        pave.session_update(key, payload({spec.key: wanted}), request_id="contract")
    except PaveRefused:
        return False
    return spec.kind.same(read(pave, key).text(spec.key), wanted)


def disagreements(pretend, pave, situation, specs=None):
    """The cells in which policy and sandbox differ: ``{(key, policy says, sandbox says)}``."""
    status, delivery, started = situation
    found = set()
    for spec in specs or cases():
        key = pretend.state.create(status=status, delivery=delivery, started=started)
        before = read(pave, key)
        ours = verdict(spec, Situation(before)).editable
        theirs = pave_takes(pave, key, spec, before)
        if ours is not theirs:
            found.add((spec.key, ours, theirs))
    return found


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: "-".join(map(str, one)))
def test_it_agrees_with_the_sandbox_in_every_cell(pretend, pave, situation):
    pretend.state.switches.turn("mode", "strict")
    assert disagreements(pretend, pave, situation) == set()


@pytest.mark.parametrize("status", STATUSES)
def test_it_agrees_where_pave_ignores_instead_of_refusing(pretend, pave, status):
    pretend.state.switches.turn("mode", "ignore")
    assert disagreements(pretend, pave, (status, "accepted", status != "IDLE")) == set()


def test_a_wrong_rule_of_ours_fails_its_own_cells(pretend, pave, monkeypatch):
    pretend.state.switches.turn("mode", "strict")
    wrong = tuple(
        replace(row, locks=row.locks - {Rule.TEXT_DETAIL})
        if row.reason is policy.Reason.STARTED
        else row
        for row in policy.RULES
    )
    monkeypatch.setattr(policy, "RULES", wrong)
    details = {("sms.to_name", True, False), ("sms.from", True, False), ("sms.by", True, False)}
    assert disagreements(pretend, pave, ("PROCESS", "failed", True)) == details
    assert disagreements(pretend, pave, ("IDLE", "failed", False)) == set()
    assert disagreements(pretend, pave, ("COMPLETE", "failed", True)) == set()


def test_a_wrong_rule_of_the_sandbox_fails_its_own_cells(pretend, pave, monkeypatch):
    pretend.state.switches.turn("mode", "strict")
    monkeypatch.setattr(rules, "BEFORE_COMPLETE", rules.BEFORE_COMPLETE | {"COMPLETE"})
    late = {("session.redirect_url", False, True), ("session.language", False, True)}
    assert disagreements(pretend, pave, ("COMPLETE", "failed", True)) == late
    assert disagreements(pretend, pave, ("CONFIRM", "failed", True)) == set()
    assert disagreements(pretend, pave, ("EXPIRED", "failed", True)) == set()


def test_a_new_row_of_the_catalogue_is_a_case_by_itself():
    plate = FieldSpec(
        "vehicle", "plate", "Plate", ("vehicle", "plate"), Kind.TEXT, Rule.BEFORE_START, ("A", "B")
    )
    assert plate in cases(CATALOGUE.with_rows([plate]))
