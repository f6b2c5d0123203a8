"""Test the sections, versions and origin of a session, and PAVE's formats of time."""

from datetime import UTC, datetime

import pytest

from sessions_ui.pave.sandbox.session import (
    Session,
    offset_timestamp,
    parse_time,
    phone_digits,
    timestamp,
)

NOW = datetime(2026, 5, 25, 11, 50, 49, 123456, tzinfo=UTC)


@pytest.fixture
def session():
    fields = {"vehicle.trim": "EX", "vehicle.vin": "X", "session.theme": "PRO"}
    return Session("SBX-0000000000", timestamp(NOW), fields=fields)


def test_a_section_is_given_by_short_names_in_the_manuals_order(session):
    assert list(session.section("vehicle").items()) == [("vin", "X"), ("trim", "EX")]
    assert session.section("sms") == {}
    assert session.has_section("vehicle")
    assert not session.has_section("sms")


def test_a_change_moves_version_and_timestamp(session):
    session.touch(NOW)
    assert (session.version, session.updated_at) == (2, "2026-05-25T11:50:49.000000Z")


def test_the_origin_is_a_copy_without_an_origin_of_its_own(session):
    session.keep_origin()
    session.fields["vehicle.trim"] = "LX"
    assert session.origin["fields"]["vehicle.trim"] == "EX"
    session.keep_origin()
    assert session.origin["fields"]["vehicle.trim"] == "LX"
    assert session.origin["origin"] is None


def test_both_formats_of_time_are_written_and_read():
    whole_second = NOW.replace(microsecond=0)
    assert parse_time(timestamp(NOW)) == whole_second
    assert offset_timestamp(timestamp(NOW)) == "2026-05-25T11:50:49+00:00"
    assert parse_time(offset_timestamp(timestamp(NOW))) == whole_second
    assert offset_timestamp("") == ""
    with pytest.raises(ValueError, match="isoformat"):
        parse_time("yesterday")


def test_spellings_of_one_phone_number_have_the_same_digits():
    spellings = ("416-555-0101", "+1 416 555 0101", "(416) 555.0101", "14165550101")
    assert {phone_digits(spelling) for spelling in spellings} == {"4165550101"}
    assert phone_digits("+33 1 99 00 00 00") == "33199000000"
