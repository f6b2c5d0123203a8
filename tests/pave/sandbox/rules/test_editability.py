"""Test the rules against the table of PAVE's manual, written out by hand."""

import pytest

from sessions_ui.pave.sandbox.fields import FIELDS
from sessions_ui.pave.sandbox.rules.editability import delivery_class, may_delete, refusal
from sessions_ui.pave.sandbox.session import Session

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


def test_the_table_has_a_row_for_every_field():
    assert {key for key, _, _, _ in cells()} >= set(FIELDS.keys)


@pytest.mark.parametrize(("key", "deliveries", "status", "allowed"), list(cells()))
def test_the_rules_follow_the_table(key, deliveries, status, allowed):
    for delivery in deliveries:
        session = session_in(status, delivery, started=status != "IDLE")
        assert (refusal(session, key) == "") is allowed, delivery


@pytest.mark.parametrize("key", FIELDS.keys)
def test_a_start_time_at_idle_counts_as_started(key):
    session = session_in("IDLE", "failed", started=True)
    late = key in ("session.redirect_url", "session.language")
    assert (refusal(session, key) == "") is late


@pytest.mark.parametrize("key", FIELDS.keys)
def test_a_status_without_start_time_counts_as_started(key):
    session = session_in("PROCESS", "failed", started=False)
    late = key in ("session.redirect_url", "session.language")
    assert (refusal(session, key) == "") is late


@pytest.mark.parametrize(
    ("status_line", "delivery"),
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
def test_the_delivery_is_classified_by_its_status_line(status_line, delivery):
    session = session_in("IDLE", "failed", started=False)
    session.delivery_status = status_line
    assert delivery_class(session) == delivery


def test_only_an_untouched_session_may_be_deleted():
    assert may_delete(session_in("IDLE", "accepted", started=False))
    assert not may_delete(session_in("IDLE", "accepted", started=True))
    for status in COLUMNS[1:]:
        assert not may_delete(session_in(status, "accepted", started=False))
