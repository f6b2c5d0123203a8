"""Test that the sandbox has a field as soon as the table has its row."""

import pytest
from bs4 import BeautifulSoup

from sessions_ui.pave.sandbox import SandboxState
from sessions_ui.pave.sandbox.field_kinds import COUNT, TEXT, one_of
from sessions_ui.pave.sandbox.fields import FIELDS, READ_ONLY, Editable, Field
from tests.pave.sandbox.raw_client import get, open_page, put, send, submit_form

PLATE = Field("vehicle", "plate", TEXT, lambda sample: f"ABCD {sample.number:03}")
DOORS = Field("vehicle", "doors", COUNT, lambda sample: 1004)
SIGNATURE = Field("sms", "signature", TEXT, lambda sample: "Yours", Editable.WITH_TEXT)
LAYOUT = Field(
    "session",
    "layout",
    one_of("WIDE", "NARROW"),
    lambda sample: "WIDE",
    Editable.BEFORE_COMPLETION,
    default="NARROW",
    blank="NARROW",
)
# field, a new value for it, an invalid value, and the key of the object that shows it
NEW_FIELDS = [
    (PLATE, "XYZ 123", "", "vehicle"),
    (SIGNATURE, "Cheers", None, "sms"),
    (LAYOUT, "NARROW", "ROUND", None),
]
with_each_new_field = pytest.mark.parametrize(
    ("field", "value", "invalid", "shown_in"), NEW_FIELDS, ids=lambda it: getattr(it, "key", "")
)


@pytest.fixture
def add(monkeypatch):
    """Give a function that adds one row to the table."""

    def add_row(field):
        monkeypatch.setattr(FIELDS, "rows", (*FIELDS.rows, field))

    return add_row


def shown(document, shown_in):
    """Return the object of an answer that shows the fields of a section."""
    return {"vehicle": document["vehicle"], "sms": document["options"]["sms"]}.get(
        shown_in, document
    )


def test_every_key_is_unique_and_none_is_read_only():
    assert len(set(FIELDS.keys)) == len(FIELDS.keys)
    read_only = {f"{section}.{name}" for section, names in READ_ONLY.items() for name in names}
    assert not read_only & set(FIELDS.keys)


@with_each_new_field
def test_a_field_without_a_row_is_unknown(sandbox, key, field, value, invalid, shown_in):
    before = sandbox.state.session(key)
    assert put(sandbox, key, {field.section: {field.name: value}}).status == 200
    assert sandbox.state.session(key) == before
    assert field.name not in shown(get(sandbox, key).json, shown_in)
    with pytest.raises(ValueError, match="no field"):
        sandbox.state.poke(key, field.key, value)


@with_each_new_field
def test_a_new_field_is_accepted_held_and_shown(sandbox, add, field, value, invalid, shown_in):
    add(field)
    key = sandbox.state.create()
    answer = put(sandbox, key, {field.section: {field.name: value}})
    assert answer.status == 200
    assert shown(answer.json, shown_in)[field.name] == value
    assert shown(get(sandbox, key).json, shown_in)[field.name] == value
    assert sandbox.state.session(key)["fields"][field.key] == value
    assert sandbox.state.applied(key)[0]["changed"] == {field.key: value}


@with_each_new_field
def test_a_new_field_is_refused_by_kind_and_rule(sandbox, add, field, value, invalid, shown_in):
    add(field)
    idle, complete = sandbox.state.create(), sandbox.state.create(status="COMPLETE")
    refused = put(sandbox, idle, {field.section: {field.name: invalid}})
    assert refused.status == 422
    assert list(refused.json["errors"]) == [field.key]
    assert put(sandbox, complete, {field.section: {field.name: value}}).status == 400
    started = sandbox.state.create(status="STARTED")
    status = 200 if field.editable is Editable.BEFORE_COMPLETION else 400
    assert put(sandbox, started, {field.section: {field.name: value}}).status == status


@with_each_new_field
def test_a_new_field_is_created_with_a_session(sandbox, add, field, value, invalid, shown_in):
    add(field)
    body = {"sms": {"to": "416-555-0101"}, "vehicle": {"make": "Ford"}}
    body.setdefault(field.section, {})[field.name] = value
    document = send(sandbox, "POST", "/v1/sessions", body).json
    assert shown(document, shown_in)[field.name] == value


@with_each_new_field
def test_a_new_field_is_seeded(add, field, value, invalid, shown_in):
    add(field)
    state = SandboxState()
    seeds = [state.session(summary["session_key"])["fields"] for summary in state.listing()]
    assert sum(field.key in fields for fields in seeds) > len(seeds) / 2
    key = state.create()
    assert field.key in state.session(key)["fields"]


@with_each_new_field
def test_a_new_field_is_on_the_page_and_can_be_changed_there(
    sandbox, add, field, value, invalid, shown_in
):
    add(field)
    key = sandbox.state.create()
    address = f"/sandbox/sessions/{key}/poke"
    assert submit_form(sandbox, address, field=field.key, value="By hand").status == 303
    page = BeautifulSoup(open_page(sandbox, f"/customer/{key}").body, "html.parser")
    assert page.find("option", value=field.key)
    assert page.find("dt", string=field.name).find_next("dd").get_text().strip() == "By hand"


def test_a_default_is_given_to_new_sessions_and_shown_in_place_of_nothing(sandbox, add):
    add(LAYOUT)
    document = send(sandbox, "POST", "/v1/sessions", {}).json
    assert document["layout"] == "NARROW"
    key = sandbox.state.create()
    sandbox.state.poke(key, "session.layout", None)
    assert sandbox.state.document(key)["layout"] == "NARROW"


def test_a_number_is_held_as_a_number_and_shown_as_its_kind_says(sandbox, add):
    add(DOORS)
    key = sandbox.state.create()
    assert put(sandbox, key, {"vehicle": {"doors": "1005"}}).json["vehicle"]["doors"] == "1,005"
    assert sandbox.state.session(key)["fields"]["vehicle.doors"] == 1005


def test_a_missing_row_is_a_key_error():
    with pytest.raises(KeyError):
        FIELDS["vehicle.plate"]
