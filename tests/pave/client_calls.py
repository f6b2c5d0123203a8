"""Offer the calls that the client's tests make, and a function to expect their errors."""

from datetime import UTC, datetime

import pytest

KEY = "XXX-ABCDE12345"
SESSION = {"session_key": KEY, "status": "IDLE"}
CHANGE = {"session": {"theme": "LITE"}}
HTML = "Content-Type: text/html; charset=utf-8"

# A time, its timestamp, and the token for it with the credentials of the fixture `make_client`.
MOMENT = datetime(2021, 5, 30, 12, 49, 19, tzinfo=UTC)
STAMP = "2021-05-30T12:49:19Z"
TOKEN = "fe153f7ccc92f874a636642bc3992749d94263fcfeaa9dbc283169d1e8ef06d1"


def get(client):
    return client.session_get(KEY)


def update(client):
    return client.session_update(KEY, CHANGE)


WRITES = {
    "update": update,
    "create": lambda client: client.session_create({}),
    "delete": lambda client: client.session_delete(KEY),
    "resend": lambda client: client.session_resend(KEY),
}
READ_AND_WRITE = pytest.mark.parametrize("call", [get, update], ids=["get", "put"])


def error_of(call, client, kind):
    """Make the call and return its error, which must be of exactly this class."""
    with pytest.raises(kind) as caught:
        call(client)
    assert type(caught.value) is kind
    assert str(caught.value)
    assert caught.value.duration_ms is not None
    return caught.value
