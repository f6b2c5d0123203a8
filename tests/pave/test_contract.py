"""Compare our policy with the sandbox's own rules, cell by cell, over a real socket.

Both were written from PAVE's manual, neither from the other. For every field, status, delivery and
start time, the sandbox is asked to change the field, and must do so exactly where the policy says
that it is editable. A wrong rule on either side fails its own cells and no others.
"""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from sessions_ui.domain.catalogue import CATALOGUE, Catalogue, FieldSpec, Rule
from sessions_ui.domain.rules import policy
from sessions_ui.domain.rules.policy import Situation, Status, verdict
from sessions_ui.domain.snapshot import Snapshot, payload
from sessions_ui.domain.values.kinds import Kind
from sessions_ui.pave.client import PaveClient, PaveConfig, Secret
from sessions_ui.pave.errors import PaveRefused
from sessions_ui.pave.sandbox import start_sandbox
from sessions_ui.pave.sandbox.field_kinds import TEXT
from sessions_ui.pave.sandbox.fields import FIELDS, Field
from sessions_ui.pave.sandbox.rules import editability
from sessions_ui.pave.sandbox.server import signing

STATUSES = (*(status.value for status in Status), "ON_HOLD")
DELIVERIES = ("failed", "accepted", "absent", "none")
SITUATIONS = list(product(STATUSES, DELIVERIES, (False, True)))

# A field that PAVE does not have: one row on each side
PLATE = FieldSpec(
    "vehicle", "plate", "Plate", ("vehicle", "plate"), Kind.TEXT, Rule.BEFORE_START, ("A", "B")
)
WITH_PLATE = Catalogue((*CATALOGUE, PLATE))
SANDBOX_PLATE = Field("vehicle", "plate", TEXT, lambda sample: f"ABCD {sample.number:03}")


@pytest.fixture(scope="module")
def running():
    """Start one sandbox for all cells; every cell creates a session of its own."""
    with start_sandbox(port=0, state_path=None, seed=False) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running):
    """Give the sandbox in strict mode."""
    running.state.turn("mode", "strict")
    return running


@pytest.fixture(scope="module")
def pave(running):
    """Give the real client, pointed at the sandbox."""
    config = PaveConfig(
        base_url=running.base_url,
        username="sandbox",
        api_key="00000000-0000-4000-8000-000000000001",
        api_secret=Secret(signing.API_SECRET),
        rate=0,
    )
    return PaveClient(config)


def read(pave, key):
    return Snapshot.parse(pave.session_get(key).document, key, datetime.now(UTC))


def is_changed_by_pave(pave, key, spec, before, catalogue):
    """Return whether PAVE really changes the field when asked, whatever it answers."""
    current = before.text(spec.key, catalogue)
    wanted = next(value for value in spec.examples if not spec.kind.same(value, current))
    try:
        pave.session_update(key, payload({spec.key: wanted}, catalogue), request_id="contract")
    except PaveRefused:
        return False
    return spec.kind.same(read(pave, key).text(spec.key, catalogue), wanted)


def disagreements(sandbox, pave, situation, catalogue=CATALOGUE):
    """Return the cells in which policy and sandbox differ: (key, policy says, sandbox says)."""
    status, delivery, started = situation
    cells = set()
    for spec in catalogue.writable:
        key = sandbox.state.create(status=status, delivery=delivery, started=started)
        before = read(pave, key)
        ours = verdict(spec, Situation(before)).editable
        theirs = is_changed_by_pave(pave, key, spec, before, catalogue)
        if ours is not theirs:
            cells.add((spec.key, ours, theirs))
    return cells


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: "-".join(map(str, one)))
def test_policy_and_sandbox_agree_in_every_cell(sandbox, pave, situation):
    assert disagreements(sandbox, pave, situation) == set()


@pytest.mark.parametrize("status", STATUSES)
def test_they_agree_where_pave_ignores_instead_of_refusing(sandbox, pave, status):
    sandbox.state.turn("mode", "ignore")
    assert disagreements(sandbox, pave, (status, "accepted", status != "IDLE")) == set()


def test_a_wrong_rule_of_ours_fails_its_own_cells(sandbox, pave, monkeypatch):
    wrong = tuple(
        replace(row, locks=row.locks - {Rule.TEXT_DETAIL})
        if row.reason is policy.Reason.STARTED
        else row
        for row in policy.RULES
    )
    monkeypatch.setattr(policy, "RULES", wrong)
    details = {("sms.to_name", True, False), ("sms.from", True, False), ("sms.by", True, False)}
    assert disagreements(sandbox, pave, ("PROCESS", "failed", True)) == details
    assert disagreements(sandbox, pave, ("IDLE", "failed", False)) == set()
    assert disagreements(sandbox, pave, ("COMPLETE", "failed", True)) == set()


def test_a_wrong_rule_of_the_sandbox_fails_its_own_cells(sandbox, pave, monkeypatch):
    wrong = editability.BEFORE_COMPLETE | {"COMPLETE"}
    monkeypatch.setattr(editability, "BEFORE_COMPLETE", wrong)
    late = {("session.redirect_url", False, True), ("session.language", False, True)}
    assert disagreements(sandbox, pave, ("COMPLETE", "failed", True)) == late
    assert disagreements(sandbox, pave, ("CONFIRM", "failed", True)) == set()
    assert disagreements(sandbox, pave, ("EXPIRED", "failed", True)) == set()


def test_a_new_row_of_the_catalogue_is_compared_by_itself(sandbox, pave):
    assert PLATE in WITH_PLATE.writable
    missing = {("vehicle.plate", True, False)}
    assert disagreements(sandbox, pave, ("IDLE", "failed", False), WITH_PLATE) == missing


@pytest.mark.parametrize("status", STATUSES)
def test_a_new_field_needs_one_row_on_each_side(sandbox, pave, monkeypatch, status):
    monkeypatch.setattr(FIELDS, "rows", (*FIELDS.rows, SANDBOX_PLATE))
    for started in (False, True):
        assert disagreements(sandbox, pave, (status, "failed", started), WITH_PLATE) == set()
