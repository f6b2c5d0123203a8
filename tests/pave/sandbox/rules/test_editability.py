"""The sandbox's rules against the table of PAVE's manual, written out by hand."""

import pytest

from sessions_ui.pave.sandbox import start_sandbox
from sessions_ui.pave.sandbox.fields import FIELDS
from sessions_ui.pave.sandbox.rules.editability import delivery_class, may_delete, refusal
from sessions_ui.pave.sandbox.session import Session
from tests.pave.sandbox.raw_client import get, put

COLUMNS = ["IDLE", "STARTED", "PROCESS", "QC_PASSED", "CONFIRM", "COMPLETE", "EXPIRED", "INVALID"]
COLUMNS += ["ON_HOLD"]
TABLE = """
session.redirect_url   any       Y Y Y Y Y - - - -
session.language       any       Y Y Y Y Y - - - -
session.theme          any       Y - - - - - - - -
session.client_id      any       Y - - - - - - - -
vehicle.vin            any       Y - - - - - - - -
vehicle.year           any       Y - - - - - - - -
vehicle.make           any       Y - - - - - - - -
vehicle.model          any       Y - - - - - - - -
vehicle.body_type      any       Y - - - - - - - -
vehicle.trim           any       Y - - - - - - - -
vehicle.transmission   any       Y - - - - - - - -
vehicle.ext_col        any       Y - - - - - - - -
vehicle.int_col        any       Y - - - - - - - -
vehicle.odom_reading   any       Y - - - - - - - -
vehicle.odom_unit      any       Y - - - - - - - -
sms.to                 failed    Y - - - - - - - -
sms.to                 accepted  - - - - - - - - -
sms.to                 absent    - - - - - - - - -
sms.to                 none      - - - - - - - - -
sms.to_name            sms       Y - - - - - - - -
sms.from               sms       Y - - - - - - - -
sms.by                 sms       Y - - - - - - - -
sms.to_name            none      - - - - - - - - -
sms.from               none      - - - - - - - - -
sms.by                 none      - - - - - - - - -
session.contact        any       - - - - - - - - -
session.reference      any       - - - - - - - - -
session.status         any       - - - - - - - - -
session.session_key    any       - - - - - - - - -
vehicle.vehicle_id     any       - - - - - - - - -
vehicle.drivetrain     any       - - - - - - - - -
vehicle.engine_type    any       - - - - - - - - -
vehicle.fuel_type      any       - - - - - - - - -
sms.delivery_status    any       - - - - - - - - -
sms.delivery_message   any       - - - - - - - - -
"""
DELIVERIES = {
    "any": ("failed", "accepted", "absent", "none"),
    "sms": ("failed", "accepted", "absent"),
}
STATUS_LINES = {"failed": "400 Bad Request", "accepted": "201 Created", "absent": None}
STAMP = "2026-05-25T11:50:49.000000Z"


def session_in(status, delivery, *, started):
    session = Session("SBX-0000000000", STAMP, status)
    session.inspect_started_at = STAMP if started else ""
    if delivery != "none":
        session.fields["sms.to"] = "416-555-0101"
        session.delivery_status = STATUS_LINES[delivery]
    return session


def cells():
    for line in TABLE.strip().splitlines():
        key, delivery, *marks = line.split()
        for status, mark in zip(COLUMNS, marks, strict=True):
            yield key, DELIVERIES.get(delivery, (delivery,)), status, mark == "Y"


def test_it_has_a_row_for_every_writable_field():
    assert {key for key, _, _, _ in cells()} >= set(FIELDS.keys)


@pytest.mark.parametrize(("key", "deliveries", "status", "allowed"), list(cells()))
def test_it_follows_the_table(key, deliveries, status, allowed):
    for delivery in deliveries:
        session = session_in(status, delivery, started=status != "IDLE")
        assert (refusal(session, key) == "") is allowed, delivery


@pytest.mark.parametrize("key", FIELDS.keys)
def test_it_takes_a_start_time_at_idle_for_started(key):
    session = session_in("IDLE", "failed", started=True)
    late = key in ("session.redirect_url", "session.language")
    assert (refusal(session, key) == "") is late


@pytest.mark.parametrize("key", FIELDS.keys)
def test_it_takes_a_status_without_start_time_for_started(key):
    session = session_in("PROCESS", "failed", started=False)
    late = key in ("session.redirect_url", "session.language")
    assert (refusal(session, key) == "") is late


@pytest.mark.parametrize(
    ("words", "sorted_as"),
    [
        (None, "absent"),
        ("", "absent"),
        ("   ", "absent"),
        ("200 OK", "accepted"),
        ("201 Created", "accepted"),
        (" 202 Accepted", "accepted"),
        ("299", "accepted"),
        ("400 Bad Request", "failed"),
        ("503", "failed"),
        ("failed", "failed"),
        ("undelivered", "failed"),
        ("2010 Created", "failed"),
    ],
)
def test_it_sorts_the_delivery_by_its_status_line(words, sorted_as):
    session = session_in("IDLE", "failed", started=False)
    session.delivery_status = words
    assert delivery_class(session) == sorted_as


def test_it_deletes_only_what_nobody_touched():
    assert may_delete(session_in("IDLE", "accepted", started=False))
    assert not may_delete(session_in("IDLE", "accepted", started=True))
    for status in COLUMNS[1:]:
        assert not may_delete(session_in(status, "accepted", started=False))


@pytest.fixture(scope="module")
def sandbox():
    with start_sandbox(seed=False) as running:
        yield running


MIXED = {"session": {"theme": "LITE", "language": "FR"}, "vehicle": {"trim": "Black Edition"}}


def test_it_refuses_all_in_strict_mode(sandbox):
    sandbox.state.turn("mode", "strict")
    key = sandbox.state.create(status="STARTED")
    before = sandbox.state.session(key)
    answer = put(sandbox, key, MIXED)
    assert answer.status == 400
    assert answer.json == {"message": f"Session {key} has been started and cannot be updated."}
    assert sandbox.state.session(key) == before
    row = sandbox.state.journal()[-1]
    assert (row["applied"], sorted(row["refused"])) == (False, ["session.theme", "vehicle.trim"])
    assert sandbox.state.applied(key) == []


def test_it_applies_the_rest_in_ignore_mode(sandbox):
    sandbox.state.turn("mode", "ignore")
    key = sandbox.state.create(status="STARTED")
    answer = put(sandbox, key, MIXED)
    assert answer.status == 200
    assert (answer.json["theme"], answer.json["language"]) == ("PRO", "FR")
    assert answer.json["vehicle"]["trim"] != "Black Edition"
    assert get(sandbox, key).json["language"] == "FR"
    assert sandbox.state.applied(key)[0]["changed"] == {"session.language": "FR"}


@pytest.mark.parametrize(
    "body",
    [
        {"session": {"status": "COMPLETE"}},
        {"session": {"contact": {"first_name": "A", "last_name": "B"}}},
        {"sms": {"delivery_status": "400 Bad Request"}},
        {"vehicle": {"vehicle_id": 7}},
        {"status": "COMPLETE"},
    ],
)
def test_it_keeps_what_is_its_own_in_both_modes(sandbox, body):
    key = sandbox.state.create(delivery="failed")
    before = get(sandbox, key).json
    sandbox.state.turn("mode", "strict")
    assert put(sandbox, key, body).status == 400
    sandbox.state.turn("mode", "ignore")
    assert put(sandbox, key, body).status == 200
    assert get(sandbox, key).json == before


def test_it_ignores_or_refuses_unknown_names(sandbox):
    sandbox.state.turn("mode", "strict")
    key = sandbox.state.create()
    body = {"session": {"theme": "LITE", "colour": "red"}, "extra": 1}
    sandbox.state.turn("unknown_keys", "refuse")
    assert put(sandbox, key, body).status == 400
    assert sandbox.state.document(key)["theme"] == "PRO"
    sandbox.state.turn("unknown_keys", "ignore")
    assert put(sandbox, key, body).json["theme"] == "LITE"
