"""Test the editability matrix, written out by hand from PAVE's manual, against the policy."""

from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_ui.domain.catalogue import CATALOGUE, Rule
from sessions_ui.domain.rules.policy import RULES, Reason, Situation, Status, verdict, verdicts
from sessions_ui.domain.snapshot import Snapshot
from sessions_ui.domain.status import Stage

STATUSES = [*(status.value for status in Status), "ON_HOLD"]
MATRIX = """
session.redirect_url  Y Y Y Y Y - - - -
session.language      Y Y Y Y Y - - - -
session.theme         Y - - - - - - - -
session.client_id     Y - - - - - - - -
vehicle               Y - - - - - - - -
sms.to/error          Y - - - - - - - -
sms.to/ok             - - - - - - - - -
sms.to/unknown        - - - - - - - - -
sms.to/none           - - - - - - - - -
sms.to_name           Y - - - - - - - -
sms.from              Y - - - - - - - -
sms.by                Y - - - - - - - -
"""
DELIVERY = {"error": "400 Bad Request", "ok": "201 Created", "unknown": ""}
ROWS = {line.split()[0]: line.split()[1:] for line in MATRIX.strip().splitlines()}
STARTED_AT = "2026-11-23T19:02:11.000000Z"


def snapshot(status="IDLE", delivery="error", started_at=""):
    options = {"client_id": "NG-1"}
    if delivery != "none":
        options["sms"] = {"to": "647-555-0126", "delivery_status": DELIVERY[delivery]}
    document = {"status": status, "inspect_started_at": started_at, "options": options}
    return Snapshot("NGF-1", document, datetime(2026, 11, 23, tzinfo=UTC))


def expected(key, status, delivery):
    """Y or -, from the matrix. Without a text, no field of the text message opens."""
    if key.startswith("sms.") and delivery == "none":
        return "-"
    names = (key, f"{key}/{delivery}", key.split(".")[0])
    row = next(ROWS[name] for name in names if name in ROWS)
    return row[STATUSES.index(status)]


CELLS = [
    (spec.key, status, delivery)
    for spec, status, delivery in product(CATALOGUE.writable, STATUSES, (*DELIVERY, "none"))
]


@pytest.mark.parametrize(("key", "status", "delivery"), CELLS)
def test_it_follows_the_matrix_cell_by_cell(key, status, delivery):
    started_at = "" if status == "IDLE" else STARTED_AT
    found = verdict(CATALOGUE[key], Situation(snapshot(status, delivery, started_at)))
    assert ("Y" if found.editable else "-") == expected(key, status, delivery)


@pytest.mark.parametrize("key", [spec.key for spec in CATALOGUE.writable])
def test_it_treats_disagreeing_signs_as_started(key):
    idle_but_started = Situation(snapshot("IDLE", "error", STARTED_AT))
    started_without_time = Situation(snapshot("STARTED", "error", ""))
    later = CATALOGUE[key].rule is Rule.UNTIL_COMPLETED
    assert verdict(CATALOGUE[key], idle_but_started).editable is later
    assert verdict(CATALOGUE[key], started_without_time).editable is later


ORDER = [
    (Reason.PAVE_UNREACHABLE, Situation(None, may_edit=False, pending=True)),
    (Reason.NO_PERMISSION, Situation(snapshot("ON_HOLD"), may_edit=False, pending=True)),
    (Reason.EDIT_PENDING, Situation(snapshot("ON_HOLD"), pending=True)),
    (Reason.UNKNOWN_STATUS, Situation(snapshot("ON_HOLD", "none", STARTED_AT))),
    (Reason.INVALID, Situation(snapshot("INVALID", "none", STARTED_AT))),
    (Reason.EXPIRED, Situation(snapshot("EXPIRED", "none", STARTED_AT))),
    (Reason.COMPLETED, Situation(snapshot("COMPLETE", "none", STARTED_AT))),
    (Reason.STARTED, Situation(snapshot("PROCESS", "none", STARTED_AT))),
    (Reason.NO_SMS, Situation(snapshot("IDLE", "none"))),
    (Reason.SMS_UNKNOWN, Situation(snapshot("IDLE", "unknown"))),
    (Reason.SMS_NOT_FAILED, Situation(snapshot("IDLE", "ok"))),
]


@pytest.mark.parametrize(("reason", "situation"), ORDER)
def test_it_names_the_first_reason_that_holds(reason, situation):
    assert verdict(CATALOGUE["sms.to"], situation).reason is reason


def test_it_says_for_every_rule_what_holds_what_unlocks_and_where_it_is_written():
    assert [row.reason for row in RULES] == list(Reason)
    assert all(row.sentence and row.unlock and row.source and row.locks for row in RULES)


def test_it_rests_on_named_values_of_pave():
    found = verdict(CATALOGUE["session.theme"], Situation(snapshot("PROCESS", "ok", STARTED_AT)))
    assert found.since == datetime(2026, 11, 23, 19, 2, 11, tzinfo=UTC)
    assert dict(found.looked_at) == {"status": "PROCESS"}
    number = verdict(CATALOGUE["sms.to"], Situation(snapshot("IDLE", "ok")))
    assert dict(number.looked_at) == {"status": "IDLE", "delivery": "201 Created"}


def test_it_has_no_verdict_for_what_pave_alone_writes():
    with pytest.raises(ValueError, match=r"session\.status"):
        verdict(CATALOGUE["session.status"], Situation(snapshot()))


def test_it_never_reopens_at_a_later_status_what_an_earlier_one_closed():
    in_order = [status for status in Status if status.stage is not Stage.DEAD]
    for delivery in (*DELIVERY, "none"):
        for spec in CATALOGUE.writable:
            opened = [
                verdict(
                    spec,
                    Situation(
                        snapshot(s.value, delivery, s is not Status.IDLE and STARTED_AT or "")
                    ),
                ).editable
                for s in in_order
            ]
            assert opened == sorted(opened, reverse=True)


@given(
    status=st.one_of(st.sampled_from(STATUSES), st.text(max_size=12)),
    delivery=st.one_of(st.none(), st.text(max_size=20)),
    started=st.one_of(st.none(), st.text(max_size=20)),
    may_edit=st.booleans(),
    pending=st.booleans(),
)
def test_it_decides_every_cell_and_denies_what_it_does_not_know(
    status, delivery, started, may_edit, pending
):
    document = {
        "status": status,
        "inspect_started_at": started,
        "options": {"sms": {"to": "1", "delivery_status": delivery}},
    }
    situation = Situation(
        Snapshot("A-1", document, datetime(2026, 1, 1, tzinfo=UTC)),
        may_edit=may_edit,
        pending=pending,
    )
    found = verdicts(situation)
    assert set(found) == {spec.key for spec in CATALOGUE.writable}
    if status not in STATUSES[:-1] or pending or not may_edit:
        assert not any(one.editable for one in found.values())
