"""Test that an entry has one encoding and one hash on every database."""

import hashlib
import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest

from sessions_ui.audit.log.canonical import (
    COLUMNS,
    canonical_bytes,
    canonical_json,
    commitment,
    encode_column,
    microseconds,
    row_hash,
)
from sessions_ui.models import AuditEntry

ROW = dict.fromkeys(COLUMNS[1], "") | {
    "hv": 1,
    "ts": datetime(2026, 11, 23, 19, 36, 17, 902004, tzinfo=UTC),
    "kind": 1,
    "op": None,
    "op_key": uuid.UUID("6f1a2b3c4d5e4f608192a3b4c5d6e7f8"),
    "actor_id": 7,
    "actor_label": "Ana Ferreira",
    "session_key": "LKS-7Q2M9XK4RD",
    "body": '{"vehicle.make":["","Škoda"]}',
    "detail": "{}",
    "http_status": None,
    "duration_ms": None,
}
EXPECTED = "32fc0a834ddc5d7ee2511aed1bbdabf37154f7317a387169eaa43a116e8405e3"


def test_the_hash_of_a_known_row_never_changes():
    """A change here breaks every seal there is: add a hash version instead."""
    assert row_hash(ROW[name] for name in COLUMNS[1]).hex() == EXPECTED


def test_the_hash_covers_every_column_but_the_id_and_itself():
    columns = {field.attname for field in AuditEntry._meta.concrete_fields}
    assert set(COLUMNS[max(COLUMNS)]) == columns - {"id", "hash"}


@pytest.mark.django_db
def test_the_hash_is_the_same_when_the_database_gives_the_row_back():
    AuditEntry.objects.create(**ROW, hash=b"")
    stored = AuditEntry.objects.values_list(*COLUMNS[1]).get()
    assert row_hash(stored).hex() == EXPECTED


def test_no_two_rows_have_the_same_bytes():
    rows = [("ab", "c"), ("a", "bc"), ("abc", ""), ("abc", None), (None, "abc"), ("", "abc")]
    assert len({canonical_bytes(row) for row in rows}) == len(rows)


def test_a_moment_has_the_same_bytes_in_every_zone():
    utc = datetime(2026, 11, 23, 19, 36, 17, 1, tzinfo=UTC)
    local = utc.astimezone(timezone(timedelta(hours=-5)))
    assert microseconds(utc) == microseconds(local) == 1795462577000001
    assert canonical_bytes([utc]) == canonical_bytes([local])


def test_json_has_sorted_keys_and_no_spaces():
    assert canonical_json({"b": [1, "é"], "a": None}) == '{"a":null,"b":[1,"é"]}'


def test_json_is_text_that_both_databases_can_store():
    assert canonical_json({"a": "\ud800"}) == '{"a":"\ufffd"}'


@pytest.mark.parametrize(
    "value", [None, "", "a", 0, -7, uuid.UUID(int=5), b"\x00", bytearray(b"b")]
)
def test_every_column_says_how_long_it_is(value):
    """A reader of the bytes can always tell where a column ends."""
    encoded = encode_column(value)
    if value is None:
        assert encoded == b"\x00"
    else:
        assert encoded[:1] == b"\x01"
        assert int.from_bytes(encoded[1:5], "big") == len(encoded) - 5


def test_a_commitment_is_the_hash_of_salt_and_value():
    assert commitment(b"salt", "é") == hashlib.sha256(b"salt" + "é".encode()).hexdigest()


def test_it_refuses_a_type_that_no_column_has():
    with pytest.raises(TypeError, match="float"):
        canonical_bytes([1.5])
