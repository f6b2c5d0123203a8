"""Test that every documented shape is read; anything else crashes nothing."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_ui.domain.catalogue import CATALOGUE, Catalogue, FieldSpec, Rule
from sessions_ui.domain.rules.outcomes import FieldResult
from sessions_ui.domain.rules.policy import Situation, Status, verdicts
from sessions_ui.domain.snapshot import Snapshot, SnapshotError, fingerprint, parse_time, payload
from sessions_ui.domain.status import Delivery
from sessions_ui.domain.values.kinds import Kind

NOW = datetime(2026, 11, 23, 19, tzinfo=UTC)

# The answer sample of "PUT Update Session": stock text, with the vehicle nearly empty.
PUT_SAMPLE = {
    "session_key": "XXX-ABCDE12345",
    "theme": "PRO",
    "active": True,
    "status": "IDLE",
    "redirect_url": "https://www.paveapi.com/",
    "inspect_started_at": "",
    "inspect_ended_at": "",
    "created_at": "2021-05-25T11:50:49.000000Z",
    "updated_at": "2021-05-25T11:50:49.000000Z",
    "language": "EN",
    "options": {
        "client_id": "SOUTH234889",
        "sms": {
            "to": "647-455-0000",
            "to_name": "John",
            "from": "647-455-0001",
            "by": "Dealer",
            "delivery_status": "201 Created",
            "delivery_message": "",
        },
    },
    "vehicle": {"vin": "2HGFC2F7XMH018462"},
}
# The shapes of "GET Session Data" and of the tracking pages: other time form, numbers as text.
GET_SAMPLE = {
    "session_key": "XXX-ABCDE12345",
    "theme": "CAPT",
    "active": True,
    "status": "COMPLETE",
    "redirect_url": "https://www.paveapi.com/",
    "inspect_started_at": "2023-12-07T17:33:36+00:00",
    "inspect_ended_at": "2023-12-07T17:43:05+00:00",
    "created_at": "2023-12-07T17:33:23+00:00",
    "updated_at": "2023-12-07T17:43:05+00:00",
    "language": "en",
    "options": {
        "client_id": None,
        "contact": {"first_name": "Ann", "last_name": "Lee"},
        "reference": {"deal": 7},
    },
    "vehicle": {
        "vehicle_id": 991,
        "vin": "1FTEW1EP3NFA73058",
        "year": 2011,
        "make": "FORD",
        "model": "E-350",
        "body_type": "Sports Van",
        "trim": "XL",
        "transmission": "AUTOMATIC",
        "drivetrain": "RWD",
        "engine_type": "V8",
        "fuel_type": "GAS",
        "odom_reading": "100,945",
        "odom_unit": "KILOMETRES",
    },
    "a_new_key": {"kept": True},
}


def read(document):
    return Snapshot.parse(document, "XXX-ABCDE12345", NOW)


def test_it_reads_the_sample_of_put():
    one = read(PUT_SAMPLE)
    assert one.status is Status.IDLE
    assert not one.has_started
    assert one.started_at is None
    assert one.delivery is Delivery.OK
    assert one.text("session.client_id") == "SOUTH234889"
    assert one.text("sms.from") == "647-455-0001"
    assert not one.shown("vehicle.make")


def test_it_reads_the_sample_of_get():
    one = read(GET_SAMPLE)
    assert one.status is Status.COMPLETE
    assert one.started_at == datetime(2023, 12, 7, 17, 33, 36, tzinfo=UTC)
    assert one.text("vehicle.year") == "2011"
    assert one.text("vehicle.odom_reading") == "100,945"
    assert not one.has_sms
    assert one.shown("session.client_id")
    assert one.text("session.client_id") == ""
    assert "Ann" in one.text("session.contact")
    assert one.document["a_new_key"] == {"kept": True}
    assert one.vehicle_label == "2011 FORD E-350 XL"


@pytest.mark.parametrize("document", [None, [], "x", 7, {"session_key": "YYY-ABCDE12345"}, {}])
def test_it_refuses_what_is_not_this_session(document):
    with pytest.raises(SnapshotError):
        read(document)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2021-05-25T11:50:49.000000Z", datetime(2021, 5, 25, 11, 50, 49, tzinfo=UTC)),
        ("2023-12-07T12:33:17-05:00", datetime(2023, 12, 7, 17, 33, 17, tzinfo=UTC)),
        ("", None),
        (None, None),
        ("soon", None),
        (7, None),
        ("0001-01-01T00:00:00+23:59", None),
    ],
)
def test_it_reads_both_time_forms_and_empty_ones(text, moment):
    assert parse_time(text) == moment


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=4)
    ),
    max_leaves=12,
)
SHAPE = st.fixed_dictionaries(
    {"session_key": st.just("XXX-ABCDE12345")},
    optional={
        "status": JSON, "inspect_started_at": JSON, "updated_at": JSON, "active": JSON,
        "options": JSON | st.fixed_dictionaries({}, optional={"sms": JSON | st.fixed_dictionaries(
            {}, optional={"to": JSON, "delivery_status": JSON}), "client_id": JSON}),
        "vehicle": JSON | st.fixed_dictionaries({}, optional={"year": JSON, "odom_reading": JSON}),
    },
)  # fmt: skip


@given(SHAPE)
def test_it_never_crashes_on_any_json(document):
    one = read(json.loads(json.dumps(document)))
    texts = one.texts()
    assert all(isinstance(text, str) for text in texts.values())
    assert all(text.encode() is not None and "\x00" not in text for text in texts.values())
    assert all(one.result(key, text, text) in set(FieldResult) for key, text in texts.items())
    assert len(verdicts(Situation(one))) == len(CATALOGUE.writable)
    assert isinstance(one.summary, list)
    assert len(one.moments) == 4
    assert one.collateral(one, ()) == {}


def test_it_tells_what_became_of_a_field():
    one = read(GET_SAMPLE)
    assert one.result("vehicle.transmission", "Manual", "automatic") is FieldResult.APPLIED
    assert one.result("vehicle.odom_reading", "1", 100945) is FieldResult.APPLIED
    assert one.result("session.theme", "CAPT", "PRO") is FieldResult.IGNORED
    assert one.result("session.theme", "LITE", "PRO") is FieldResult.ALTERED
    assert one.result("sms.to", "1", "2") is FieldResult.NOT_SHOWN


def test_it_names_what_changed_unasked():
    after = read({**GET_SAMPLE, "theme": "LITE", "language": "EN"})
    assert after.collateral(read(GET_SAMPLE), ["session.language"]) == {
        "session.theme": ("CAPT", "LITE")
    }
    assert after.collateral(read(GET_SAMPLE), ["session.theme"]) == {}


def test_it_builds_the_samples_of_put_to_the_letter():
    wanted = {
        "session.theme": "lite",
        "session.redirect_url": " https://www.paveapi.com/ ",
        "session.language": "en",
        "session.client_id": "SOUTH234889",
        "vehicle.vin": "2hgfc2f7xmh018462",
        "vehicle.year": "2011",
        "vehicle.odom_reading": "330,477",
        "sms.to": "647-455-0126",
    }
    assert payload(wanted) == {
        "session": {
            "redirect_url": "https://www.paveapi.com/",
            "language": "EN",
            "theme": "LITE",
            "client_id": "SOUTH234889",
        },
        "vehicle": {"vin": "2HGFC2F7XMH018462", "year": "2011", "odom_reading": 330477},
        "sms": {"to": "647-455-0126"},
    }
    assert payload({}) == {}


def test_it_has_one_fingerprint_for_one_meaning():
    assert fingerprint({"a": 1, "b": [2]}) == fingerprint({"b": [2], "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": "1"})


NEW_ROW = FieldSpec(
    "vehicle",
    "vrm",
    "Plate",
    ("vehicle", "vrm"),
    Kind.TEXT,
    Rule.BEFORE_START,
    ("ABCD 123", "XY 9"),
)


def test_it_takes_a_new_row_everywhere_in_the_domain():
    catalogue = Catalogue((*CATALOGUE, NEW_ROW))
    one = read({**PUT_SAMPLE, "vehicle": {"vrm": "ABCD 123"}})
    assert one.text("vehicle.vrm", catalogue) == "ABCD 123"
    assert payload({"vehicle.vrm": "XY 9"}, catalogue) == {"vehicle": {"vrm": "XY 9"}}
    assert verdicts(Situation(one), catalogue)["vehicle.vrm"].editable
